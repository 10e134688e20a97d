/**
 * When has nobody used the page for so long that what it shows has to go?
 *
 * Choice  by the clock, not by a timer: timers of a hidden tab are held back, and none runs while the machine sleeps
 */
const IDLE_MS = 15 * 60_000;

export class IdleClock {
  readonly #now: () => number;
  readonly #limitMs: number;
  #lastUse: number;

  /** @param now  epoch milliseconds */
  constructor(now: () => number, limitMs: number = IDLE_MS) {
    this.#now = now;
    this.#limitMs = limitMs;
    this.#lastUse = now();
  }

  use(): void {
    this.#lastUse = this.#now();
  }

  /** Also where the clock was set back by more than the limit: then it cannot be told. */
  get isOver(): boolean {
    return Math.abs(this.#now() - this.#lastUse) >= this.#limitMs;
  }
}
