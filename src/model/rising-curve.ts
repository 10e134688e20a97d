/**
 * A rising curve through observed outcomes: isotonic regression by pooling adjacent violators, straight between the middles of its blocks.
 *
 * Source  Barlow and others 1972, Statistical Inference under Order Restrictions
 */
export interface RisingCurve {
  /** Ascending, the mean risk of each block. */
  readonly risk: readonly number[];
  /** Ascending, in (0, 1). */
  readonly value: readonly number[];
}

/**
 * Least-squares rising fit by pooling adjacent violators, as the corners of a curve: the mean risk of each block and its event share.
 * Shares are kept half an event of all rows away from 0 and 1, so that no risk is certain.
 */
export function risingCurve(outcome: Uint8Array, risk: Float64Array): { risk: number[]; value: number[] } {
  const order = [...risk.keys()].sort((a, b) => risk[a]! - risk[b]!);
  interface Block {
    n: number;
    events: number;
    riskSum: number;
  }
  const blocks: Block[] = [];
  for (let k = 0; k < order.length;) {
    const block: Block = { n: 0, events: 0, riskSum: 0 };
    // Equal risks are one block from the start: they cannot be told apart.
    const value = risk[order[k]!]!;
    for (; k < order.length && risk[order[k]!] === value; k += 1) {
      block.n += 1;
      block.events += outcome[order[k]!]!;
      block.riskSum += value;
    }
    blocks.push(block);
    while (blocks.length > 1 && share(blocks.at(-2)!) >= share(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const before = blocks.at(-1)!;
      before.n += last.n;
      before.events += last.events;
      before.riskSum += last.riskSum;
    }
  }
  const least = 0.5 / outcome.length;
  return {
    risk: blocks.map(({ riskSum, n }) => riskSum / n),
    value: blocks.map((block) => Math.min(Math.max(share(block), least), 1 - least)),
  };
}

function share({ events, n }: { readonly events: number; readonly n: number }): number {
  return events / n;
}

/** Straight between the corners, level before the first and after the last. */
export function curveAt({ risk, value }: RisingCurve, at: number): number {
  const above = risk.findIndex((corner) => corner >= at);
  if (above === 0) return value[0]!;
  if (above < 0) return value.at(-1)!;
  const part = (at - risk[above - 1]!) / (risk[above]! - risk[above - 1]!);
  return value[above - 1]! + part * (value[above]! - value[above - 1]!);
}
