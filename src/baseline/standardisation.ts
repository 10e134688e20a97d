/**
 * Standardisation: feature columns with gaps become the columns a linear model can read, by rules learnt from training rows alone.
 *
 * Rules   a missing value becomes the median of the training rows, and where a training row lacks one an indicator column stands beside it;
 *         a column that is then constant is dropped; every column, indicators too, is divided by its standard deviation (of the
 *         training rows, divisor n)
 * Layout  sparse rows: each column is counted from its own median, so that an imputed value and most flags are 0 and cost nothing. The
 *         intercept takes up any such shift, so a fit is the same as one of columns with mean 0
 * Choice  a value missing only where the rule is applied, never in training, gets the median and no indicator
 */
export interface StandardColumn {
  /** Number of the feature column. */
  readonly feature: number;
  /** Whether this is the indicator of the column's missing values instead of its values. */
  readonly missing: boolean;
  /** Value that counts as 0: the median, of an indicator 0. */
  readonly origin: number;
  /** Mean over the training rows, in units of `scale` from `origin`. */
  readonly mean: number;
  /** Standard deviation over the training rows, > 0. */
  readonly scale: number;
}

/** Rows with their cells other than 0: row r holds cells start[r] to start[r + 1] - 1. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

/** @param features  columns of the training rows, NaN where missing */
export function learnStandardisation(features: readonly Float64Array[]): StandardColumn[] {
  const learnt: StandardColumn[] = [];
  const add = (feature: number, missing: boolean, origin: number, cells: Float64Array): void => {
    const { mean, scale } = moments(cells);
    if (scale > 0) learnt.push({ feature, missing, origin, mean: mean / scale, scale });
  };
  for (const [feature, values] of features.entries()) {
    const there = values.filter((value) => !Number.isNaN(value));
    if (there.length === 0) continue;
    const origin = median(there);
    add(
      feature,
      false,
      origin,
      values.map((value) => (Number.isNaN(value) ? 0 : value - origin)),
    );
    if (there.length === values.length) continue;
    add(
      feature,
      true,
      0,
      values.map((value) => (Number.isNaN(value) ? 1 : 0)),
    );
  }
  return learnt;
}

/** @param features  columns of the rows to standardise, as many and in the order learnt from */
export function standardise(learnt: readonly StandardColumn[], features: readonly Float64Array[], rows: number): SparseRows {
  const cells = learnt.map(({ feature, missing, origin, scale }) =>
    (features[feature] as Float64Array).map((value) => {
      if (Number.isNaN(value)) return missing ? 1 / scale : 0;
      return missing ? 0 : (value - origin) / scale;
    }),
  );
  const start = new Int32Array(rows + 1);
  for (const column of cells) for (let r = 0; r < rows; r += 1) if (column[r] !== 0) start[r + 1]! += 1;
  for (let r = 0; r < rows; r += 1) start[r + 1]! += start[r]!;
  const column = new Int32Array(start[rows]!);
  const value = new Float64Array(start[rows]!);
  const next = start.slice();
  for (const [c, values] of cells.entries()) {
    for (let r = 0; r < rows; r += 1) {
      if (values[r] === 0) continue;
      column[next[r]!] = c;
      value[next[r]!] = values[r]!;
      next[r]! += 1;
    }
  }
  return { rows, columns: learnt.length, start, column, value };
}

/** Sorts its argument, which is not empty. */
function median(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function moments(values: Float64Array): { mean: number; scale: number } {
  const first = values[0];
  if (values.every((value) => value === first)) return { mean: 0, scale: 0 };
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, scale: Math.sqrt(squares / values.length) };
}
