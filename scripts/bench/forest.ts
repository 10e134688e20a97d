/**
 * Measures the forest: training CPU time, prediction and attribution time per row, on a seeded synthetic table.
 *
 * Run     npx tsx scripts/bench/forest.ts [rows=20000] [trees=200] [workers=2]
 * Data    60 columns, 12.5 % positives; 10 columns have 30 % missing values, 10 are 0/1, the rest are continuous
 * Choice  CPU time is user + system of the whole process, with its threads; wall time depends on who else uses the machine
 */
import { createExplainer, createPredictor, predictColumns, trainForest } from '../../src/forest/index.ts';
import type { TrainingTable } from '../../src/forest/index.ts';
import { syntheticTable } from './tables.ts';

function auroc(outcome: Uint8Array, risk: Float64Array): number {
  const order = Array.from(risk.keys()).sort((a, b) => risk[a]! - risk[b]!);
  let below = 0;
  let pairs = 0;
  for (const row of order) {
    if (outcome[row] === 1) pairs += below;
    else below++;
  }
  return pairs / (below * (outcome.length - below));
}

const rowOf = (table: TrainingTable, row: number): Float64Array => Float64Array.from(table.columns, (column) => column[row]!);
const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

const [rows = 20_000, trees = 200, workers = 2] = process.argv.slice(2).map(Number);
const table = syntheticTable(rows, 7);
const fresh = syntheticTable(20_000, 8);
const before = process.cpuUsage();
const started = performance.now();
const { forest, outOfBag } = await trainForest(table, { trees, workers, seed: 7 });
const wall = performance.now() - started;
console.log(
  `train ${rows} x ${table.featureCount} x ${trees} trees, ${workers} workers: ${cpuMs(before).toFixed(0)} ms CPU, ${wall.toFixed(0)} ms wall`,
);
console.log(`nodes ${forest.feature.length}; AUROC out-of-bag ${auroc(table.outcome, outOfBag).toFixed(4)}`);

let mark = process.cpuUsage();
const risk = predictColumns(forest, fresh.columns, fresh.rows);
console.log(
  `AUROC fresh ${auroc(fresh.outcome, risk).toFixed(4)}; batch ${((cpuMs(mark) * 1000) / fresh.rows).toFixed(1)} us a row`,
);

const probes = Array.from({ length: 400 }, (_, row) => rowOf(fresh, row));
const predictor = createPredictor(forest);
for (let round = 0; round < 5; round++) probes.forEach((row) => predictor.predict(row));
mark = process.cpuUsage();
for (let round = 0; round < 50; round++) probes.forEach((row) => predictor.predict(row));
console.log(`one row ${((cpuMs(mark) * 1000) / (50 * probes.length)).toFixed(1)} us`);

const explainer = createExplainer(forest);
probes.slice(0, 50).forEach((row) => explainer.explain(row));
mark = process.cpuUsage();
probes.forEach((row) => explainer.explain(row));
console.log(`attributions ${(cpuMs(mark) / probes.length).toFixed(2)} ms a row`);
