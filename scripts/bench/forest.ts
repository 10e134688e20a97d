/**
 * Measures the forest: training CPU time, prediction and attribution time per row, on a seeded synthetic table.
 *
 * Run     npx tsx scripts/bench/forest.ts [rows=20000] [trees=200] [workers=2]
 * Data    60 columns, 12.5 % positives; 10 columns have 30 % missing values, 10 are 0/1, the rest are continuous
 * Choice  CPU time is user + system of the whole process, with its threads; wall time depends on who else uses the machine
 */
import { createExplainer, createPredictor, predictColumns, trainForest } from '../../src/forest/index.ts';
import type { TrainingTable } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';

const columnCount = 60;

function gaussian(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Twelve columns carry the signal, with a step, an interaction and a curve; the intercept gives 12.5 % positives. */
function syntheticTable(rows: number, seed: number): TrainingTable {
  const random = randomStream(seed, 0);
  const columns = Array.from({ length: columnCount }, () => new Float64Array(rows));
  const outcome = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const x = columns.map((_, f) => (f >= 50 ? Number(random.uniform() < 0.1 + 0.02 * (f - 50)) : gaussian(random.uniform)));
    const signal =
      0.5 * x[0]! +
      0.4 * x[1]! -
      0.3 * x[2]! +
      (x[3]! > 0.5 ? 0.6 : 0) +
      0.4 * x[4]! * x[5]! +
      0.8 * x[50]! +
      0.2 * x[6]! * x[6]!;
    outcome[row] = Number(random.uniform() < 1 / (1 + Math.exp(2.75 - signal)));
    columns.forEach((column, f) => (column[row] = f < 10 && random.uniform() < 0.3 ? NaN : x[f]!));
  }
  return { featureCount: columnCount, rows, columns, outcome };
}

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
  `train ${rows} x ${columnCount} x ${trees} trees, ${workers} workers: ${cpuMs(before).toFixed(0)} ms CPU, ${wall.toFixed(0)} ms wall`,
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
