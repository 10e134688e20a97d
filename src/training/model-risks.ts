/**
 * A finished model asked about discharges of a matrix, and which of them are of patients it has not seen.
 */
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
