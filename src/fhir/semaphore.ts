/**
 * A cap on how many things happen at once; the rest wait their turn in order of arrival.
 */
import { CancelledError } from '../errors.ts';

export interface Semaphore {
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** @param slots  1 or more */
export function semaphore(slots: number): Semaphore {
  let free = slots;
  const waiting: Array<() => void> = [];
  return {
    async run(work, signal) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        if (signal?.aborted === true) throw new CancelledError('pull');
        return await work();
      } finally {
        // A waiting one takes over the slot, so the count of free slots does not change.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
