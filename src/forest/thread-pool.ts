/**
 * Growing trees on several threads: progress while they run, an end when the signal is raised, one error when a thread fails.
 *
 * Choice  a thread that dies fails the whole training: half a forest is not a forest
 * Choice  threads are told to stop by a number in the memory they share, which they read between nodes or trees
 */
import { CancelledError, ForestError } from '../errors.ts';
import type { OnProgress } from '../util/progress.ts';
import { cancelled, treesDone } from './run-state.ts';
import type { RunState } from './run-state.ts';
import { runThreads } from './threads.ts';
import type { ThreadRun } from './threads.ts';

const progressEveryMs = 100;

export interface PoolRun<Message> extends ThreadRun<Message> {
  readonly state: RunState;
  readonly trees: number;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

/**
 * @throws {CancelledError} when the signal is raised; the threads are gone by then
 * @throws {ForestError} FOREST_WORKER_FAILED when a thread throws, runs out of memory or exits
 */
export async function growInThreads<Message>(run: PoolRun<Message>): Promise<void> {
  const { data, state, trees, signal, onProgress } = run;
  const report = (): void => onProgress({ task: 'trees', done: Atomics.load(state, treesDone), total: trees });
  const cancel = (): void => {
    Atomics.store(state, cancelled, 1);
  };
  // Thrown from a timer, an error of the caller's would end the process: the run ends in its place.
  let fault: { readonly of: unknown } | undefined;
  const ticking = setInterval(() => {
    try {
      if (fault === undefined) report();
    } catch (of) {
      fault = { of };
      cancel();
    }
  }, progressEveryMs);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  try {
    await runThreads(run);
  } catch (cause) {
    throw new ForestError(
      'FOREST_WORKER_FAILED',
      `expected ${data.length} training threads to finish, one failed after ${Atomics.load(state, treesDone)} of ${trees} trees (${why(cause)}); ` +
        'nothing was kept. Train again, with fewer workers if memory ran out',
      { details: { workers: data.length, trees }, cause },
    );
  } finally {
    clearInterval(ticking);
    signal?.removeEventListener('abort', cancel);
  }
  if (fault !== undefined) throw fault.of;
  if (signal?.aborted === true) throw new CancelledError('training');
  report();
}

function why(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
