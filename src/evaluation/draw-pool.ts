/**
 * A panel on many resamples, on several threads.
 *
 * In      work that each thread prepares for itself from arrays (./draw-work.ts)
 * Choice  draw d has its own stream, and a thread measures whole draws: the values are the same for any number of threads
 * Choice  little work stays in the caller's thread, unless workers are asked for: starting others would cost more than it saves
 * Choice  under Node 20 a thread cannot start on a .ts file, so from source it starts on an entry that registers tsx; from dist on .js
 */
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { CancelledError, EvaluationError } from '../errors.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { checkBootstrap, drawPanel, measureOnce, type BootstrapOptions } from './bootstrap.ts';
import type { DrawTask } from './draw-worker.ts';
import { prepareWork, type DrawWork, type PreparedWork } from './draw-work.ts';
import { Resampled } from './resampled.ts';

const fromSource = import.meta.url.endsWith('.ts');
const workerUrl = new URL(fromSource ? './draw-worker-source.mjs' : './draw-worker.js', import.meta.url).href;

/** Rows times draws below which no thread is started. */
const fewRowDraws = 1_000_000;
/** Draws of one task: small enough for an even load and a lively bar. */
const drawsPerTask = 20;

export interface PoolOptions extends BootstrapOptions {
  /** Threads; default one per core, at most 4, and one for little work. One is the caller's own. */
  readonly workers?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * @param prepared  the work made ready, where the caller has it
 * @returns  every number of the panel on the rows and on each resample
 * @throws {EvaluationError} EVALUATION_RANGE; EVALUATION_WORKER_FAILED when a thread throws, runs out of memory or exits
 * @throws {CancelledError} when the signal is raised; the threads are gone by then
 */
export async function resample(
  work: DrawWork,
  options: PoolOptions,
  prepared: PreparedWork = prepareWork(work),
): Promise<Resampled> {
  const { draws = 1000, seed, level = 0.95, onProgress = silent, signal } = options;
  const { panel, groups } = prepared;
  checkBootstrap(groups.length, options);
  const workers = options.workers ?? (groups.length * draws < fewRowDraws ? 1 : Math.min(availableParallelism(), 4));
  if (!Number.isInteger(workers) || workers < 1) {
    throw new EvaluationError('EVALUATION_RANGE', `expected a whole number of workers, 1 or more, found ${workers}`);
  }
  const values = new Float64Array(panel.size * draws);
  let done = 0;
  const keep = ({ from, to }: DrawTask, measured: Float64Array): void => {
    for (let k = 0; k < panel.size; k++) {
      values.set(measured.subarray(k * (to - from), (k + 1) * (to - from)), k * draws + from);
    }
    done += to - from;
    onProgress({ task: 'resamples', done, total: draws });
  };
  const tasks = Array.from({ length: Math.ceil(draws / drawsPerTask) }, (_, t): DrawTask => {
    return { seed, from: t * drawsPerTask, to: Math.min(draws, (t + 1) * drawsPerTask) };
  });
  if (workers === 1) {
    for (const task of tasks) {
      if (signal?.aborted === true) throw new CancelledError('resampling');
      keep(task, drawPanel(panel, groups, seed, task.from, task.to));
      await setImmediate();
    }
  } else {
    await inThreads(work, tasks, keep, Math.min(workers, tasks.length), signal);
  }
  return new Resampled(measureOnce(panel, groups.length), values, draws, level);
}

async function inThreads(
  work: DrawWork,
  tasks: readonly DrawTask[],
  keep: (task: DrawTask, measured: Float64Array) => void,
  workers: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal?.aborted === true) throw new CancelledError('resampling');
  const pool = new Piscina({ filename: workerUrl, workerData: work, minThreads: workers, maxThreads: workers });
  let cancelled = false;
  const cancel = (): void => {
    cancelled = true;
    void pool.destroy();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    await Promise.all(tasks.map(async (task) => keep(task, (await pool.run(task, { name: 'drawTask' })) as Float64Array)));
  } catch (cause) {
    if (cancelled) throw new CancelledError('resampling');
    throw new EvaluationError(
      'EVALUATION_WORKER_FAILED',
      `expected ${workers} threads to finish the resamples, one failed; nothing was kept. Repeat, with fewer workers if memory ran out`,
      { details: { workers }, cause },
    );
  } finally {
    signal?.removeEventListener('abort', cancel);
    await pool.destroy();
  }
}
