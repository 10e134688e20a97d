/**
 * Entry of a thread of the WebAssembly engine: takes trees until none is left and posts what it grew. Plain JavaScript, since a thread cannot start
 * on a .ts file under Node 20, and CommonJS, since that starts in less time.
 */
/* eslint-disable @typescript-eslint/no-require-imports, no-undef */
const { parentPort, workerData } = require('node:worker_threads');

const { module: kernelModule, memory, calls, trees, state, regions, batchBytes } = workerData;
const { exports: kernel } = new WebAssembly.Instance(kernelModule, { env: { memory } });
kernel.setTable(...calls.table);
kernel.setOptions(...calls.options);
kernel.setScratch(...calls.scratch);

const run = new Int32Array(memory.buffer, state, 4);
let batch = [];
let bytes = 0;

/** Copied out of the shared memory, then handed over without another copy. */
function post() {
  parentPort.postMessage(
    batch,
    batch.flatMap(({ splits, values, covers }) => [splits.buffer, values.buffer, covers.buffer]),
  );
  batch = [];
  bytes = 0;
}

for (let number = kernel.takeTree(); number < trees; number = kernel.takeTree()) {
  const nodes = kernel.grow(number);
  if (nodes < 0) break;
  // As in run-state.ts.
  Atomics.add(run, 3, nodes);
  batch.push({
    number,
    splits: new Uint32Array(memory.buffer, regions.treeSplits, 2 * nodes).slice(),
    values: new Float64Array(memory.buffer, regions.treeValues, nodes).slice(),
    covers: new Float64Array(memory.buffer, regions.treeCovers, nodes).slice(),
  });
  bytes += 24 * nodes;
  if (bytes >= batchBytes) post();
}
post();
parentPort.postMessage('done');
