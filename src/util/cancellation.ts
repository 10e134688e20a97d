/**
 * Cancellation between steps: work that was asked to stop does so before the next thing is begun or written.
 */
import { CancelledError } from '../errors.ts';

/** @throws {CancelledError} when the signal was raised */
export function stopIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw new CancelledError(what);
}
