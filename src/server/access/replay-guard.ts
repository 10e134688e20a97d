/**
 * Tokens that may be used once: their ids are kept until they expire.
 *
 * Choice  bounded: when full of ids that have not expired, new tokens are refused rather than old ones forgotten
 * Choice  in memory: a token that was used and has not expired could be used once more after a restart, minutes at most
 */
import { RequestRefusal } from '../operation-outcome.ts';

export interface ReplayGuard {
  /**
   * True the first time.
   *
   * @param expiresAt  seconds since 1970, of the token
   * @throws {RequestRefusal} SERVER_BUSY when no more ids can be kept
   */
  firstUse(issuer: string, id: string, expiresAt: number): boolean;
}

/** @param options.now  epoch milliseconds */
export function replayGuard(options: { now: () => number; toleranceSeconds: number; most?: number }): ReplayGuard {
  const { now, toleranceSeconds, most = 100_000 } = options;
  /** Expiry by issuer and id. */
  const used = new Map<string, number>();
  let sweptAt = -Infinity;
  return {
    firstUse(issuer, id, expiresAt) {
      const seconds = now() / 1000;
      if (used.size >= most || seconds - sweptAt > 60) {
        // A clock that was set back must not make used ids look expired: only what is past in any case goes.
        for (const [key, expiry] of used) if (expiry + toleranceSeconds < seconds) used.delete(key);
        sweptAt = seconds;
      }
      const key = JSON.stringify([issuer, id]);
      if (used.has(key)) return false;
      if (used.size >= most) throw new RequestRefusal('SERVER_BUSY', 'too many tokens in use at once; try again');
      used.set(key, expiresAt);
      return true;
    },
  };
}
