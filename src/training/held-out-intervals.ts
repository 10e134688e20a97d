/**
 * Intervals of held-out risks, each fitted on the out-of-bag outputs of the forest that gave the risk.
 */
import { fitRiskIntervals, riskIntervalAt } from '../model/index.ts';
import type { FittedForest } from './held-out.ts';
import type { Study } from './study.ts';

export interface HeldOutIntervals {
  /** Per row of the matrix, in [0, 1]. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface IntervalCollector {
  add(fitted: FittedForest): void;
  /** null where a forest had too few events for intervals. */
  collected(): HeldOutIntervals | null;
}

export function collectIntervals({ matrix }: Pick<Study, 'matrix'>, seed: number): IntervalCollector {
  const low = new Float64Array(matrix.rows);
  const high = new Float64Array(matrix.rows);
  let tooFew = false;
  return {
    add({ train, outOfBag, test, outputs }) {
      const outcome = Uint8Array.from(train, (row) => matrix.outcome[row]!);
      const intervals = fitRiskIntervals(
        outcome,
        outOfBag,
        Int32Array.from(train, (row) => matrix.groups[row]!),
        { seed },
      );
      if (intervals === undefined) tooFew = true;
      else {
        test.forEach((row, i) => {
          const interval = riskIntervalAt(intervals, outputs[i]!);
          low[row] = interval.low;
          high[row] = interval.high;
        });
      }
    },
    collected: () => (tooFew ? null : { low, high }),
  };
}
