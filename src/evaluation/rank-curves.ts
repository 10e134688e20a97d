/**
 * Curves along the ranking, from the highest risk down: ROC, precision-recall, cumulative gains.
 *
 * In      outcome and any finite score; only the order of the scores matters
 * Out     y on the grid 0, 0.01, ... 1 (shareGrid), so that models and resamples can be laid on one another; NaN on one class only
 * Choice  equal scores are one step. ROC and gains run straight across it, which is what a random order among them gives on average, and
 *         the area below the ROC curve is the AUROC. Precision is not interpolated (that is optimistic): at recall r it is that of the
 *         first step to reach r, so that the area is the average precision
 * Choice  where the ROC curve rises straight up its upper end is given, so at 0 it may be above 0
 * Source  Fawcett 2006, doi:10.1016/j.patrec.2005.10.010; Davis and Goadrich 2006, doi:10.1145/1143844.1143874
 */
import { measureOnce } from './bootstrap.ts';
import type { Panel } from './panel.ts';
import { rankOrder } from './rank-order.ts';
import { checkSample, requireBothClasses } from './sample.ts';

const steps = 100;

/** 0, 0.01, ... 1. */
export const shareGrid: readonly number[] = Array.from({ length: steps + 1 }, (_, j) => j / steps);

/**
 * Sensitivity (y) by 1 - specificity (x, shareGrid).
 *
 * @returns 101 values that do not fall, the last 1
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS
 */
export function rocCurve(outcome: Uint8Array, risk: Float64Array): Float64Array {
  return onTheRows(rocPanel, outcome, risk);
}

/**
 * Precision (y) by recall (x, shareGrid); at 0 the precision of the first step that finds any event.
 *
 * @throws {EvaluationError} as rocCurve
 */
export function precisionRecallCurve(outcome: Uint8Array, risk: Float64Array): Float64Array {
  return onTheRows(precisionRecallPanel, outcome, risk);
}

/**
 * Share of the events (y) among the share of rows with the highest risk (x, shareGrid).
 *
 * @returns 101 values that do not fall, from 0 to 1
 * @throws {EvaluationError} as rocCurve
 */
export function gainsCurve(outcome: Uint8Array, risk: Float64Array): Float64Array {
  return onTheRows(gainsPanel, outcome, risk);
}

function onTheRows(panel: typeof rocPanel, outcome: Uint8Array, risk: Float64Array): Float64Array {
  const prepared = panel(outcome, risk);
  requireBothClasses(outcome);
  return measureOnce(prepared, outcome.length);
}

/** ROC for resampling; see {@link rocCurve}. */
export function rocPanel(outcome: Uint8Array, risk: Float64Array): Panel {
  return rankPanel(outcome, risk, ({ events, others }, { walk }, into) => {
    let j = 0;
    walk((tp0, fp0, tp1, fp1) => {
      for (; j <= steps && j * others < steps * fp1; j++) {
        into[j] = (tp0 + ((tp1 - tp0) * ((j * others) / steps - fp0)) / (fp1 - fp0)) / events;
      }
    });
    into.fill(1, j);
  });
}

/** Precision-recall for resampling; see {@link precisionRecallCurve}. */
export function precisionRecallPanel(outcome: Uint8Array, risk: Float64Array): Panel {
  return rankPanel(outcome, risk, ({ events }, { walk }, into) => {
    let j = 0;
    walk((_tp0, _fp0, tp1, fp1) => {
      if (tp1 === 0) return;
      for (; j <= steps && j * events <= steps * tp1; j++) into[j] = tp1 / (tp1 + fp1);
    });
  });
}

/** Gains for resampling; see {@link gainsCurve}. */
export function gainsPanel(outcome: Uint8Array, risk: Float64Array): Panel {
  return rankPanel(outcome, risk, ({ events, others }, { walk }, into) => {
    const rows = events + others;
    let j = 0;
    walk((tp0, fp0, tp1, fp1) => {
      const [before, after] = [tp0 + fp0, tp1 + fp1];
      for (; j <= steps && j * rows <= steps * after; j++) {
        into[j] = (tp0 + ((tp1 - tp0) * ((j * rows) / steps - before)) / (after - before)) / events;
      }
    });
  });
}

/** Called for each step down the ranking that holds rows: counts of events and others above it, before and after. */
type Step = (tp0: number, fp0: number, tp1: number, fp1: number) => void;
type Draw = (
  totals: { readonly events: number; readonly others: number },
  ranking: { readonly walk: (step: Step) => void },
  into: Float64Array,
) => void;

function rankPanel(outcome: Uint8Array, risk: Float64Array, draw: Draw): Panel {
  checkSample(outcome, risk, 'score');
  const { order, runEnd } = rankOrder(risk);
  return {
    size: steps + 1,
    measure: (weight, into) => {
      let events = 0;
      let rows = 0;
      for (let i = 0; i < weight.length; i++) {
        events += weight[i]! * outcome[i]!;
        rows += weight[i]!;
      }
      if (events === 0 || events === rows) {
        into.fill(NaN);
        return;
      }
      const walk = (step: Step): void => {
        let tp = 0;
        let fp = 0;
        for (let run = runEnd.length - 1, k = order.length - 1; run >= 0; run--) {
          const start = run === 0 ? 0 : runEnd[run - 1]!;
          let runEvents = 0;
          let runRows = 0;
          for (; k >= start; k--) {
            const i = order[k]!;
            const w = weight[i]!;
            runRows += w;
            runEvents += w * outcome[i]!;
          }
          if (runRows === 0) continue;
          step(tp, fp, tp + runEvents, fp + runRows - runEvents);
          tp += runEvents;
          fp += runRows - runEvents;
        }
      };
      draw({ events, others: rows - events }, { walk }, into);
    },
  };
}
