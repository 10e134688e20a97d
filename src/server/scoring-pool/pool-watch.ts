/**
 * What is counted of all pools of a server, those of retired models among them.
 */
interface Watched {
  readonly waiting: number;
  readonly threads: { readonly busy: number; readonly ready: number };
  close(): Promise<void>;
}

/** start: it could not be made ready; ended: it threw, exited or ran out of memory. */
export type LossReason = 'ended' | 'timeout' | 'start';

export class PoolWatch {
  readonly #pools = new Set<Watched>();
  readonly #lost = new Map<LossReason, number>();
  readonly #onLost: (reason: LossReason) => void;

  constructor(onLost: (reason: LossReason) => void = () => undefined) {
    this.#onLost = onLost;
  }

  add(pool: Watched): void {
    this.#pools.add(pool);
  }

  remove(pool: Watched): void {
    this.#pools.delete(pool);
  }

  lost(reason: LossReason): void {
    this.#lost.set(reason, (this.#lost.get(reason) ?? 0) + 1);
    this.#onLost(reason);
  }

  /** Ends the threads of every pool. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools].map((pool) => pool.close()));
  }

  /** Calls that wait, threads at work, threads that are ready, and threads lost by reason since the start. */
  get now(): { waiting: number; busy: number; ready: number; lost: ReadonlyMap<LossReason, number> } {
    const sums = { waiting: 0, busy: 0, ready: 0, lost: this.#lost };
    for (const { waiting, threads } of this.#pools) {
      sums.waiting += waiting;
      sums.busy += threads.busy;
      sums.ready += threads.ready;
    }
    return sums;
  }
}
