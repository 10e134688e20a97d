/**
 * A finished model asked about discharges of a matrix, and which of them it can be judged by.
 */
import { CohortError } from '../errors.ts';
import type { FeatureMatrix } from '../features/index.ts';
import { predictColumns } from '../forest/index.ts';
import { applyCalibration, riskIntervalAt, type RiskModel } from '../model/index.ts';
import type { HeldOutIntervals } from './held-out-intervals.ts';
import { allRows, takeColumns } from './held-out.ts';
import { seenPatients, type OtherPatients, type SeenPatients } from './seen-patients.ts';
import type { Study } from './study.ts';

/** Forest output of each row asked for, not calibrated: what risks and intervals are read from. */
export function modelOutputs({ forest }: Pick<RiskModel, 'forest'>, matrix: FeatureMatrix, rows: Int32Array): Float64Array {
  return predictColumns(forest, takeColumns(matrix.columns, rows), rows.length);
}

/** Calibrated risk of each forest output. */
export function risksOf({ header }: Pick<RiskModel, 'header'>, outputs: Float64Array): Float64Array {
  return outputs.map((output) => applyCalibration(header.calibration, output));
}

/** Interval of each forest output's risk as the model states it; null where it states none. */
export function intervalsOf({ header }: Pick<RiskModel, 'header'>, outputs: Float64Array): HeldOutIntervals | null {
  const { riskIntervals } = header;
  if (riskIntervals === undefined) return null;
  const intervals = Array.from(outputs, (output) => riskIntervalAt(riskIntervals, output));
  return { low: Float64Array.from(intervals, ({ low }) => low), high: Float64Array.from(intervals, ({ high }) => high) };
}

/**
 * Rows the model cannot have been trained on, ascending: of patients it has not seen, or discharged after its training records were drawn.
 * A forest is surer of its own training rows than of any others, so these alone show how its risks are spread.
 */
export function newRows(model: RiskModel, matrix: FeatureMatrix, seen: Pick<SeenPatients, 'unseen'>): Int32Array {
  const unseen = new Set(seen.unseen);
  const drawn = Date.parse(model.header.training.transactionTime);
  return allRows(matrix).filter((row) => unseen.has(row) || (matrix.dischargeMs[row] as number) > drawn);
}

/**
 * Patients the model was not trained on, where their discharges are enough to judge by: some with the outcome and some without.
 *
 * @throws {CohortError} COHORT_SAME_PATIENTS; COHORT_ALL_SEEN, COHORT_FEW_UNSEEN, with the counts
 */
export function judgedPatients({ header }: RiskModel, study: Study, options: OtherPatients): SeenPatients {
  const { matrix } = study;
  const seen = seenPatients(header, study, options);
  const rows = seen.unseen;
  const events = rows.reduce((sum, row) => sum + (matrix.outcome[row] as number), 0);
  if (events > 0 && events < rows.length) return seen;
  throw new CohortError(
    rows.length === 0 ? 'COHORT_ALL_SEEN' : 'COHORT_FEW_UNSEEN',
    `expected discharges of patients the model was not trained on, with and without the outcome; of ${matrix.rows} discharges ` +
      `${matrix.rows - rows.length} are of patients seen in training and left out, ${rows.length} remain, ${events} with the outcome; ` +
      'give other records, or evaluate on the very folder the model was trained on for held-out figures' +
      (seen.seenMayCoincide
        ? '; where they are patients of another hospital whose ids merely coincide, say --other-patients'
        : ''),
    { details: { discharges: matrix.rows, unseen: rows.length, events } },
  );
}
