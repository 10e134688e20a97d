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
parentPort!.postMessage(step.value);
parentPort!.postMessage(threadDone);
