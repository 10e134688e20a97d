/**
 * Threads that answer calls, one each at a time, and that may be lost: whatever ends a thread ends one call, and another takes its place.
 *
 * In      an entry module that speaks ./thread-protocol.ts; calls by name
 * Out     what the call gives or throws; a refusal where the queue is full, the thread ended or the call took too long
 * Choice  a call that takes longer than the deadline ends its thread: work that does not come back cannot be asked to stop
 * Choice  a spare thread stands by, ready: to start one takes about as long as a hundred scores, and nobody should wait for that
 * Choice  who has gone away is taken out of the queue; what is under way goes on, for it is over sooner than a thread is started
 * Choice  a pool that is retired lets its threads go when they have been idle for a while, and starts one again for who still asks: so the
 *         last holder of a model is served, however late it comes
 */
import { SHARE_ENV, Worker, type ResourceLimits } from 'node:worker_threads';
import { CancelledError } from '../../errors.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import { unpackError } from './packed-error.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { TaskMessage, ThreadMessage } from './thread-protocol.ts';
import { WorkQueue, type Waiting } from './work-queue.ts';

export interface ThreadPoolOptions {
  readonly entry: URL;
  readonly workerData: unknown;
  /** Threads at work at once. */
  readonly workers: number;
  /** Threads that stand by to take the place of one that is lost; 1. */
  readonly spares?: number | undefined;
  /** Calls that may wait for a thread, of those in the background as many again. */
  readonly queue: number;
  /** Longest time of one call in its thread, milliseconds. */
  readonly deadlineMs: number;
  /** Threads of a retired pool end when idle for so long, milliseconds; 2000. */
  readonly idleMs?: number | undefined;
  /** Of each thread; those of Node by default. */
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly watch: PoolWatch;
}

export interface CallOptions {
  /** Fires when nobody waits any more. */
  readonly signal?: AbortSignal | undefined;
  /** True where others go first. */
  readonly background?: boolean | undefined;
}

interface Task extends Waiting {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  task: Task | null;
  timer: NodeJS.Timeout | undefined;
}

/** First and longest wait before a thread that could not be started is tried again, milliseconds. */
const retryMs = { first: 100, longest: 5000 } as const;

export class ThreadPool {
  /** Resolves when every thread is ready. Rejects with what the first that cannot be made ready threw. */
  readonly ready: Promise<void>;
  readonly #options: ThreadPoolOptions;
  readonly #queue: WorkQueue<Task>;
  readonly #threads = new Set<Thread>();
  #taskNumber = 0;
  #failedStarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isRetired = false;
  #isClosed = false;

  /** Calls are taken from now on. */
  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#queue = new WorkQueue(options.queue);
    const started = Array.from({ length: options.workers }, () => new Promise<void>((ready, fail) => this.#start(ready, fail)));
    this.ready = Promise.all(started).then(() => undefined);
    // Who is not waiting yet when it fails is told as well when it does.
    this.ready.then(
      () => this.#startMissing(),
      () => undefined,
    );
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Threads at work, and all that are ready. */
  get threads(): { readonly busy: number; readonly ready: number } {
    const ready = [...this.#threads].filter(({ isReady }) => isReady);
    return { busy: ready.filter(({ task }) => task !== null).length, ready: ready.length };
  }

  /**
   * @throws {RequestRefusal} SERVER_BUSY, SERVER_WORKER_LOST, SERVER_WORKER_TIMEOUT; {CancelledError} when the signal fires; what the call throws
   */
  run(call: string, args: readonly unknown[], { signal, background = false }: CallOptions = {}): Promise<unknown> {
    return new Promise((done, fail) => {
      if (signal?.aborted === true) return fail(new CancelledError('a score'));
      if (this.#isClosed) return fail(new RequestRefusal('SERVER_STOPPING', 'expected to score, found the server stopping'));
      const leave = (): void => {
        this.#queue.remove(task);
        task.reject(new CancelledError('a score'));
      };
      const settled = <T>(settle: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          signal?.removeEventListener('abort', leave);
          settle(value);
        };
      };
      const task: Task = {
        call,
        args,
        background,
        sinceMs: performance.now(),
        resolve: settled(done),
        reject: settled(fail),
      };
      if (!this.#queue.add(task)) {
        return fail(new RequestRefusal('SERVER_BUSY', `expected fewer than ${this.#options.queue} scores waiting; try again`));
      }
      signal?.addEventListener('abort', leave, { once: true });
      this.#dispatch();
    });
  }

  /** No new model is asked of it: threads that are idle end after a while. */
  retire(): void {
    this.#isRetired = true;
    this.#letGoWhenIdle();
  }

  /** Ends every thread at once; what is under way and what waits is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#idle);
    this.#options.watch.remove(this);
    const stopping = new RequestRefusal('SERVER_STOPPING', 'expected to score, found the server stopping; try another');
    for (const task of this.#queue.empty()) task.reject(stopping);
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(
      threads.map(({ worker, task, timer }) => {
        clearTimeout(timer);
        task?.reject(stopping);
        return worker.terminate();
      }),
    );
  }

  #dispatch(): void {
    clearTimeout(this.#idle);
    let free = this.#options.workers - this.threads.busy;
    for (const thread of this.#threads) {
      if (free <= 0) return;
      if (!thread.isReady || thread.task !== null) continue;
      const task = this.#queue.take(performance.now());
      if (task === undefined) return this.#letGoWhenIdle();
      this.#give(thread, task);
      free -= 1;
    }
    if (this.#queue.size > 0 && this.#threads.size === 0 && this.#retry === undefined) this.#start();
  }

  #give(thread: Thread, task: Task): void {
    const message: TaskMessage = { task: (this.#taskNumber += 1), call: task.call, args: task.args };
    try {
      thread.worker.postMessage(message);
    } catch (error) {
      // What cannot be copied never left; the thread is free.
      task.reject(error);
      return;
    }
    thread.task = task;
    const { deadlineMs } = this.#options;
    thread.timer = setTimeout(() => {
      const what = `expected a score within ${Math.round(deadlineMs / 1000)} s, found that it takes longer; ask for less, or later`;
      this.#lose(thread, 'timeout', new RequestRefusal('SERVER_WORKER_TIMEOUT', what));
    }, deadlineMs);
  }

  #start(onReady?: () => void, onFailure?: (error: unknown) => void): void {
    const { entry, workerData, resourceLimits = {} } = this.#options;
    // Nothing of how this process was started applies to a thread: loaders and inspectors take longer than the work.
    this.#options.watch.add(this);
    const worker = new Worker(entry, { workerData, env: SHARE_ENV, execArgv: [], resourceLimits });
    const thread: Thread = { worker, isReady: false, task: null, timer: undefined };
    this.#threads.add(thread);
    let failure: unknown;
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'ready') {
        thread.isReady = true;
        this.#failedStarts = 0;
        onReady?.();
        this.#dispatch();
      } else if (message.kind === 'failed') failure = unpackError(message.error);
      else this.#settle(thread, message);
    });
    worker.on('error', (error) => (failure ??= error));
    worker.on('messageerror', (error) => (failure ??= error));
    worker.on('exit', () => {
      onFailure?.(failure ?? lost());
      this.#lose(thread, thread.isReady ? 'ended' : 'start', lost());
    });
  }

  #settle(thread: Thread, message: Extract<ThreadMessage, { kind: 'value' | 'error' }>): void {
    const { task } = thread;
    if (task === null || !this.#threads.has(thread)) return;
    clearTimeout(thread.timer);
    thread.task = null;
    if (message.kind === 'value') task.resolve(message.value);
    else task.reject(unpackError(message.error));
    this.#dispatch();
  }

  /** Once per thread: its call is refused, and another is started. */
  #lose(thread: Thread, reason: 'ended' | 'timeout' | 'start', refusal: RequestRefusal): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    thread.task?.reject(refusal);
    void thread.worker.terminate();
    this.#options.watch.lost(reason);
    if (thread.isReady) {
      this.#start();
      // To the spare.
      return this.#dispatch();
    }
    this.#failedStarts += 1;
    // Who waits for a thread that does not start would wait for nothing.
    if (this.#threads.size === 0) for (const task of this.#queue.empty()) task.reject(refusal);
    const waitMs = Math.min(retryMs.longest, retryMs.first * 2 ** (this.#failedStarts - 1));
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#startMissing();
    }, waitMs).unref();
  }

  #startMissing(): void {
    if (this.#isRetired || this.#isClosed) return;
    const { workers, spares = 1 } = this.#options;
    for (let missing = workers + spares - this.#threads.size; missing > 0; missing -= 1) this.#start();
  }

  #letGoWhenIdle(): void {
    clearTimeout(this.#idle);
    if (!this.#isRetired || this.#isClosed) return;
    this.#idle = setTimeout(() => {
      if (this.#queue.size > 0 || [...this.#threads].some(({ task }) => task !== null)) return;
      for (const thread of this.#threads) {
        this.#threads.delete(thread);
        void thread.worker.terminate();
      }
      this.#options.watch.remove(this);
    }, this.#options.idleMs ?? 2000).unref();
  }
}

function lost(): RequestRefusal {
  return new RequestRefusal('SERVER_WORKER_LOST', 'expected an answer, found that the thread that worked on it ended; try again');
}
