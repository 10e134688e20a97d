/**
 * Attributions of discharges by forests that saw none of their patient.
 *
 * Choice  of many rows an even sample is explained: a mean over 2,000 rows is as good as one over all, and each costs milliseconds
 */
import { createExplainer, type FlatForest } from '../forest/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';

export interface HeldOutAttributions {
  /** Explained rows of the matrix, ascending. */
  readonly rows: Int32Array;
  /** Per feature one value per explained row, in units of the forest's output. */
  readonly columns: readonly Float64Array[];
}

export interface AttributionCollector {
  /** Explains those of the rows that are in the sample. */
  explain(forest: FlatForest, rows: Int32Array): void;
  /** What has been explained. */
  collected(): HeldOutAttributions;
}

/**
 * @param rows  rows of the matrix that may be explained
 * @param most  rows in the sample at most
 */
export function createAttributionCollector(
  matrix: FeatureMatrix,
  rows: Int32Array,
  most: number,
  onProgress: OnProgress = silent,
): AttributionCollector {
  const size = Math.min(most, rows.length);
  // Row i is taken where i * size / rows passes a whole number: evenly spread, and `size` of them, as the division comes last.
  const taken = (i: number): number => Math.floor((i * size) / rows.length);
  const sample = rows.filter((_, i) => taken(i + 1) > taken(i));
  const position = new Map(Array.from(sample, (row, i) => [row, i] as const));
  const columns = matrix.features.map(() => new Float64Array(sample.length));
  const done = new Uint8Array(sample.length);
  let count = 0;
  return {
    explain(forest, wanted) {
      const explainer = createExplainer(forest);
      for (const row of wanted) {
        const i = position.get(row);
        if (i === undefined) continue;
        const { values } = explainer.explain(Float64Array.from(matrix.columns, (column) => column[row] as number));
        columns.forEach((column, f) => (column[i] = values[f] as number));
        count += 1 - (done[i] as number);
        done[i] = 1;
        if (count % 50 === 0 || count === sample.length) onProgress({ task: 'attributions', done: count, total: sample.length });
      }
    },
    collected: () => ({
      rows: sample.filter((_, i) => done[i] === 1),
      columns: columns.map((column) => column.filter((_, i) => done[i] === 1)),
    }),
  };
}
