/**
 * The best cut of a few columns among the rows of one node, by the decrease of Gini impurity.
 *
 * In      a node of the sample (./sample.ts), its totals and the columns to try
 * Out     the largest gain, its cut and the side missing values go to, kept in `best` when above what is there
 * Choice  with w, p the weight and event weight of a node, the decrease times w is 2 (pL w - p wL)^2 / (w wL wR): never negative, exact
 *         zero when nothing is gained, no cancellation. Fractions are compared by cross-multiplication
 * Choice  missing values are tried on both sides of every cut, and alone against all present ones; where a node has none, they follow the
 *         heavier child. Between two occupied bins the cut is put halfway by rank. Ties keep the cut found first
 * Source  Breiman et al. 1984, CART; missing directions as in Chen and Guestrin 2016, arXiv:1603.02754, section 3.4
 */
import { CellCounts } from './cell-counts.ts';
import type { CountedRows } from './cell-counts.ts';
import type { NodeTotals } from './sample.ts';

/** The best cut so far in a node. A gain is gainTop / gainBottom; cut = binCount - 1 says "present left, missing right". */
export interface BestCut {
  feature: number;
  cut: number;
  missingLeft: number;
  gainTop: number;
  gainBottom: number;
}

/** Scratch memory of one thread; one instance per grower. */
export class SplitSearch {
  private readonly counts = new CellCounts();
  private readonly minLeafRows: number;
  private readonly minLeafWeight: number;
  private readonly binCount: Uint8Array;
  private readonly outcome: Uint8Array;

  /** @param binCount  per column its number of bins of present values; the cell with this number holds the missing ones */
  constructor(binCount: Uint8Array, outcome: Uint8Array, minLeafRows: number, minLeafWeight = 0) {
    this.binCount = binCount;
    this.outcome = outcome;
    this.minLeafRows = minLeafRows;
    this.minLeafWeight = minLeafWeight;
  }

  /**
   * Improves `best` by the columns features[from .. from + count) among sample rows start .. end - 1.
   *
   * @param count   1 .. batchSize (./cell-counts.ts)
   * @param varies  set to 0 for each of the columns that is constant in this node (one occupied cell), to 1 for the others
   */
  tryColumns(
    best: BestCut,
    node: NodeTotals,
    sample: CountedRows,
    start: number,
    end: number,
    features: Int32Array,
    from: number,
    count: number,
    varies: Uint8Array,
  ): void {
    const { counts } = this;
    const inOnePass = end - start <= sample.stretch;
    if (inOnePass) counts.countBatch(sample, start, end, features, from, count);
    for (let slot = 0; slot < count; slot++) {
      const feature = features[from + slot]!;
      const bins = this.binCount[feature]!;
      if (inOnePass) counts.take(slot, bins + 1);
      else counts.takeWide(sample, start, end, feature, bins + 1, this.outcome);
      varies[slot] = counts.occupied > 1 ? 1 : 0;
      if (counts.occupied < 2) continue;
      if (counts.cell[counts.occupied - 1] === bins) this.scanWithMissing(best, feature, node);
      else this.scan(best, feature, node);
    }
  }

  private scan(best: BestCut, feature: number, node: NodeTotals): void {
    const { cell, rows, weight, positive, occupied } = this.counts;
    const { minLeafRows, minLeafWeight } = this;
    const totalWeight = node.weight;
    const totalPositive = node.positive;
    const lastRows = node.rows - minLeafRows;
    const noise = noiseOf(node);
    let { gainTop, gainBottom } = best;
    let found = -1;
    let missingLeft = 0;
    let leftRows = 0;
    let leftWeight = 0;
    let leftPositive = 0;
    for (let k = 0; k < occupied - 1; k++) {
      leftRows += rows[k]!;
      leftWeight += weight[k]!;
      leftPositive += positive[k]!;
      if (leftRows < minLeafRows) continue;
      if (leftRows > lastRows) break;
      if (leftWeight < minLeafWeight || totalWeight - leftWeight < minLeafWeight) continue;
      const d = leftPositive * totalWeight - totalPositive * leftWeight;
      const top = d * d;
      const bottom = leftWeight * (totalWeight - leftWeight);
      if (top * gainBottom > gainTop * bottom && top > noise) {
        gainTop = top;
        gainBottom = bottom;
        found = k;
        missingLeft = leftWeight > totalWeight - leftWeight ? 1 : 0;
      }
    }
    if (found >= 0) take(best, feature, (cell[found]! + cell[found + 1]! - 1) >>> 1, missingLeft, gainTop, gainBottom);
  }

  private scanWithMissing(best: BestCut, feature: number, node: NodeTotals): void {
    const { cell, rows, weight, positive, occupied } = this.counts;
    const { minLeafRows, minLeafWeight } = this;
    const present = occupied - 1;
    const missingRows = rows[present]!;
    const missingWeight = weight[present]!;
    const missingPositive = positive[present]!;
    const noise = noiseOf(node);
    let leftRows = 0;
    let leftWeight = 0;
    let leftPositive = 0;
    for (let k = 0; k < present; k++) {
      leftRows += rows[k]!;
      leftWeight += weight[k]!;
      leftPositive += positive[k]!;
      // After the last present cell: "present left, missing right"; the other side would be an empty child.
      const cut = k + 1 < present ? (cell[k]! + cell[k + 1]! - 1) >>> 1 : cell[present]! - 1;
      for (let missingLeft = 0; missingLeft < (k + 1 < present ? 2 : 1); missingLeft++) {
        const wholeRows = leftRows + missingLeft * missingRows;
        if (wholeRows < minLeafRows || node.rows - wholeRows < minLeafRows) continue;
        const wholeWeight = leftWeight + missingLeft * missingWeight;
        if (wholeWeight < minLeafWeight || node.weight - wholeWeight < minLeafWeight) continue;
        const d = (leftPositive + missingLeft * missingPositive) * node.weight - node.positive * wholeWeight;
        const top = d * d;
        const bottom = wholeWeight * (node.weight - wholeWeight);
        if (top * best.gainBottom > best.gainTop * bottom && top > noise) take(best, feature, cut, missingLeft, top, bottom);
      }
    }
  }
}

/** Below this a gain is rounding of fractional weights; whole weights never come near it. */
function noiseOf(node: NodeTotals): number {
  const rounding = 1e-12 * node.weight * node.positive;
  return rounding * rounding;
}

function take(best: BestCut, feature: number, cut: number, missingLeft: number, top: number, bottom: number): void {
  best.feature = feature;
  best.cut = cut;
  best.missingLeft = missingLeft;
  best.gainTop = top;
  best.gainBottom = bottom;
}
