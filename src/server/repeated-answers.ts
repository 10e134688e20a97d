/**
 * Requests that are sent again with the same Idempotency-Key: answered as the first time, and on record once.
 *
 * Choice  kept in memory, for a while: an answer tells of a patient, and is not written where it need not be. After that, or a restart, the
 *         same key is scored again
 * Choice  only what was given is given again: where the first request failed, or its client was gone, the next one is a first one
 */
import { ownerOf } from './access/owner.ts';
import type { Principal } from './access/principal.ts';
import { idempotencyKeyOf, otherBody } from './idempotency-key.ts';
import type { Answer, Asked } from './route.ts';

interface Kept {
  readonly body: string;
  /** undefined where no answer was given. */
  readonly answer: Promise<Answer | undefined>;
  readonly sinceMs: number;
}

const keepMs = 10 * 60_000;
const most = 1000;

export class RepeatedAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** @throws {RequestRefusal} SERVER_IDEMPOTENCY; what the work throws */
  async answer(asked: Asked, work: () => Promise<Answer>): Promise<Answer> {
    const repeat = idempotencyKeyOf(asked);
    if (repeat === null || asked.principal === null) return work();
    const key = `${ownerOf(asked.principal satisfies Principal)} ${repeat.key}`;
    for (let known = this.#find(key); known !== undefined; known = this.#find(key)) {
      if (known.body !== repeat.body) throw otherBody();
      const given = await known.answer;
      if (given === undefined) continue;
      return { ...given, isOnRecord: true, headers: { ...given.headers, 'Idempotency-Replayed': 'true' } };
    }
    return this.#first(key, repeat.body, work);
  }

  async #first(key: string, body: string, work: () => Promise<Answer>): Promise<Answer> {
    let settle: (answer: Answer | undefined) => void = () => undefined;
    const answer = new Promise<Answer | undefined>((resolve) => (settle = resolve));
    const kept: Kept = { body, answer, sinceMs: this.#monotonic() };
    this.#kept.set(key, kept);
    const forget = (): void => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      settle(undefined);
    };
    try {
      const made = await work();
      return { ...made, settle: (willAnswer) => (willAnswer ? settle(made) : forget()) };
    } catch (error) {
      forget();
      throw error;
    }
  }

  #find(key: string): Kept | undefined {
    const now = this.#monotonic();
    // In the order they came.
    for (const [old, { sinceMs }] of this.#kept) {
      if (now - sinceMs <= keepMs && this.#kept.size <= most) break;
      this.#kept.delete(old);
    }
    return this.#kept.get(key);
  }
}
