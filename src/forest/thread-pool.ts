/**
 * Training on several threads over one copy of the binned table.
 *
 * Choice  a thread that dies fails the whole training: half a forest is not a forest
 * Choice  under Node 20 a thread cannot start on a .ts file, so from source it starts on an entry that registers tsx; from dist on .js
 */
import { Piscina } from 'piscina';
import { CancelledError, ForestError } from '../errors.ts';
import type { OnProgress } from '../util/progress.ts';
import { cancelled, createRunState, treesDone } from './grow-trees.ts';
import type { GrownShare } from './grow-trees.ts';
import type { ShareTask } from './tree-worker.ts';
import type { TrainingJob } from './training-job.ts';

const fromSource = import.meta.url.endsWith('.ts');
export const treeWorkerUrl = new URL(fromSource ? './tree-worker-source.mjs' : './tree-worker.js', import.meta.url).href;
const progressEveryMs = 100;

export interface ThreadRun {
  readonly workers: number;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
  /** Module with a `growTask` export. */
  readonly workerUrl?: string;
}

/**
 * @returns  one share per thread, in no particular order of trees
 * @throws {CancelledError} when the signal is raised; the threads are gone by then
 * @throws {ForestError} FOREST_WORKER_FAILED when a thread throws, runs out of memory or exits
 */
export async function growInThreads(job: TrainingJob, run: ThreadRun): Promise<GrownShare[]> {
  const { signal, workers, onProgress } = run;
  const state = createRunState();
  const pool = new Piscina({
    filename: run.workerUrl ?? treeWorkerUrl,
    minThreads: workers,
    maxThreads: workers,
  });
  const report = (): void => onProgress({ task: 'trees', done: Atomics.load(state, treesDone), total: job.trees });
  const ticking = setInterval(report, progressEveryMs);
  const cancel = (): void => {
    Atomics.store(state, cancelled, 1);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const task: ShareTask = { job, state };
    const shares = await Promise.all(
      Array.from({ length: workers }, () => pool.run(task, { name: 'growTask' }) as Promise<GrownShare>),
    );
    if (signal?.aborted === true) throw new CancelledError('training');
    report();
    return shares;
  } catch (cause) {
    if (cause instanceof CancelledError) throw cause;
    throw new ForestError(
      'FOREST_WORKER_FAILED',
      `expected ${workers} training threads to finish, one failed after ${Atomics.load(state, treesDone)} of ${job.trees} trees; ` +
        'nothing was kept. Train again, with fewer workers if memory ran out',
      { details: { workers, trees: job.trees }, cause },
    );
  } finally {
    clearInterval(ticking);
    signal?.removeEventListener('abort', cancel);
    cancel();
    await pool.destroy();
  }
}
