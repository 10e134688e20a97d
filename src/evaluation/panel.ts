/**
 * Panels: numbers that are measured together on every resample, so that a curve or a table costs one pass and one copy of the weights.
 *
 * In      row weights, how often each row was drawn
 * Out     `size` numbers, written in a fixed order; NaN where one has no value
 */
import type { WeightedMeasure } from './sample.ts';

export interface Panel {
  readonly size: number;
  /** Writes `size` numbers; `into` has that length. */
  readonly measure: (weight: Float64Array, into: Float64Array) => void;
}

/** A panel of single measures, in the order given. */
export function measurePanel(measures: readonly WeightedMeasure[]): Panel {
  return {
    size: measures.length,
    measure: (weight, into) => {
      for (let k = 0; k < measures.length; k++) into[k] = measures[k]!(weight);
    },
  };
}

/** One panel after another. */
export function joinPanels(panels: readonly Panel[]): Panel {
  const size = panels.reduce((sum, panel) => sum + panel.size, 0);
  return {
    size,
    measure: (weight, into) => {
      let at = 0;
      for (const panel of panels) {
        panel.measure(weight, into.subarray(at, at + panel.size));
        at += panel.size;
      }
    },
  };
}
