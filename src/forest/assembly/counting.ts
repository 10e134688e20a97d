/**
 * Counting: how many rows, how much weight and how much of it with the event lie in each bin of a few columns, among the rows of a node.
 *
 * Packed  up to eight columns in one pass over the rows, one addition a row and column (./packing.ts). Of a column of two values only the
 *         rows in bin 1 are summed, without touching memory
 * Wide    one column at a time in three f64 a bin: for weighed samples, and for nodes too heavy for packed counts
 */
import { counts, masses, records } from './job';
import { packRow } from './packing';
import { columnOf, viewBins, viewStep, viewStride, weighed } from './sample';

/** Most columns counted together; one pass takes eight. */
export const batchSize: i32 = 16;
const passSize: i32 = 8;
/** Bytes from one column's bins to the next; not a multiple of 4096, lest stores and loads that follow each other meet in their low bits. */
const slotBytes: usize = 2560;

// counts: [32 packed rows by low bits of the record | packed counts of a batch | 16 sums of bin 1 | offsets | wide rows | wide weight | wide positive]
const slotsAt: usize = 256;
const onesAt: usize = slotsAt + 16 * slotBytes;
const offsetsAt: usize = onesAt + 128;
const wideAt: usize = offsetsAt + 64;
const wideBytes: usize = 2048;

export function prepareCounts(): void {
  for (let low: u32 = 0; low < 32; low++) store<u64>(counts + (low << 3), packRow(low >>> 1, low & 1));
}

/** u64 per bin of the column in this slot of the last batch. */
export function slotOf(slot: i32): usize {
  return counts + slotsAt + slot * slotBytes;
}

/** Sum of the rows in bin 1 of the two-valued column in this slot of the last batch. */
export function onesOf(slot: i32): u64 {
  return load<u64>(counts + onesAt + (slot << 3));
}

export function wideRows(): usize {
  return counts + wideAt;
}
export function wideWeight(): usize {
  return counts + wideAt + wideBytes;
}
export function widePositive(): usize {
  return counts + wideAt + 2 * wideBytes;
}

/** Counts the columns at features (i32 each) into slots 0 .. count - 1. @param cells  the most bins, with the missing one, of any of them */
export function countColumns(start: i32, end: i32, features: usize, count: i32, cells: i32): void {
  for (let slot = 0; slot < count; slot++) clear(slotOf(slot), cells);
  for (let slot = 0; slot < count; slot += passSize) {
    countEight(start, end, features + (slot << 2), min(passSize, count - slot), slotOf(slot));
  }
}

/** Empties this many u64, and one more where they are odd. A loop of its own, since memory.fill is a call that takes longer than the loop. */
function clear(at: usize, cells: i32): void {
  const last = at + (cells << 3);
  const zero = i64x2.splat(0);
  for (; at < last; at += 16) v128.store(at, zero);
}

/** Where the bins of these columns lie in a row. Kept in memory, lest the product be made again for every row. */
function placeColumns(features: usize, count: i32): usize {
  const offsets = counts + offsetsAt;
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4) {
    store<usize>(offsets + at, viewBins + load<i32>(features + at) * viewStep);
  }
  return offsets;
}

/** Adds a row to the cell of its bin. */
function add(cells: usize, bin: usize, mass: u64): void {
  const cell = cells + ((<usize>load<u8>(bin)) << 3);
  store<u64>(cell, load<u64>(cell) + mass);
}

function countEight(start: i32, end: i32, features: usize, count: i32, hist: usize): void {
  const packed = counts;
  const step = viewStride;
  const offsets = placeColumns(features, count);
  const o0 = load<usize>(offsets);
  const o1 = load<usize>(offsets, 4);
  const o2 = load<usize>(offsets, 8);
  const o3 = load<usize>(offsets, 12);
  const o4 = load<usize>(offsets, 16);
  const o5 = load<usize>(offsets, 20);
  const o6 = load<usize>(offsets, 24);
  const o7 = load<usize>(offsets, 28);
  const last = records + (end << 2);
  for (let at = records + (start << 2); at < last; at += 4) {
    const record = load<u32>(at);
    const mass = load<u64>(packed + ((record & 31) << 3));
    const row = (record >>> 5) * step;
    add(hist, row + o0, mass);
    if (count == 1) continue;
    add(hist + slotBytes, row + o1, mass);
    if (count == 2) continue;
    add(hist + 2 * slotBytes, row + o2, mass);
    if (count == 3) continue;
    add(hist + 3 * slotBytes, row + o3, mass);
    if (count == 4) continue;
    add(hist + 4 * slotBytes, row + o4, mass);
    if (count == 5) continue;
    add(hist + 5 * slotBytes, row + o5, mass);
    if (count == 6) continue;
    add(hist + 6 * slotBytes, row + o6, mass);
    if (count == 7) continue;
    add(hist + 7 * slotBytes, row + o7, mass);
  }
}

/** Sums bin 1 of the two-valued columns at features. */
export function countOnes(start: i32, end: i32, features: usize, count: i32): void {
  for (let slot = 0; slot < count; slot += passSize) {
    onesOfEight(start, end, features + (slot << 2), min(passSize, count - slot), counts + onesAt + (slot << 3));
  }
}

function onesOfEight(start: i32, end: i32, features: usize, count: i32, sums: usize): void {
  const packed = counts;
  const step = viewStride;
  const offsets = placeColumns(features, count);
  const o0 = load<usize>(offsets);
  const o1 = load<usize>(offsets, 4);
  const o2 = load<usize>(offsets, 8);
  const o3 = load<usize>(offsets, 12);
  const o4 = load<usize>(offsets, 16);
  const o5 = load<usize>(offsets, 20);
  const o6 = load<usize>(offsets, 24);
  const o7 = load<usize>(offsets, 28);
  let s0: u64 = 0;
  let s1: u64 = 0;
  let s2: u64 = 0;
  let s3: u64 = 0;
  let s4: u64 = 0;
  let s5: u64 = 0;
  let s6: u64 = 0;
  let s7: u64 = 0;
  const last = records + (end << 2);
  for (let at = records + (start << 2); at < last; at += 4) {
    const record = load<u32>(at);
    const mass = load<u64>(packed + ((record & 31) << 3));
    const row = (record >>> 5) * step;
    s0 += mass * load<u8>(row + o0);
    if (count == 1) continue;
    s1 += mass * load<u8>(row + o1);
    if (count == 2) continue;
    s2 += mass * load<u8>(row + o2);
    if (count == 3) continue;
    s3 += mass * load<u8>(row + o3);
    if (count == 4) continue;
    s4 += mass * load<u8>(row + o4);
    if (count == 5) continue;
    s5 += mass * load<u8>(row + o5);
    if (count == 6) continue;
    s6 += mass * load<u8>(row + o6);
    if (count == 7) continue;
    s7 += mass * load<u8>(row + o7);
  }
  store<u64>(sums, s0);
  store<u64>(sums, s1, 8);
  store<u64>(sums, s2, 16);
  store<u64>(sums, s3, 24);
  store<u64>(sums, s4, 32);
  store<u64>(sums, s5, 40);
  store<u64>(sums, s6, 48);
  store<u64>(sums, s7, 56);
}

/** Counts one column in f64. @param cells  its bins and the missing one */
export function countWide(start: i32, end: i32, feature: i32, cells: i32): void {
  const toRows = wideRows();
  const toWeight = wideWeight();
  const toPositive = widePositive();
  memory.fill(toRows, 0, cells << 3);
  memory.fill(toWeight, 0, cells << 3);
  memory.fill(toPositive, 0, cells << 3);
  const bins = columnOf(feature);
  for (let i = start; i < end; i++) {
    const record = load<u32>(records + (i << 2));
    const mass = weighed ? load<f64>(masses + (i << 3)) : <f64>((record >>> 1) & 15);
    const cell = (<usize>load<u8>(bins + (record >>> 5) * viewStride)) << 3;
    store<f64>(toRows + cell, load<f64>(toRows + cell) + 1);
    store<f64>(toWeight + cell, load<f64>(toWeight + cell) + mass);
    store<f64>(toPositive + cell, load<f64>(toPositive + cell) + <f64>(record & 1) * mass);
  }
}
