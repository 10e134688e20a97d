/**
 * Threads of a training run: all of them finish, or the run fails. Half a forest is not a forest.
 *
 * Entry   a module that works on its workerData, posts what it made as messages and `threadDone` as its last; it ends by itself
 * Choice  threads are started plainly: a pool takes longer to load than a small forest takes to grow
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ResourceLimits } from 'node:worker_threads';

/** The last message of a thread. */
export const threadDone = 'done';

export interface ThreadRun<Message> {
  readonly entry: URL;
  /** One per thread. */
  readonly data: readonly unknown[];
  readonly onMessage: (message: Message) => void;
  readonly resourceLimits?: ResourceLimits;
}

/** Resolves when every thread has ended well. Rejects with the first failure, when all threads are gone: one threw, ran out of memory or exited early. */
export async function runThreads<Message>({ entry, data, onMessage, resourceLimits = {} }: ThreadRun<Message>): Promise<void> {
  const started: Worker[] = [];
  let failure: unknown;
  const fail = (cause: unknown): void => {
    if (failure !== undefined) return;
    failure = cause;
    for (const worker of started) void worker.terminate();
  };
  const end = (worker: Worker): Promise<void> =>
    new Promise((resolve) => {
      let isDone = false;
      worker.on('message', (message: Message | typeof threadDone) => {
        if (message === threadDone) isDone = true;
        else onMessage(message as Message);
      });
      worker.on('error', fail);
      worker.on('messageerror', fail);
      worker.on('exit', (code) => {
        if (!isDone) fail(new Error(`expected a training thread to finish, it exited with code ${code}`));
        resolve();
      });
    });
  const ended: Promise<void>[] = [];
  try {
    for (const workerData of data) {
      // Nothing of how this process was started applies to a thread: loaders and inspectors take longer than the work.
      const worker = new Worker(entry, { workerData, env: SHARE_ENV, execArgv: [], resourceLimits });
      started.push(worker);
      ended.push(end(worker));
    }
  } catch (cause) {
    fail(cause);
  }
  await Promise.all(ended);
  if (failure !== undefined) throw failure;
}
