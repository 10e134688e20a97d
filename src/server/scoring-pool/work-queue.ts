/**
 * Work that waits for a thread: what somebody waits for first, then what nobody does, each in the order it came.
 *
 * Choice  each kind has its own bound, so that a batch can neither fill the queue of those who wait nor be pushed out of it
 * Choice  work in the background that has waited long is taken first once: under load that never ends it is slow and still moves
 */
export interface Waiting {
  /** True where nobody waits for it. */
  readonly background: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly sinceMs: number;
}

/** After which work in the background goes first. */
const patienceMs = 2000;

export class WorkQueue<T extends Waiting> {
  readonly #most: number;
  readonly #urgent: T[] = [];
  readonly #background: T[] = [];

  /** @param most  of each kind that may wait */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#urgent.length + this.#background.length;
  }

  /** False where as many wait as may. */
  add(work: T): boolean {
    const own = this.#of(work);
    if (own.length >= this.#most) return false;
    own.push(work);
    return true;
  }

  take(nowMs: number): T | undefined {
    const [waiting] = this.#background;
    if (waiting !== undefined && nowMs - waiting.sinceMs > patienceMs) return this.#background.shift();
    return this.#urgent.shift() ?? this.#background.shift();
  }

  /** False where it has been taken already. */
  remove(work: T): boolean {
    const own = this.#of(work);
    const at = own.indexOf(work);
    if (at >= 0) own.splice(at, 1);
    return at >= 0;
  }

  /** Everything that waits, no longer waiting. */
  empty(): T[] {
    return [...this.#urgent.splice(0), ...this.#background.splice(0)];
  }

  #of({ background }: T): T[] {
    return background ? this.#background : this.#urgent;
  }
}
