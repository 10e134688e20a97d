/**
 * Our forest on one table: fit, predict, explain, in a process of its own; what it cost is written as JSON. The twin of contestant.py.
 *
 * Usage   node contestant.mjs TASK_JSON
 * In      the task of scripts/bench/contest.ts; "library" is the folder of the built forest, for what is installed is what is measured
 * Out     task.result: costs; task.risk: predicted probability per fresh row, float64
 * Time    CPU is user + system of the process with its threads: checks, binning, compilation and start of workers are all in
 * Memory  peak of resident memory during the fit alone, where Linux lets the high-water mark be set back
 */
import { Buffer } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const task = JSON.parse(process.argv[2]);
const { createExplainer, createPredictor, predictColumns, trainForest } = await import(
  pathToFileURL(join(task.library, 'index.js')).href
);

/** Opens a .npy file: shape, and where its data starts. */
function openArray(name) {
  const file = openSync(join(task.folder, name), 'r');
  const head = Buffer.alloc(1024);
  readSync(file, head, 0, head.length, 0);
  const start = 10 + head.readUInt16LE(8);
  const shape = /'shape': \(([^)]*)\)/
    .exec(head.toString('latin1', 0, start))[1]
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map(Number);
  return { file, start, shape };
}

function readBytes(file, bytes, position) {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(file, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error('the file ended before the array; remove the folder of the table and run again');
    done += count;
  }
}

/** One column at a time, so that the float32 form is never held whole. */
function readColumns(name) {
  const { file, start, shape } = openArray(name);
  const [rows, count] = shape;
  const values = new Float32Array(rows);
  const columns = Array.from({ length: count }, (_, f) => {
    readBytes(file, new Uint8Array(values.buffer), start + f * values.byteLength);
    return Float64Array.from(values);
  });
  closeSync(file);
  return columns;
}

function readVector(name) {
  const { file, start, shape } = openArray(name);
  const values = new Uint8Array(shape[0]);
  readBytes(file, values, start);
  closeSync(file);
  return values;
}

function readRows(name) {
  const { file, start, shape } = openArray(name);
  const values = new Float32Array(shape[0] * shape[1]);
  readBytes(file, new Uint8Array(values.buffer), start);
  closeSync(file);
  return { values, rows: shape[0], count: shape[1] };
}

function memoryMb(key) {
  try {
    return (Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024) / 1e6;
  } catch {
    return (key === 'VmRSS' ? process.memoryUsage.rss() : process.resourceUsage().maxRSS * 1024) / 1e6;
  }
}

function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak of the whole process is the best there is.
  }
}

async function measured(work) {
  const before = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const wallS = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(before);
  return { value, cpuS: (user + system) / 1e6, wallS };
}

const quantile = (values, q) => values.sort((a, b) => a - b)[Math.floor(q * (values.length - 1))];

const loading = performance.now();
const outcome = readVector('outcome.npy');
const columns = readColumns('train.npy');
const table = { featureCount: columns.length, rows: outcome.length, columns, outcome };
const loadS = (performance.now() - loading) / 1e3;
const settings = {
  trees: task.trees,
  mtry: task.mtry,
  minLeafRows: task.minLeafRows,
  maxDepth: task.maxDepth,
  maxBins: task.bins,
  bootstrap: 'row',
  seed: task.seed,
  workers: task.threads,
};
resetPeak();
const loadedMb = memoryMb('VmRSS');
const fit = await measured(() => trainForest(table, settings));
const peakMb = memoryMb('VmHWM');
const { forest, outOfBag } = fit.value;
// Out-of-bag outputs come with every fit, and are part of its cost.
if (outOfBag.length !== table.rows) throw new Error(`expected ${table.rows} out-of-bag outputs, found ${outOfBag.length}`);
const result = {
  contestant: 'ours',
  version: task.version,
  node: process.version,
  faults: {},
  loadS,
  settings: { trainForest: settings },
  fit: { cpuS: fit.cpuS, wallS: fit.wallS, peakMb, loadedMb, addedMb: peakMb - loadedMb },
};

async function part(name, work) {
  try {
    result[name] = await work();
  } catch (error) {
    result.faults[name] = String(error).slice(0, 300);
  }
}

const { values, rows, count } = readRows('fresh.npy');
const rowAt = (row) => Float64Array.from(values.subarray(row * count, (row + 1) * count));

await part('leaves', () => forest.feature.reduce((sum, feature) => sum + (feature < 0 ? 1 : 0), 0));
await part('batch', async () => {
  const byColumn = Array.from({ length: count }, (_, f) => Float64Array.from({ length: rows }, (_, r) => values[r * count + f]));
  // Few rows are asked for again and again, until the clock has something to measure.
  const repeats = Math.max(1, Math.floor(100_000 / rows));
  for (let warm = 0; warm < 5; warm++) predictColumns(forest, byColumn, Math.min(1000, rows));
  const { value, cpuS, wallS } = await measured(() => {
    let risk;
    for (let i = 0; i < repeats; i++) risk = predictColumns(forest, byColumn, rows);
    return risk;
  });
  writeFileSync(task.risk, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  const done = rows * repeats;
  return { rows: done, cpuUs: (1e6 * cpuS) / done, wallUs: (1e6 * wallS) / done };
});
if (task.explainRows > 0) {
  await part('explain', async () => {
    const explainer = createExplainer(forest);
    const probes = Array.from({ length: Math.min(task.explainRows, rows) }, (_, r) => rowAt(r));
    // Compiled code is what answers; half a second of questions gets it there.
    const warmEnd = performance.now() + 500;
    let warm = 0;
    for (; performance.now() < warmEnd || warm < 2; warm++) explainer.explain(probes[warm % probes.length]);
    const n = Math.max(1, Math.min(probes.length, Math.floor((task.explainSeconds * warm) / 0.5)));
    const { cpuS, wallS } = await measured(() => probes.slice(0, n).forEach((probe) => explainer.explain(probe)));
    return { call: 'createExplainer(forest).explain(row)', rows: n, cpuMs: (1e3 * cpuS) / n, wallMs: (1e3 * wallS) / n };
  });
}
await part('single', () => {
  const predictor = createPredictor(forest);
  const probes = Array.from({ length: 1000 }, (_, r) => rowAt(r % rows));
  for (const probe of probes) predictor.predict(probe);
  const times = probes.map((probe) => {
    const start = process.hrtime.bigint();
    predictor.predict(probe);
    return Number(process.hrtime.bigint() - start) / 1e3;
  });
  return {
    call: 'createPredictor(forest).predict(row)',
    calls: times.length,
    p50Us: quantile(times, 0.5),
    p99Us: quantile(times, 0.99),
  };
});
writeFileSync(task.result, JSON.stringify(result));
