/**
 * The best cut of one column counted in f64: for weighed samples, and for nodes too heavy for packed counts.
 */
import { bestBottom, bestTop, halfway, isAllowed, lastRows, nodePositive, nodeRows, nodeWeight, take } from './best-cut';
import { binCount, minLeafRows } from './job';
import { countWide, widePositive, wideRows, wideWeight } from './counting';

/** Counts and scans a column; returns whether it varies in the node. */
export function tryWide(start: i32, end: i32, feature: i32): bool {
  const bins = <i32>load<u8>(binCount + feature);
  countWide(start, end, feature, bins + 1);
  const cellRows = wideRows();
  const cellWeight = wideWeight();
  const cellPositive = widePositive();
  const missingRows = load<f64>(cellRows + (bins << 3));
  const missingWeight = load<f64>(cellWeight + (bins << 3));
  const missingPositive = load<f64>(cellPositive + (bins << 3));
  const presentRows = <f64>nodeRows - missingRows;
  if (presentRows == 0) return false;
  let leftRows: f64 = 0;
  let leftWeight: f64 = 0;
  let leftPositive: f64 = 0;
  for (let k = 0; k < bins; k++) {
    const at = k << 3;
    const rows = load<f64>(cellRows + at);
    if (rows == 0) continue;
    if (rows == <f64>nodeRows) return false;
    leftRows += rows;
    leftWeight += load<f64>(cellWeight + at);
    leftPositive += load<f64>(cellPositive + at);
    const isLast = leftRows == presentRows;
    if (isLast && missingRows == 0) break;
    const cut = isLast ? bins - 1 : halfway(cellRows, cellRows + at);
    if (missingRows == 0) {
      const missingLeft = leftWeight > nodeWeight - leftWeight ? 1 : 0;
      considerWide(leftRows, leftWeight, leftPositive, feature, cut, missingLeft);
      continue;
    }
    considerWide(leftRows, leftWeight, leftPositive, feature, cut, 0);
    if (!isLast)
      considerWide(leftRows + missingRows, leftWeight + missingWeight, leftPositive + missingPositive, feature, cut, 1);
  }
  return true;
}

function considerWide(rows: f64, weight: f64, positive: f64, feature: i32, cut: i32, missingLeft: i32): void {
  if (rows < <f64>minLeafRows || rows > <f64>lastRows) return;
  const d = positive * nodeWeight - nodePositive * weight;
  const top = d * d;
  const bottom = weight * (nodeWeight - weight);
  if (top * bestBottom > bestTop * bottom && isAllowed(top, weight))
    take(feature, cut, missingLeft, top, bottom, <i32>rows, weight, positive);
}
