/**
 * Rates of all groups of one division in two passes over the rows, each beside that of the other groups together.
 *
 * Out     per group auroc, fnr, fpr, ppv, then each minus that of the rest; groups in the order of their numbers
 * Method  pairs of an event of group a ranked above an other of group b are counted in one table; a group is one cell of its diagonal, and
 *         the rest is what remains without its row and column. Counts are whole and half numbers, so nothing is lost by subtracting
 */
import type { Panel } from './panel.ts';
import { checkSample, requireSameLength } from './sample.ts';

export interface SubgroupRateInput {
  readonly outcome: Uint8Array;
  readonly risk: Float64Array;
  /** Group of each row, 0 to count - 1; negative: none. */
  readonly member: Int32Array;
  readonly count: number;
  readonly fold: Int32Array | null;
  readonly threshold: number;
}

export function subgroupRates({ outcome, risk, member, count, fold, threshold }: SubgroupRateInput): Panel {
  checkSample(outcome, risk, 'score');
  requireSameLength(outcome.length, 'group numbers', member.length);
  const foldOf = (i: number): number => fold?.[i] ?? 0;
  const order = Int32Array.from(risk.keys())
    .filter((i) => member[i]! >= 0)
    .sort((a, b) => foldOf(a) - foldOf(b) || risk[a]! - risk[b]! || a - b);
  const runs = [...order.keys()].filter((k) => k > 0 && !sameRun(order[k]!, order[k - 1]!));
  const runEnd = Int32Array.from(order.length === 0 ? [] : [...runs, order.length]);
  const newFold = Uint8Array.from(runEnd, (_, run) =>
    run > 0 && foldOf(order[runEnd[run - 1]!]!) !== foldOf(order[runEnd[run - 1]! - 1]!) ? 1 : 0,
  );
  // Two counts a group: others and events. Cells of flags likewise: others, flagged others, events, flagged events.
  const side = Int32Array.from(order, (i) => 2 * member[i]! + outcome[i]!);
  const flagCell = Int32Array.from(order, (i) => 4 * member[i]! + 2 * outcome[i]! + (risk[i]! >= threshold ? 1 : 0));
  const above = new Float64Array(count * count);
  const pairs = new Float64Array(count * count);
  const below = new Float64Array(2 * count);
  const inRun = new Float64Array(2 * count);
  const flags = new Float64Array(4 * count);

  return {
    size: count * 8,
    measure: (weight, into) => {
      countFlags(weight);
      countPairs(weight);
      const [allAbove, allPairs] = [sum(above), sum(pairs)];
      const allFlags = [0, 1, 2, 3].map((cell) => sumEvery(flags, cell, 4));
      for (let g = 0; g < count; g++) {
        const [ownAbove, ownPairs] = [above[g * count + g]!, pairs[g * count + g]!];
        const own = [ownAbove / ownPairs, ...flagRates([0, 1, 2, 3].map((cell) => flags[4 * g + cell]!))];
        const rest = [
          without(above, g, allAbove) / without(pairs, g, allPairs),
          ...flagRates([0, 1, 2, 3].map((cell) => allFlags[cell]! - flags[4 * g + cell]!)),
        ];
        own.forEach((value, k) => {
          into[8 * g + k] = value;
          into[8 * g + 4 + k] = value - rest[k]!;
        });
      }
    },
  };

  function sameRun(a: number, b: number): boolean {
    return foldOf(a) === foldOf(b) && risk[a] === risk[b];
  }

  function countFlags(weight: Float64Array): void {
    flags.fill(0);
    for (let k = 0; k < order.length; k++) flags[flagCell[k]!]! += weight[order[k]!]!;
  }

  function countPairs(weight: Float64Array): void {
    above.fill(0);
    pairs.fill(0);
    below.fill(0);
    for (let run = 0, k = 0; run < runEnd.length; run++) {
      if (newFold[run] === 1) closeFold();
      const end = runEnd[run]!;
      if (end - k === 1) {
        const w = weight[order[k]!]!;
        const s = side[k]!;
        if (w > 0 && (s & 1) === 1) for (let b = 0; b < count; b++) above[(s >> 1) * count + b]! += w * below[2 * b]!;
        below[s]! += w;
        k = end;
        continue;
      }
      inRun.fill(0);
      for (; k < end; k++) inRun[side[k]!]! += weight[order[k]!]!;
      for (let a = 0; a < count; a++) {
        const events = inRun[2 * a + 1]!;
        if (events === 0) continue;
        for (let b = 0; b < count; b++) above[a * count + b]! += events * (below[2 * b]! + inRun[2 * b]! / 2);
      }
      for (let s = 0; s < inRun.length; s++) below[s]! += inRun[s]!;
    }
    closeFold();
  }

  /** `below` has counted a whole fold: its pairs are known. */
  function closeFold(): void {
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) pairs[a * count + b]! += below[2 * a + 1]! * below[2 * b]!;
    }
    below.fill(0);
  }

  /** A table's sum without the row and the column of a group. */
  function without(table: Float64Array, g: number, whole: number): number {
    let gone = 0;
    for (let b = 0; b < count; b++) gone += table[g * count + b]! + (b === g ? 0 : table[b * count + g]!);
    return whole - gone;
  }
}

/** fnr, fpr, ppv from counts of others, flagged others, events, flagged events. */
function flagRates([tn, fp, fn, tp]: readonly number[]): [number, number, number] {
  return [fn! / (tp! + fn!), fp! / (tn! + fp!), tp! / (tp! + fp!)];
}

function sum(table: Float64Array): number {
  return sumEvery(table, 0, 1);
}

function sumEvery(values: Float64Array, from: number, step: number): number {
  let total = 0;
  for (let k = from; k < values.length; k += step) total += values[k]!;
  return total;
}
