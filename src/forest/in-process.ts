/**
 * Long work on the calling thread: the event loop gets its turn now and then, so that a signal can arrive and a server can answer.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError } from '../errors.ts';
import type { OnProgress } from '../util/progress.ts';

const turnEveryMs = 20;

/**
 * @returns  to be awaited between steps of the work: lets the event loop turn when it has not for 20 ms
 * @throws {CancelledError} when the signal is raised
 */
export function turnTaker(signal: AbortSignal | undefined): () => Promise<void> {
  let lastTurn = performance.now();
  return async () => {
    if (performance.now() - lastTurn >= turnEveryMs) {
      await nextTurn();
      lastTurn = performance.now();
    }
    if (signal?.aborted === true) throw new CancelledError('training');
  };
}

/**
 * Grows trees on the calling thread: for small tables, where starting threads takes longer than the work.
 *
 * @param growing  yields after each tree
 * @returns        what it returns
 * @throws {CancelledError} when the signal is raised
 */
export async function growInProcess<Share>(
  growing: Generator<void, Share>,
  trees: number,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Share> {
  const pause = turnTaker(signal);
  let done = 0;
  for (let step = growing.next(); ; step = growing.next()) {
    if (step.done === true) return step.value;
    onProgress({ task: 'trees', done: ++done, total: trees });
    await pause();
  }
}
