/**
 * Measures the two forms of the histogram engine against each other: CPU and wall time of whole trainings, taken in turns, and whether the forests
 * are equal.
 *
 * Run     npx tsx scripts/bench/forest-engines.ts [numeric|clinical] [rows=10000] [trees=200] [workers=1] [rounds=5]
 * Choice  CPU time is user + system of the whole process, with its threads; the least of the rounds is told, since other work only adds to it
 */
import { trainForest } from '../../src/forest/index.ts';
import { clinicalTable, syntheticTable } from './tables.ts';

const [shape = 'numeric', ...numbers] = process.argv.slice(2);
const [rows = 10_000, trees = 200, workers = 1, rounds = 5] = numbers.map(Number);
const table = (shape === 'clinical' ? clinicalTable : syntheticTable)(rows, 7);
const runtimes = ['wasm', 'typescript'] as const;
const least = { wasm: { cpu: Infinity, wall: Infinity }, typescript: { cpu: Infinity, wall: Infinity } };
const outputs: string[] = [];

for (let round = 0; round < rounds; round++) {
  for (const runtime of runtimes) {
    const before = process.cpuUsage();
    const started = performance.now();
    const { forest } = await trainForest(table, { trees, workers, seed: 7 }, { runtime });
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    least[runtime].cpu = Math.min(least[runtime].cpu, (user + system) / 1000);
    least[runtime].wall = Math.min(least[runtime].wall, wall);
    outputs.push(`${forest.feature.length} ${forest.value.reduce((sum, value) => sum + value, 0)}`);
  }
}

console.log(`${shape} ${rows} x ${table.featureCount} x ${trees} trees, ${workers} workers, least of ${rounds} rounds in turns`);
for (const runtime of runtimes) {
  const { cpu, wall } = least[runtime];
  console.log(`  ${runtime.padEnd(10)} ${cpu.toFixed(0).padStart(7)} ms CPU ${wall.toFixed(0).padStart(7)} ms wall`);
}
console.log(
  `  ratio of CPU times ${(least.typescript.cpu / least.wasm.cpu).toFixed(2)}; forests equal: ${new Set(outputs).size === 1}`,
);
