/**
 * Quantising: a column's values become bins of one byte; borders and bins are those of bins.ts, to the bit.
 *
 * Choice  a column of few values is never sorted: its values are gathered in order. Any other is sorted as order-preserving whole numbers by
 *         radix, by the upper halves first, since neighbours there are few; by the lower halves too where they are many
 * Choice  minus zero is made plus zero before anything else: the two are equal, and no border depends on which it is
 */
import { binCount, columnBins, columnKind, featureCount, rowBins, rows, stride } from './job';

const digitBits = 11;
const digits: i32 = 1 << digitBits;
/** Longest run of equal upper halves that is put right by insertion. */
const longestRun = 24;

// scratch: [u32 per digit and pass, 3 * 2048 | f64 borders to search, or the values found, 256]
const searchedAt: usize = 3 * digits * 4;

/**
 * @param values   f64 per row, NaN where missing
 * @param keys     room for as many, and `spare` for as many again
 * @param scratch  26624 bytes
 * @param borders  maxBins f64, written
 * @param bins     the bin of row r is written to bins + r * binStep
 */
export function quantise(
  feature: i32,
  values: usize,
  keys: usize,
  spare: usize,
  scratch: usize,
  maxBins: i32,
  borders: usize,
  bins: usize,
  binStep: usize,
): void {
  const searched = scratch + searchedAt;
  let made = bordersOfFew(values, searched, maxBins, borders);
  if (made == tooMany) {
    const count = gatherKeys(values, keys);
    made = cutBorders(sortKeys(keys, spare, count, scratch), count, maxBins, borders);
  }
  const present = made == noValue ? 0 : made + 1;
  store<u8>(binCount + feature, present);
  const missing = assign(values, searched, borders, max(made, 0), present, bins, binStep);
  store<u8>(columnKind + feature, min(2, max(0, present + (missing > 0 ? 1 : 0) - 1)));
}

const tooMany: i32 = -2;
const noValue: i32 = -1;

/** Borders between all values where there are at most maxBins of them. @returns  how many, or tooMany or noValue */
function bordersOfFew(values: usize, found: usize, maxBins: i32, borders: usize): i32 {
  let count = 0;
  const last = values + (rows << 3);
  let before: f64 = NaN;
  for (let at = values; at < last; at += 8) {
    const x = load<f64>(at) + 0.0;
    if (x == before || x != x) continue;
    before = x;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (load<f64>(found + (middle << 3)) < x) low = middle + 1;
      else high = middle;
    }
    const to = found + (low << 3);
    if (low < count && load<f64>(to) == x) continue;
    if (count == maxBins) return tooMany;
    memory.copy(to + 8, to, (count - low) << 3);
    store<f64>(to, x);
    count++;
  }
  for (let i = 0; i < count - 1; i++) {
    const at = found + (i << 3);
    store<f64>(borders + (i << 3), midpoint(load<f64>(at), load<f64>(at, 8)));
  }
  return count - 1;
}

/** A number m with low <= m < high: halfway where such a number exists. Halved first, so that it cannot overflow. */
function midpoint(low: f64, high: f64): f64 {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

const signBit: u64 = 0x8000000000000000;

/** Whole numbers in the order of the values. */
function gatherKeys(values: usize, keys: usize): i32 {
  let to = keys;
  const last = values + (rows << 3);
  for (let at = values; at < last; at += 8) {
    const x = load<f64>(at) + 0.0;
    const bits = reinterpret<u64>(x);
    store<u64>(to, bits ^ ((<u64>((<i64>bits) >> 63)) | signBit));
    to += x == x ? 8 : 0;
  }
  return (to - keys) >> 3;
}

function valueOf(key: u64): f64 {
  return reinterpret<f64>(key ^ (key & signBit ? signBit : ~(<u64>0)));
}

/** Sorts and returns where the sorted keys are: at `keys` or at `spare`. */
function sortKeys(keys: usize, spare: usize, count: i32, scratch: usize): usize {
  let sorted = sortHalf(keys, spare, count, 32, scratch);
  if (longestUnsorted(sorted, count) <= longestRun) {
    insertKeys(sorted, count);
    return sorted;
  }
  sorted = sortHalf(sorted, sorted == keys ? spare : keys, count, 0, scratch);
  return sortHalf(sorted, sorted == keys ? spare : keys, count, 32, scratch);
}

/** Stable radix sort by the 32 bits from `shift` on. */
function sortHalf(keys: usize, spare: usize, count: i32, shift: u64, scratch: usize): usize {
  memory.fill(scratch, 0, searchedAt);
  const second = scratch + digits * 4;
  const third = scratch + digits * 8;
  const last = keys + (count << 3);
  for (let at = keys; at < last; at += 8) {
    const half = <u32>(load<u64>(at) >>> shift);
    increment(scratch + ((half & (digits - 1)) << 2));
    increment(second + (((half >>> digitBits) & (digits - 1)) << 2));
    increment(third + ((half >>> (2 * digitBits)) << 2));
  }
  let from = keys;
  let to = spare;
  for (let pass = 0; pass < 3; pass++) {
    const offsets = scratch + pass * digits * 4;
    const by = shift + pass * digitBits;
    const mask: u32 = pass == 2 ? (1 << (32 - 2 * digitBits)) - 1 : digits - 1;
    // Where all share the digit the order stays as it is.
    if (load<u32>(offsets + (((<u32>(load<u64>(from) >>> by)) & mask) << 2)) == count) continue;
    let sum: u32 = 0;
    for (let at = offsets; at < offsets + digits * 4; at += 4) {
      const size = load<u32>(at);
      store<u32>(at, sum);
      sum += size;
    }
    const end = from + (count << 3);
    for (let at = from; at < end; at += 8) {
      const key = load<u64>(at);
      const offset = offsets + (((<u32>(key >>> by)) & mask) << 2);
      const place = load<u32>(offset);
      store<u32>(offset, place + 1);
      store<u64>(to + (place << 3), key);
    }
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

function increment(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** The longest run of equal upper halves that is out of order. */
function longestUnsorted(keys: usize, count: i32): i32 {
  let longest = 0;
  let runStart = 0;
  let isSorted = true;
  for (let i = 1; i < count; i++) {
    const key = load<u64>(keys + (i << 3));
    const before = load<u64>(keys + (i << 3) - 8);
    if (key >>> 32 != before >>> 32) {
      if (!isSorted) longest = max(longest, i - runStart);
      runStart = i;
      isSorted = true;
    } else if (key < before) {
      isSorted = false;
    }
  }
  return isSorted ? longest : max(longest, count - runStart);
}

function insertKeys(keys: usize, count: i32): void {
  const last = keys + (count << 3);
  for (let at = keys + 8; at < last; at += 8) {
    const key = load<u64>(at);
    let to = at;
    while (to > keys && load<u64>(to - 8) > key) {
      store<u64>(to, load<u64>(to - 8));
      to -= 8;
    }
    store<u64>(to, key);
  }
}

/** Borders between bins of about equal shares; a value that fills a bin by itself does not share one with the smaller values before it. */
function cutBorders(keys: usize, count: i32, maxBins: i32, borders: usize): i32 {
  let made = 0;
  let inBin = 0;
  let left = count;
  let start = 0;
  while (start < count) {
    const key = load<u64>(keys + (start << 3));
    let end = start + 1;
    while (end < count && load<u64>(keys + (end << 3)) == key) end++;
    if (inBin > 0 && made < maxBins - 1) {
      const share = <f64>left / <f64>(maxBins - made);
      if (<f64>inBin >= share || <f64>(end - start) >= share) {
        store<f64>(borders + (made << 3), midpoint(valueOf(load<u64>(keys + (start << 3) - 8)), valueOf(key)));
        made++;
        left -= inBin;
        inBin = 0;
      }
    }
    inBin += end - start;
    start = end;
  }
  return made;
}

/** Writes each row's bin: the number of borders below its value. @returns  how many are missing */
function assign(values: usize, searched: usize, borders: usize, made: i32, missingBin: i32, bins: usize, binStep: usize): i32 {
  // Filled up to one less than a power of two with what no value exceeds: then the search has no branch.
  let half: usize = 1;
  while (<i32>(2 * half - 1) < made) half *= 2;
  memory.copy(searched, borders, made << 3);
  for (let i = <usize>made; i < 2 * half - 1; i++) store<f64>(searched + (i << 3), Infinity);
  let missing = 0;
  const last = values + (rows << 3);
  let to = bins;
  for (let at = values; at < last; at += 8, to += binStep) {
    const x = load<f64>(at);
    let below: usize = 0;
    for (let step = half; step > 0; step >>>= 1) {
      below += x > load<f64>(searched + ((below + step - 1) << 3)) ? step : 0;
    }
    const isMissing = x != x;
    missing += isMissing ? 1 : 0;
    store<u8>(to, isMissing ? missingBin : below);
  }
  return missing;
}

/** Lays the column-major bins out by rows, block by block, so that what is written stays in the cache until it is full. */
export function layRows(): void {
  const block = 64;
  for (let start = 0; start < rows; start += block) {
    const end = min(start + block, rows);
    for (let feature = 0; feature < featureCount; feature++) {
      const from = columnBins + feature * rows;
      let to = rowBins + start * stride + feature;
      for (let row = start; row < end; row++, to += stride) store<u8>(to, load<u8>(from + row));
    }
  }
}
