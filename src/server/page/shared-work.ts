/**
 * Long work that several callers ask for: done once, kept for a while, and ended when nobody asks any more.
 *
 * Choice  who asks waits a moment; where the work takes longer, is told how far it is and asks again. No request is held open for minutes, so a
 *         proxy's timeout, a closed tab and a server that stops all end the same way: nobody asks
 * Choice  a failure is told once, to the first who asks after it; the next one begins again
 */
import { CancelledError } from '../../errors.ts';
import { RequestRefusal } from '../operation-outcome.ts';

interface WorkProgress {
  readonly done: number;
  /** null while it is not known how much there is to do. */
  readonly of: number | null;
}

export interface WorkRun {
  /** Fires when nobody asks any more, or the server stops. */
  readonly signal: AbortSignal;
  onProgress(progress: WorkProgress): void;
}

export interface SharedWorkOptions {
  /** A caller is told the progress after so long, milliseconds. */
  readonly waitMs: number;
  /** A result is given again for so long after it was ready, milliseconds. */
  readonly keepMs: number;
  /** Work that nobody has asked for so long is ended, milliseconds; longer than waitMs. */
  readonly idleMs: number;
  /** Under way at once. */
  readonly most: number;
  /** True once the server takes no more work. */
  readonly stopping: () => boolean;
  /** Milliseconds that only grow; performance.now. */
  readonly monotonic?: (() => number) | undefined;
}

type Told<T> = { readonly result: T } | { readonly progress: WorkProgress };

export interface SharedWork<T> {
  /**
   * @param key    equal for equal work
   * @param begin  called where no such work is under way or kept
   * @throws {RequestRefusal} SERVER_BUSY; {CancelledError} when `signal` fires; what the work throws
   */
  ask(key: string, begin: (run: WorkRun) => Promise<T>, signal: AbortSignal): Promise<Told<T>>;
}

interface Work<T> {
  readonly outcome: Promise<T>;
  readonly stop: AbortController;
  progress: WorkProgress;
  state: 'running' | 'ready' | 'failed';
  /** When it was last asked for, or came to an end. */
  touchedMs: number;
}

const sweepMs = 1000;

export function sharedWork<T>(options: SharedWorkOptions): SharedWork<T> {
  const { monotonic = () => performance.now() } = options;
  const works = new Map<string, Work<T>>();
  let sweeper: NodeJS.Timeout | undefined;

  function sweep(): void {
    const nowMs = monotonic();
    for (const [key, work] of works) {
      const idleMs = nowMs - work.touchedMs;
      const isOver = idleMs > (work.state === 'running' ? options.idleMs : options.keepMs);
      if (!isOver && !options.stopping()) continue;
      works.delete(key);
      work.stop.abort();
    }
    if (works.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  function start(key: string, begin: (run: WorkRun) => Promise<T>): Work<T> {
    if ([...works.values()].filter(({ state }) => state === 'running').length >= options.most) {
      throw new RequestRefusal('SERVER_BUSY', `expected fewer than ${options.most} lists under way; try again`, {
        'Retry-After': '5',
      });
    }
    const stop = new AbortController();
    const run: WorkRun = { signal: stop.signal, onProgress: (progress) => void (work.progress = progress) };
    const outcome = Promise.resolve().then(() => begin(run));
    const work: Work<T> = {
      outcome,
      stop,
      progress: { done: 0, of: null },
      state: 'running',
      touchedMs: monotonic(),
    };
    const settle = (state: 'ready' | 'failed') => (): void => {
      work.state = state;
      work.touchedMs = monotonic();
    };
    outcome.then(settle('ready'), settle('failed'));
    works.set(key, work);
    sweeper ??= setInterval(sweep, sweepMs).unref();
    return work;
  }

  return {
    async ask(key, begin, signal) {
      sweep();
      const work = works.get(key) ?? start(key, begin);
      if (work.state !== 'ready') work.touchedMs = monotonic();
      try {
        const result = await within(work.outcome, options.waitMs, signal);
        return result === undefined ? { progress: work.progress } : { result: result.value };
      } catch (error) {
        if (work.state === 'failed' && works.get(key) === work) works.delete(key);
        throw error;
      }
    },
  };
}

/** The value of a promise, or undefined where it takes longer. @throws {CancelledError} when `signal` fires */
function within<T>(promise: Promise<T>, waitMs: number, signal: AbortSignal): Promise<{ readonly value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new CancelledError('waiting for a list'));
    if (signal.aborted) return leave();
    const timer = setTimeout(() => resolve(undefined), waitMs);
    signal.addEventListener('abort', leave, { once: true });
    promise
      .then((value) => resolve({ value }), reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      });
  });
}
