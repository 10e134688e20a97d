/**
 * A finished model asked about discharges of a matrix, and which of them are of patients it has not seen.
 */
import { CohortError } from '../errors.ts';
import type { FeatureMatrix } from '../features/index.ts';
import { predictColumns } from '../forest/index.ts';
import { applyCalibration, patientHash, type RiskModel } from '../model/index.ts';
import { allRows, take } from './held-out.ts';

/** Calibrated risk of each row asked for. */
export function modelRisks(model: RiskModel, matrix: FeatureMatrix, rows: Int32Array): Float64Array {
  const outputs = take(predictColumns(model.forest, matrix.columns, matrix.rows), rows);
  return outputs.map((output) => applyCalibration(model.header.calibration, output));
}

/** Rows of patients the model was not trained on, ascending. */
export function unseenRows({ header }: RiskModel, matrix: FeatureMatrix): Int32Array {
  const seen = new Set(header.training.patientHashes);
  return allRows(matrix).filter((row) => !seen.has(patientHash(header.seed, matrix.patientIds[row] as string)));
}

/**
 * Rows the model cannot have been trained on, ascending: of patients it has not seen, or discharged after its training records were drawn.
 * A forest is surer of its own training rows than of any others, so these alone show how its risks are spread.
 */
export function newRows(model: RiskModel, matrix: FeatureMatrix): Int32Array {
  const unseen = new Set(unseenRows(model, matrix));
  const drawn = Date.parse(model.header.training.transactionTime);
  return allRows(matrix).filter((row) => unseen.has(row) || (matrix.dischargeMs[row] as number) > drawn);
}

/**
 * Rows of patients the model was not trained on, where they are enough to judge by: some with the outcome and some without.
 *
 * @throws {CohortError} COHORT_ALL_SEEN, COHORT_FEW_UNSEEN, with the counts
 */
export function judgedRows(model: RiskModel, matrix: FeatureMatrix): Int32Array {
  const rows = unseenRows(model, matrix);
  const events = rows.reduce((sum, row) => sum + (matrix.outcome[row] as number), 0);
  if (events > 0 && events < rows.length) return rows;
  throw new CohortError(
    rows.length === 0 ? 'COHORT_ALL_SEEN' : 'COHORT_FEW_UNSEEN',
    `expected discharges of patients the model was not trained on, with and without the outcome; of ${matrix.rows} discharges ` +
      `${matrix.rows - rows.length} are of patients seen in training and left out, ${rows.length} remain, ${events} with the outcome; ` +
      'give other records, or evaluate on the very folder the model was trained on for held-out figures',
    { details: { discharges: matrix.rows, unseen: rows.length, events } },
  );
}
