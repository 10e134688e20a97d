/**
 * The best cut of a few columns among the rows of one node, by the decrease of Gini impurity: what split-search.ts computes, to the bit.
 *
 * In      a node's totals and its counts per bin (./counting.ts); one counted in f64 goes to ./splitting-wide.ts
 * Out     the largest gain, its cut, the side missing values go to and the totals of the left child, where above the best so far (./best-cut.ts)
 * Choice  empty bins are not skipped: one leaves left and right as they were, and an equal gain is not taken. Only when a cut is kept the next
 *         occupied bin is looked for, to put it halfway
 */
import { bestBottom, bestTop, halfway, isAllowed, lastRows, nodePositive, nodeSum, nodeWeight, take } from './best-cut';
import { binCount, columnKind, minLeafRows } from './job';
import { batchSize, countColumns, countOnes, onesOf, slotOf } from './counting';
import { packedPositive, packedRows, packedWeight } from './packing';
import { tryWide } from './splitting-wide';

/**
 * Improves the best by the columns at features among sample rows start .. end - 1.
 *
 * @param features  i32 each, `count` of them (at most batchSize)
 * @param lists     scratch: two lists of batchSize i32, columns of more than two values and of two
 * @param varies    u8 per column: set to 0 for those that are constant in this node, to 1 for the others
 */
export function tryColumns(start: i32, end: i32, features: usize, count: i32, lists: usize, varies: usize): void {
  if (nodeSum == 0) {
    for (let i = 0; i < count; i++) store<u8>(varies + i, tryWide(start, end, load<i32>(features + (i << 2))) ? 1 : 0);
    return;
  }
  const two = lists + 4 * batchSize;
  let many = 0;
  let twos = 0;
  let cells = 0;
  const general = generalFrom(features, count);
  for (let i = 0; i < count; i++) {
    const feature = load<i32>(features + (i << 2));
    const kind = <i32>load<u8>(columnKind + feature);
    if (kind >= general) {
      store<i32>(lists + (many++ << 2), feature);
      cells = max(cells, <i32>load<u8>(binCount + feature) + 1);
    } else if (kind == 1) {
      store<i32>(two + (twos++ << 2), feature);
    }
  }
  if (many > 0) countColumns(start, end, lists, many, cells);
  if (twos > 0) countOnes(start, end, two, twos);
  many = 0;
  twos = 0;
  for (let i = 0; i < count; i++) {
    const feature = load<i32>(features + (i << 2));
    const kind = <i32>load<u8>(columnKind + feature);
    let isVarying: bool = false;
    if (kind >= general) isVarying = scanPacked(slotOf(many++), feature);
    else if (kind == 1) isVarying = tryTwo(nodeSum - onesOf(twos++), feature);
    store<u8>(varies + i, isVarying ? 1 : 0);
  }
}

/** The least kind of column that is counted bin by bin. One or two of two values go along where a pass has room for them: that is cheaper than a pass. */
function generalFrom(features: usize, count: i32): i32 {
  let many = 0;
  let twos = 0;
  for (let i = 0; i < count; i++) {
    const kind = <i32>load<u8>(columnKind + load<i32>(features + (i << 2)));
    many += kind == 2 ? 1 : 0;
    twos += kind == 1 ? 1 : 0;
  }
  const room = -many & 7;
  return twos <= 2 && twos <= room ? 1 : 2;
}

/** A column of bins 0 and 1, of which the second may be the missing one. */
function tryTwo(left: u64, feature: i32): bool {
  if (left == 0 || left == nodeSum) return false;
  const rows = <i32>packedRows(left);
  if (rows < minLeafRows || rows > lastRows) return true;
  const weight = <f64>packedWeight(left);
  const positive = <f64>packedPositive(left);
  const d = positive * nodeWeight - nodePositive * weight;
  const top = d * d;
  const bottom = weight * (nodeWeight - weight);
  if (top * bestBottom > bestTop * bottom && isAllowed(top, weight)) {
    const missingLeft = load<u8>(binCount + feature) == 2 && weight > nodeWeight - weight;
    take(feature, 0, missingLeft ? 1 : 0, top, bottom, rows, weight, positive);
  }
  return true;
}

/** Scans the packed counts of a column; returns whether it varies in the node. */
function scanPacked(cells: usize, feature: i32): bool {
  const bins = <i32>load<u8>(binCount + feature);
  const missing = load<u64>(cells + (bins << 3));
  if (missing == nodeSum) return false;
  if (missing != 0) {
    scanPackedMissing(cells, bins, missing, feature);
    return true;
  }
  const whole = nodeSum;
  const from = <u32>minLeafRows;
  const to = <u32>lastRows;
  let at = cells;
  let cell = load<u64>(at);
  let left = cell;
  while (packedRows(left) < from) {
    at += 8;
    cell = load<u64>(at);
    left += cell;
  }
  if (left == whole) return cell != whole;
  const totalWeight = nodeWeight;
  const totalPositive = nodePositive;
  let gainTop = bestTop;
  let gainBottom = bestBottom;
  let found: usize = 0;
  let foundLeft: u64 = 0;
  while (packedRows(left) <= to) {
    const weight = <f64>packedWeight(left);
    const d = <f64>packedPositive(left) * totalWeight - totalPositive * weight;
    const top = d * d;
    const bottom = weight * (totalWeight - weight);
    if (top * gainBottom > gainTop * bottom && isAllowed(top, weight)) {
      gainTop = top;
      gainBottom = bottom;
      found = at;
      foundLeft = left;
    }
    at += 8;
    left += load<u64>(at);
  }
  if (found != 0) {
    const weight = <f64>packedWeight(foundLeft);
    const cut = halfway(cells, found);
    const missingLeft = weight > totalWeight - weight ? 1 : 0;
    take(feature, cut, missingLeft, gainTop, gainBottom, packedRows(foundLeft), weight, packedPositive(foundLeft));
  }
  return true;
}

/** Of a column with missing values in the node. Each cut is tried with these on the right, then on the left. */
function scanPackedMissing(cells: usize, bins: i32, missing: u64, feature: i32): void {
  const present = nodeSum - missing;
  const missingRows = packedRows(missing);
  const missingWeight = <f64>packedWeight(missing);
  const missingPositive = <f64>packedPositive(missing);
  const totalWeight = nodeWeight;
  const totalPositive = nodePositive;
  const from = <u32>minLeafRows;
  const to = <u32>lastRows;
  let gainTop = bestTop;
  let gainBottom = bestBottom;
  let found: usize = 0;
  let foundLeft: u64 = 0;
  let foundMissingLeft = 0;
  let at = cells;
  let left = load<u64>(at);
  while (left == 0 || packedRows(left) + missingRows < from) {
    if (left == present) return;
    at += 8;
    left += load<u64>(at);
  }
  while (packedRows(left) <= to) {
    const rows = packedRows(left);
    const weight = <f64>packedWeight(left);
    const positive = <f64>packedPositive(left);
    if (rows >= from) {
      const d = positive * totalWeight - totalPositive * weight;
      const top = d * d;
      const bottom = weight * (totalWeight - weight);
      if (top * gainBottom > gainTop * bottom && isAllowed(top, weight)) {
        gainTop = top;
        gainBottom = bottom;
        found = at;
        foundLeft = left;
        foundMissingLeft = 0;
      }
    }
    // The last cut parts present from missing; the other way round it is the same.
    if (left == present) break;
    if (rows + missingRows <= to) {
      const wholeWeight = weight + missingWeight;
      const d = (positive + missingPositive) * totalWeight - totalPositive * wholeWeight;
      const top = d * d;
      const bottom = wholeWeight * (totalWeight - wholeWeight);
      if (top * gainBottom > gainTop * bottom && isAllowed(top, wholeWeight)) {
        gainTop = top;
        gainBottom = bottom;
        found = at;
        foundLeft = left + missing;
        foundMissingLeft = 1;
      }
    }
    at += 8;
    left += load<u64>(at);
  }
  if (found == 0) return;
  const cut = foundMissingLeft == 0 && foundLeft == present ? bins - 1 : halfway(cells, found);
  const weight = <f64>packedWeight(foundLeft);
  take(feature, cut, foundMissingLeft, gainTop, gainBottom, packedRows(foundLeft), weight, packedPositive(foundLeft));
}
