/**
 * Quantising: each column's values become cell numbers (bins) of one byte, so that finding a cut means counting, not sorting.
 *
 * In      a Float64 column, NaN where missing
 * Out     one byte per row: 0 .. binCount - 1 in order of value, binCount for a missing value; borders between the bins
 * Choice  bins are cut by rank, never by value: a strictly increasing change of a column leaves every row in its bin. Up to maxBins
 *         distinct values each get their own bin; beyond that bins hold about equal shares and a frequent value stands alone
 * Choice  a border is the midpoint between the neighbouring distinct values (the lower of them where no number lies between), so
 *         x <= border says the same as bin(x) <= cut for every number x
 */

export interface BinnedColumns {
  readonly rows: number;
  readonly featureCount: number;
  /** Column-major: the bin of row r in column f is at f * rows + r. On shared memory: one copy serves all threads. */
  readonly bins: Uint8Array;
  /** The same, row-major: the bin of row r in column f is at r * featureCount + f. */
  readonly rowMajor: Uint8Array;
  /** Per column the number of bins of present values, 0 where all are missing; also the number of the missing bin. */
  readonly binCount: Uint8Array;
  /** Per column binCount - 1 increasing borders, starting at f * maxBins. */
  readonly borders: Float64Array;
  readonly maxBins: number;
}

/**
 * @param columns  finite or NaN; not changed
 * @param maxBins  2..255
 * @returns        arrays on shared memory; O(p n log n)
 */
export function binColumns(columns: readonly Float64Array[], rows: number, maxBins: number): BinnedColumns {
  const featureCount = columns.length;
  const bins = new Uint8Array(new SharedArrayBuffer(featureCount * rows));
  const binCount = new Uint8Array(new SharedArrayBuffer(featureCount));
  const borders = new Float64Array(new SharedArrayBuffer(featureCount * maxBins * 8));
  const present = new Float64Array(rows);
  columns.forEach((column, feature) => {
    const count = gatherPresent(column, present);
    const sorted = present.subarray(0, count).sort();
    const columnBorders = borders.subarray(feature * maxBins, (feature + 1) * maxBins);
    const made = cutBorders(sorted, maxBins, columnBorders);
    binCount[feature] = count === 0 ? 0 : made + 1;
    assignBins(column, columnBorders.subarray(0, made), binCount[feature]!, bins.subarray(feature * rows, (feature + 1) * rows));
  });
  return { rows, featureCount, bins, rowMajor: transpose(bins, rows, featureCount), binCount, borders, maxBins };
}

/** In blocks of rows, so that what is written stays in the cache until it is full. */
function transpose(bins: Uint8Array, rows: number, featureCount: number): Uint8Array {
  const rowMajor = new Uint8Array(new SharedArrayBuffer(rows * featureCount));
  const block = 64;
  for (let start = 0; start < rows; start += block) {
    const end = Math.min(start + block, rows);
    for (let f = 0; f < featureCount; f++) {
      for (let row = start; row < end; row++) rowMajor[row * featureCount + f] = bins[f * rows + row]!;
    }
  }
  return rowMajor;
}

function gatherPresent(column: Float64Array, present: Float64Array): number {
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const x = column[row]!;
    present[count] = x;
    count += x === x ? 1 : 0;
  }
  return count;
}

/** Writes the borders between the bins of a sorted column and returns how many there are (bins - 1). */
function cutBorders(sorted: Float64Array, maxBins: number, borders: Float64Array): number {
  const everyValue = countDistinct(sorted, maxBins + 1) <= maxBins;
  let made = 0;
  let inBin = 0;
  let left = sorted.length;
  for (let start = 0; start < sorted.length;) {
    const value = sorted[start]!;
    let end = start + 1;
    while (end < sorted.length && sorted[end] === value) end++;
    const share = everyValue ? 0 : left / (maxBins - made);
    // A value that fills a bin by itself does not share one with the smaller values before it.
    if (inBin > 0 && (inBin >= share || end - start >= share) && made < maxBins - 1) {
      borders[made++] = midpoint(sorted[start - 1]!, value);
      left -= inBin;
      inBin = 0;
    }
    inBin += end - start;
    start = end;
  }
  return made;
}

function countDistinct(sorted: Float64Array, stopAt: number): number {
  let distinct = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length && distinct < stopAt; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** A number m with low <= m < high: halfway where such a number exists. Halved first, so that it cannot overflow. */
export function midpoint(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

function assignBins(column: Float64Array, borders: Float64Array, missingBin: number, bins: Uint8Array): void {
  for (let row = 0; row < column.length; row++) {
    const x = column[row]!;
    if (x !== x) {
      bins[row] = missingBin;
      continue;
    }
    let low = 0;
    let high = borders.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (x <= borders[middle]!) high = middle;
      else low = middle + 1;
    }
    bins[row] = low;
  }
}
