/**
 * The sample of one tree: which rows are in the bag, how heavy, and in which order the nodes hold them.
 *
 * Record  one u32 per in-bag row: row << 5 | times drawn << 1 | outcome. Where rows have weights of their own, or one was drawn more than
 *         timesLimit times, the sample is weighed: records lack the times, and each row's weight is an f64 beside its record
 * Node    a stretch of records; a split reorders its stretch, left child first, keeping table order within each
 * View    where the bins of the node's rows lie: the table row-major; in a large table column-major while nodes are large, and once
 *         one is small enough its rows are copied into a buffer that fits the second-level cache, renumbered from 0, and the subtree
 *         below is grown from that
 */
import {
  binCount,
  columnBins,
  drawCount,
  drawn,
  group,
  held,
  local,
  localRows,
  masses,
  movedMasses,
  movedRecords,
  outcome,
  records,
  rowBins,
  rows,
  stride,
  timesLimit,
  weights,
} from './job';
import { belowKept, keptDraws } from './random';

export let weighed: bool = false;
/** Totals of the sample that was drawn last; of the node that was summed last where the sample is weighed. */
export let sumWeight: f64 = 0;
export let sumPositive: f64 = 0;

/** The bin of record r's row in column f is at viewBins + (r >>> 5) * viewStride + f * viewStep. */
export let viewBins: usize = 0;
export let viewStride: usize = 0;
export let viewStep: usize = 0;

/** Where the bins of this column start. Kept in memory, lest the product be made again for every row. */
export function columnOf(feature: i32): usize {
  store<usize>(held, viewBins + feature * viewStep);
  return load<usize>(held);
}

/** Draws a tree's sample and returns how many rows are in it, at least one; draws again when all of them weigh nothing. */
export function drawSample(): i32 {
  let count = 0;
  while (count == 0) {
    if (drawCount > 0) drawUnits();
    weighed = weights != 0;
    if (!weighed) count = gather();
    if (weighed) count = gatherWeighed();
  }
  return count;
}

function drawUnits(): void {
  const to = drawn;
  const units = <u32>drawCount;
  const kept = keptDraws(units);
  memory.fill(to, 0, units);
  // A unit drawn more than 255 times would wrap round: the chance is below 1 / 256!.
  for (let i: u32 = 0; i < units; i++) {
    const at = to + belowKept(units, kept);
    store<u8>(at, load<u8>(at) + 1);
  }
}

/** How often the row was drawn. */
function timesOf(row: i32): u32 {
  if (drawCount == 0) return 1;
  return load<u8>(drawn + (group == 0 ? row : load<i32>(group + (row << 2))));
}

function gather(): i32 {
  const plain = drawCount > 0 && group == 0;
  const times = drawn;
  const labels = outcome;
  const last = rows;
  let to = records;
  let weight: u32 = 0;
  let positive: u32 = 0;
  let most: u32 = 0;
  for (let row = 0; row < last; row++) {
    const count = plain ? <u32>load<u8>(times + row) : timesOf(row);
    const label = <u32>load<u8>(labels + row);
    store<u32>(to, (row << 5) | (count << 1) | label);
    to += count == 0 ? 0 : 4;
    weight += count;
    positive += count & -label;
    most = max(most, count);
  }
  sumWeight = <f64>weight;
  sumPositive = <f64>positive;
  weighed = most > timesLimit;
  return (to - records) >> 2;
}

function gatherWeighed(): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const weight = <f64>timesOf(row) * (weights == 0 ? 1 : load<f64>(weights + (row << 3)));
    if (weight == 0) continue;
    store<u32>(records + (count << 2), (row << 5) | load<u8>(outcome + row));
    store<f64>(masses + (count << 3), weight);
    count++;
  }
  sumWeighed(0, count);
  return count;
}

/** Sums a node of a weighed sample. */
export function sumWeighed(start: i32, end: i32): void {
  let weight: f64 = 0;
  let positive: f64 = 0;
  for (let i = start; i < end; i++) {
    const mass = load<f64>(masses + (i << 3));
    weight += mass;
    positive += <f64>(load<u32>(records + (i << 2)) & 1) * mass;
  }
  sumWeight = weight;
  sumPositive = positive;
}

/**
 * Turns to a node before its columns are counted.
 *
 * @param isLocal  what entering its parent returned, false for a root
 * @returns        whether the node's rows are now numbers in the local buffer
 */
export function enter(start: i32, end: i32, isLocal: bool): bool {
  const fits = columnBins != 0 && end - start <= localRows;
  if (!isLocal && fits) copyRows(start, end);
  if (isLocal || fits) {
    viewBins = local;
    viewStride = stride;
    viewStep = 1;
    return true;
  }
  viewBins = columnBins == 0 ? rowBins : columnBins;
  viewStride = columnBins == 0 ? stride : 1;
  viewStep = columnBins == 0 ? 1 : rows;
  return false;
}

function copyRows(start: i32, end: i32): void {
  const width = <usize>stride;
  const bins = rowBins;
  const first = records + (start << 2);
  const last = records + (end << 2);
  let to = local;
  for (let at = first; at < last; at += 4) {
    const record = load<u32>(at);
    let from = bins + (record >>> 5) * width;
    store<u32>(at, ((at - first) << 3) | (record & 31));
    const rowEnd = to + width;
    for (; to < rowEnd; to += 16, from += 16) v128.store(to, v128.load(from));
  }
}

// A row goes right when its bin is in [cut + 1, cut + 1 + width): up to the missing bin where missing values go left, else without end.

export function widthOfRight(feature: i32, cut: i32, missingLeft: i32): u32 {
  return missingLeft == 0 ? 256 : load<u8>(binCount + feature) - cut - 1;
}

/**
 * Parts the rows of the node entered last and returns where the right child starts.
 *
 * @param cut  last bin that goes left
 */
export function partition(start: i32, end: i32, feature: i32, cut: i32, missingLeft: i32): i32 {
  const low = <u32>cut + 1;
  const width = widthOfRight(feature, cut, missingLeft);
  return weighed ? partWeighed(start, end, feature, low, width) : part(start, end, feature, low, width);
}

function part(start: i32, end: i32, feature: i32, low: u32, width: u32): i32 {
  const bins = columnOf(feature);
  const step = viewStride;
  const last = records + (end << 2);
  let left = records + (start << 2);
  let moved = movedRecords;
  for (let from = left; from < last; from += 4) {
    const record = load<u32>(from);
    const bin = <u32>load<u8>(bins + (record >>> 5) * step);
    const right: usize = bin - low < width ? 4 : 0;
    store<u32>(left, record);
    store<u32>(moved, record);
    left += 4 - right;
    moved += right;
  }
  copyRecords(left, movedRecords, moved);
  return (left - records) >> 2;
}

/** Copies the records at from .. last; memory.copy is a call that takes longer for the few rows of most nodes. */
function copyRecords(to: usize, from: usize, last: usize): void {
  for (; from + 16 <= last; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < last; from += 4, to += 4) store<u32>(to, load<u32>(from));
}

/** Keeps the rows of one child, at the front; for a sibling that is a leaf and needs no rows. Returns where they end. */
export function keepChild(start: i32, end: i32, feature: i32, cut: i32, missingLeft: i32, isRight: bool): i32 {
  const dropped: usize = isRight ? 0 : 4;
  const low = <u32>cut + 1;
  const width = widthOfRight(feature, cut, missingLeft);
  const bins = columnOf(feature);
  const step = viewStride;
  const last = records + (end << 2);
  let to = records + (start << 2);
  for (let from = to; from < last; from += 4) {
    const record = load<u32>(from);
    const bin = <u32>load<u8>(bins + (record >>> 5) * step);
    store<u32>(to, record);
    to += (bin - low < width ? 4 : 0) ^ dropped;
  }
  return (to - records) >> 2;
}

function partWeighed(start: i32, end: i32, feature: i32, low: u32, width: u32): i32 {
  const bins = columnOf(feature);
  let left = start;
  let moved = 0;
  for (let i = start; i < end; i++) {
    const record = load<u32>(records + (i << 2));
    const mass = load<f64>(masses + (i << 3));
    const right = <u32>load<u8>(bins + (record >>> 5) * viewStride) - low < width;
    store<u32>(records + (left << 2), record);
    store<f64>(masses + (left << 3), mass);
    store<u32>(movedRecords + (moved << 2), record);
    store<f64>(movedMasses + (moved << 3), mass);
    left += right ? 0 : 1;
    moved += right ? 1 : 0;
  }
  memory.copy(records + (left << 2), movedRecords, moved << 2);
  memory.copy(masses + (left << 3), movedMasses, moved << 3);
  return left;
}
