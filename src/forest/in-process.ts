/**
 * Training on the calling thread: for small tables, where starting threads takes longer than the work.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError } from '../errors.ts';
import type { OnProgress } from '../util/progress.ts';
import { createRunState, growShare } from './grow-trees.ts';
import type { GrownShare } from './grow-trees.ts';
import type { TrainingJob } from './training-job.ts';

/** Lets the event loop turn about this often, so that a signal can arrive and a server can answer. */
const turnEveryMs = 20;

/** @throws {CancelledError} when the signal is raised */
export async function growInProcess(job: TrainingJob, onProgress: OnProgress, signal?: AbortSignal): Promise<GrownShare[]> {
  const growing = growShare(job, createRunState());
  let done = 0;
  let lastTurn = performance.now();
  for (let step = growing.next(); ; step = growing.next()) {
    if (step.done === true) return [step.value];
    onProgress({ task: 'trees', done: ++done, total: job.trees });
    if (performance.now() - lastTurn < turnEveryMs) continue;
    await nextTurn();
    lastTurn = performance.now();
    if (signal?.aborted === true) throw new CancelledError('training');
  }
}
