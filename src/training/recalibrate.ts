/**
 * Recalibration of a model at another site: the forest stays, its risks are fitted to what happened there.
 *
 * In      a model folder, a study of local discharges, a method
 * Out     a new model that names its parent, and calibration before and after
 * Choice  "after", and what the bands are said to hold, is cross-fitted: each fifth of the local patients is judged by a map fitted on the others.
 *         The map that is kept is fitted on all of them
 * Choice  the bands are chosen on the local risks by the rule of training (../model/bands.ts), unless the parent's are to stay: at a site where the
 *         outcome is rarer every risk can lie in its lowest
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
  bandOf,
  chooseBands,
  cutBands,
  emptyBands,
  fitRiskIntervals,
  patientHash,
  recalibrated,
  saltOf,
  sizeCaution,
  type ModelFolder,
  type ModelHeader,
  type RecalibrationMethod,
  type RiskModel,
} from '../model/index.ts';
import { takeColumns } from './held-out.ts';
import { judgedPatients, modelOutputs, risksOf } from './model-risks.ts';
import { trainingReferences, type References } from './references.ts';
import { outcomeWords } from './outcome-words.ts';
import type { OtherPatients, SeenCounts } from './seen-patients.ts';
import type { Study } from './study.ts';
import { updateTest, type UpdateTest } from './update-test.ts';

export interface RecalibrateOptions extends OtherPatients {
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly method: RecalibrationMethod;
  readonly seed: number;
  readonly draws: number;
  /** Leave the thresholds of the bands as the parent has them, where what is done in a band must not change. */
  readonly keepBands?: boolean;
}

type CalibrationFigures = Readonly<Record<'calibrationIntercept' | 'calibrationSlope' | 'brier', Figure>>;

export interface Recalibration extends SeenCounts {
  readonly method: RecalibrationMethod;
  readonly discharges: number;
  readonly patients: number;
  readonly events: number;
  readonly before: CalibrationFigures;
  /** Cross-fitted; null where four fifths of the discharges are too few to fit on. */
  readonly after: CalibrationFigures | null;
  /** What to beware of; null where the method has discharges enough. */
  readonly caution: string | null;
  /** Which update the discharges call for; null where that cannot be told. */
  readonly updateTest: UpdateTest | null;
  readonly bands: {
    /** Chosen on the local risks, or the parent's. */
    readonly thresholds: 'local' | 'parent';
    /** Those in which no local discharge lies. */
    readonly empty: readonly string[];
  };
}

export interface RecalibratedModel {
  readonly model: RiskModel;
  readonly recalibration: Recalibration;
  /** Of the local rows: what later discharges of this site are held against. */
  readonly references: References;
  readonly local: LocalRisks;
}

/** Risks of the local discharges, for evidence on them. */
export interface LocalRisks {
  /** Of the study's matrix. */
  readonly rows: Int32Array;
  /** Of the parent. */
  readonly before: Float64Array;
  /** Cross-fitted, and the fold of each; null where four fifths of the discharges are too few to fit on. */
  readonly after: { readonly risk: Float64Array; readonly fold: Int32Array } | null;
}

/** @throws {CohortError} COHORT_SAME_PATIENTS, COHORT_ALL_SEEN, COHORT_FEW_UNSEEN; {ModelError} RECALIBRATION_TOO_FEW, RECALIBRATION_NO_SLOPE, RECALIBRATION_TWICE */
export function recalibrateModel(folder: ModelFolder, study: Study, options: RecalibrateOptions): RecalibratedModel {
  const { header, forest } = folder.model;
  const { matrix } = study;
  const { unseen: rows, ...counts } = judgedPatients(folder.model, study, options);
  const outputs = modelOutputs(folder.model, matrix, rows);
  const outcome = Uint8Array.from(rows, (row) => matrix.outcome[row] as number);
  const groups = Int32Array.from(rows, (row) => matrix.groups[row] as number);
  const patientIds = Array.from(rows, (row) => matrix.patientIds[row] as string);
  const risk = risksOf(folder.model, outputs);
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
  const seen = new Set([...recalibratedBefore(header), ...patientIds.map((patient) => patientHash(saltOf(header), patient))]);
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const thresholds = options.keepBands === true ? 'parent' : 'local';
  const words = outcomeWords(study);
  const crossFit = crossFitted(folder, { outcome, risk, outputs, patientIds }, options);
  const after = crossFit?.risk ?? null;
  // Thresholds by the map that is kept, for they are to part what it gives; what they hold by maps and thresholds of other patients.
  const bands =
    thresholds === 'parent'
      ? bandsObserved(header.bands, outcome, after ?? local, words)
      : chooseBands(outcome, local, events / rows.length, words, crossFit?.bands);
  // The parent's intervals tell of its own site; where there is too little to tell of this one, nothing is told.
  const { riskIntervals: _ofParent, ...kept } = header;
  const riskIntervals = fitRiskIntervals(outcome, outputs, groups, { seed: options.seed });
  return {
    model: {
      forest,
      header: {
        ...kept,
        name: options.name,
        createdAt: options.createdAt,
        calibration,
        ...(riskIntervals === undefined ? {} : { riskIntervals }),
        bands,
        parent: {
          name: header.name,
          modelSha256: folder.modelSha256,
          method: options.method,
          manifestSha256: study.manifestSha256,
          rows: rows.length,
          events,
          patients: new Set(patientIds).size,
          patientHashes: [...seen].sort(),
          bands: thresholds,
        },
      },
    },
    recalibration: {
      method: options.method,
      discharges: rows.length,
      patients: new Set(patientIds).size,
      events,
      ...counts,
      caution: sizeCaution({ method: options.method, rows: rows.length, events }),
      updateTest: updateTest(outcome, risk),
      before: judge(risk),
      after: after === null ? null : judge(after),
      bands: { thresholds, empty: emptyBands(bands, local) },
    },
    references: trainingReferences({ features: matrix.features, columns: takeColumns(matrix.columns, rows) }, local),
    local: { rows, before: risk, after: crossFit === null ? null : { risk: crossFit.risk, fold: crossFit.fold } },
  };
}

/** Hashes of those the model was recalibrated on; where they are not kept apart from those of training, of all it has seen. */
function recalibratedBefore({ parent, training }: ModelHeader): readonly string[] {
  if (parent === undefined) return [];
  return parent.patientHashes ?? training.patientHashes ?? [];
}

/** Risks of each fold by a map fitted on the other folds, and its bands by thresholds chosen on them; null where that is refused on one of them. */
function crossFitted(
  { model: { header } }: ModelFolder,
  local: {
    readonly outcome: Uint8Array;
    readonly risk: Float64Array;
    readonly outputs: Float64Array;
    readonly patientIds: readonly string[];
  },
  { method, seed }: RecalibrateOptions,
): (NonNullable<LocalRisks['after']> & { readonly bands: readonly string[] }) | null {
  const { outcome, risk, outputs, patientIds } = local;
  const fold = assignFolds(patientIds, 5, seed);
  const judged = new Float64Array(outcome.length);
  const bands: string[] = [];
  try {
    for (let k = 0; k < 5; k += 1) {
      const fit = [...fold.keys()].filter((i) => fold[i] !== k);
      const outcomes = Uint8Array.from(fit, (i) => outcome[i] as number);
      const map = recalibrated(
        header.calibration,
        outcomes,
        Float64Array.from(fit, (i) => risk[i] as number),
        method,
      );
      const fitted = Float64Array.from(fit, (i) => applyCalibration(map, outputs[i] as number));
      const cuts = cutBands(fitted, outcomes.reduce((sum, y) => sum + y, 0) / fit.length);
      fold.forEach((of, i) => {
        if (of !== k) return;
        judged[i] = applyCalibration(map, outputs[i] as number);
        bands[i] = bandOf({ bands: cuts }, judged[i] as number);
      });
    }
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
  return { risk: judged, fold, bands };
}
