/**
 * How an engine of ./predictor.ts is asked: rows are known to fit, answers are shares in [0, 1].
 */
export interface RowOutputs {
  one(row: Float64Array): number;
  /** Of the first `rows` values of each column. */
  many(columns: readonly Float64Array[], rows: number): Float64Array;
}

/** An engine that knows single rows only. */
export function rowByRow(one: (row: Float64Array) => number): RowOutputs {
  return {
    one,
    many(columns, rows) {
      const row = new Float64Array(columns.length);
      return Float64Array.from({ length: rows }, (_, r) => {
        for (let f = 0; f < row.length; f++) row[f] = columns[f]![r]!;
        return one(row);
      });
    },
  };
}
