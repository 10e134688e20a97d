/**
 * Entry of a thread of the TypeScript engine: grows its share of the trees.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { growShare } from './grow-trees.ts';
import type { RunState } from './run-state.ts';
import { threadDone } from './threads.ts';
import type { TrainingJob } from './training-job.ts';

const { job, state } = workerData as { job: TrainingJob; state: RunState };
const growing = growShare(job, state);
let step = growing.next();
while (step.done !== true) step = growing.next();
const { trees, outOfBag } = step.value;
const arrays = [...trees.flatMap(({ nodes: _nodes, ...tree }) => Object.values(tree)), outOfBag.sum, outOfBag.trees];
// Handed over, not copied: a large forest is not held twice.
parentPort!.postMessage(
  step.value,
  arrays.map(({ buffer }) => buffer as ArrayBuffer),
);
parentPort!.postMessage(threadDone);
