/**
 * How long a client is kept waiting: one budget for everything that an answer takes.
 *
 * Choice  whoever is about to discharge a patient gets a clear refusal rather than a card that comes after the fact
 */
import { RequestRefusal } from '../operation-outcome.ts';

export class Deadline {
  readonly #ms: number;
  readonly #endsAt: number;

  constructor(ms: number) {
    this.#ms = ms;
    this.#endsAt = performance.now() + ms;
  }

  /** Milliseconds, at least 1. */
  get leftMs(): number {
    return Math.max(1, Math.ceil(this.#endsAt - performance.now()));
  }

  /** What the work gives, if in time; the work itself goes on. @throws {RequestRefusal} SERVER_CDS_DEADLINE */
  async bound<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.refusal()), this.leftMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Fires when the time is over or the client has gone. */
  signal(gone: AbortSignal): AbortSignal {
    return AbortSignal.any([gone, AbortSignal.timeout(this.leftMs)]);
  }

  refusal(): RequestRefusal {
    return new RequestRefusal(
      'SERVER_CDS_DEADLINE',
      `expected an answer within ${this.#ms} ms, found that it takes longer; try again`,
    );
  }
}
