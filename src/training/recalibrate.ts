/**
 * Recalibration of a model at another site: the forest stays, its risks are fitted to what happened there.
 *
 * In      a model folder, a study of local discharges, a method
 * Out     a new model that names its parent, and calibration before and after
 * Choice  "after", and what the bands are said to hold, is cross-fitted: each fifth of the local patients is judged by a map fitted on the others.
 *         The map that is kept is fitted on all of them
 * Choice  patients the model was trained on are left out, and those it is recalibrated on count as seen from then on
 */
import { ModelError } from '../errors.ts';
import {
  assignFolds,
  bootstrapIntervals,
  brierStatistic,
  calibrationInterceptStatistic,
  calibrationSlopeStatistic,
  type Figure,
} from '../evaluation/index.ts';
import {
  applyCalibration,
  bandsObserved,
  patientHash,
  recalibrated,
  type ModelFolder,
  type RecalibrationMethod,
  type RiskModel,
} from '../model/index.ts';
import { predictColumns } from '../forest/index.ts';
import { take } from './held-out.ts';
import { judgedRows } from './model-risks.ts';
import { trainingReferences, type References } from './references.ts';
import { outcomeWords } from './outcome-words.ts';
import type { Study } from './study.ts';

export interface RecalibrateOptions {
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly method: RecalibrationMethod;
  readonly seed: number;
  readonly draws: number;
}

type CalibrationFigures = Readonly<Record<'calibrationIntercept' | 'calibrationSlope' | 'brier', Figure>>;

export interface Recalibration {
  readonly method: RecalibrationMethod;
  readonly discharges: number;
  readonly patients: number;
  readonly events: number;
  /** Local discharges of patients the model was trained on. */
  readonly seenLeftOut: number;
  readonly before: CalibrationFigures;
  /** Cross-fitted; null where four fifths of the discharges are too few to fit on. */
  readonly after: CalibrationFigures | null;
}

export interface RecalibratedModel {
  readonly model: RiskModel;
  readonly recalibration: Recalibration;
  /** Of the local rows: what later discharges of this site are held against. */
  readonly references: References;
}

/** @throws {CohortError} COHORT_ALL_SEEN, COHORT_FEW_UNSEEN; {ModelError} RECALIBRATION_TOO_FEW, RECALIBRATION_NO_SLOPE, RECALIBRATION_TWICE */
export function recalibrateModel(folder: ModelFolder, study: Study, options: RecalibrateOptions): RecalibratedModel {
  const { header, forest } = folder.model;
  const { matrix } = study;
  const rows = judgedRows(folder.model, matrix);
  const outputs = take(predictColumns(forest, matrix.columns, matrix.rows), rows);
  const outcome = Uint8Array.from(rows, (row) => matrix.outcome[row] as number);
  const groups = Int32Array.from(rows, (row) => matrix.groups[row] as number);
  const patientIds = Array.from(rows, (row) => matrix.patientIds[row] as string);
  const risk = outputs.map((output) => applyCalibration(header.calibration, output));
  const calibration = recalibrated(header.calibration, outcome, risk, options.method);
  const local = outputs.map((output) => applyCalibration(calibration, output));
  const judge = (judged: Float64Array): CalibrationFigures =>
    bootstrapIntervals(
      {
        outcome,
        risk: judged,
        groups,
        statistics: {
          calibrationIntercept: calibrationInterceptStatistic,
          calibrationSlope: calibrationSlopeStatistic,
          brier: brierStatistic,
        },
      },
      options,
    );
  const seen = new Set([
    ...(header.training.patientHashes ?? []),
    ...patientIds.map((patient) => patientHash(header.seed, patient)),
  ]);
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const after = crossFitted(folder, { outcome, risk, outputs, patientIds }, options);
  return {
    model: {
      forest,
      header: {
        ...header,
        name: options.name,
        createdAt: options.createdAt,
        calibration,
        bands: bandsObserved(header.bands, outcome, after ?? local, outcomeWords(study)),
        training: { ...header.training, patientHashes: [...seen].sort() },
        parent: {
          name: header.name,
          modelSha256: folder.modelSha256,
          method: options.method,
          manifestSha256: study.manifestSha256,
          rows: rows.length,
          events,
          patients: new Set(patientIds).size,
        },
      },
    },
    recalibration: {
      method: options.method,
      discharges: rows.length,
      patients: new Set(patientIds).size,
      events,
      seenLeftOut: matrix.rows - rows.length,
      before: judge(risk),
      after: after === null ? null : judge(after),
    },
    references: trainingReferences(
      { features: matrix.features, columns: matrix.columns.map((column) => take(column, rows)) },
      local,
    ),
  };
}

/** Risks of each fold by a map fitted on the other folds; null where that is refused on one of them. */
function crossFitted(
  { model: { header } }: ModelFolder,
  local: {
    readonly outcome: Uint8Array;
    readonly risk: Float64Array;
    readonly outputs: Float64Array;
    readonly patientIds: readonly string[];
  },
  { method, seed }: RecalibrateOptions,
): Float64Array | null {
  const { outcome, risk, outputs, patientIds } = local;
  const fold = assignFolds(patientIds, 5, seed);
  const judged = new Float64Array(outcome.length);
  try {
    for (let k = 0; k < 5; k += 1) {
      const fit = [...fold.keys()].filter((i) => fold[i] !== k);
      const map = recalibrated(
        header.calibration,
        Uint8Array.from(fit, (i) => outcome[i] as number),
        Float64Array.from(fit, (i) => risk[i] as number),
        method,
      );
      fold.forEach((of, i) => {
        if (of === k) judged[i] = applyCalibration(map, outputs[i] as number);
      });
    }
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
  return judged;
}
