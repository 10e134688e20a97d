/**
 * A recalibrated model and its parent on the local discharges: all evidence of the one, calibration and differences beside the other.
 *
 * In      local risks before, and after by maps that were not fitted on the patients they judge
 * Choice  of both, AUROCs count pairs of the same fold, so that maps that differ from fold to fold change no order
 * Choice  in the evidence of the recalibrated model "forest" is the model and "parent" the risks before
 * Choice  differences are after minus before, on the same resamples of patients
 */
import {
  bootstrapDifferences,
  brierStatistic,
  groupNumbers,
  logLossStatistic,
  scaledBrierStatistic,
  type Evidence,
  type Figure,
} from '../evaluation/index.ts';
import type { RiskModel } from '../model/index.ts';
import type { LocalRisks } from './recalibrate.ts';
import { scorePoints } from './score-points.ts';
import type { Study } from './study.ts';
import { studyEvidence } from './study-evidence.ts';
import type { ValidationOptions } from './validation.ts';

export interface RecalibrationEvidence {
  /** Of the parent on the local discharges. */
  readonly before: Evidence;
  /** Of the recalibrated model; null where nothing could be cross-fitted. */
  readonly after: Evidence | null;
  /** brier, scaledBrier, logLoss: after minus before; null as `after`. */
  readonly differences: Readonly<Record<string, Figure>> | null;
}

/** @param model  the recalibrated one, whose bands are judged */
export async function recalibrationEvidence(
  study: Study,
  { header }: RiskModel,
  { rows, before, after }: LocalRisks,
  options: Pick<ValidationOptions, 'seed' | 'draws' | 'onProgress' | 'signal'>,
): Promise<RecalibrationEvidence> {
  const points = scorePoints(study, rows);
  const thresholds = header.bands.map(({ from }) => from).filter((from) => from > 0);
  const request = { rows, thresholds: thresholds.reverse(), orderOnly: Object.keys(points) };
  const common = { prevalence: new Float64Array(rows.length).fill(header.baseRate), ...points };
  const validation = { ...options, folds: header.folds.count };
  const parent = header.parent?.name ?? 'its parent';
  const evidence = (risks: { readonly forest: Float64Array }, fold: Int32Array | null, description: string): Promise<Evidence> =>
    studyEvidence(study, { ...risks, ...common }, { ...request, fold, description }, validation);
  return {
    before: await evidence({ forest: before }, after?.fold ?? null, `${parent} as it was, on the local discharges.`),
    after:
      after === null
        ? null
        : await evidence(
            { forest: after.risk, ...{ parent: before } },
            after.fold,
            'on the local discharges, each fifth of the patients judged by a map fitted on the other four fifths.',
          ),
    differences: after === null ? null : differencesOf(study, rows, after.risk, before, options),
  };
}

function differencesOf(
  { matrix }: Study,
  rows: Int32Array,
  risk: Float64Array,
  reference: Float64Array,
  options: Pick<ValidationOptions, 'seed' | 'draws'>,
): Record<string, Figure> {
  const intervals = bootstrapDifferences(
    {
      outcome: Uint8Array.from(rows, (row) => matrix.outcome[row] as number),
      groups: groupNumbers(Array.from(rows, (row) => matrix.patientIds[row] as string)),
      risk,
      reference,
      statistics: {
        brier: brierStatistic,
        scaledBrier: scaledBrierStatistic,
        logLoss: logLossStatistic,
      },
    },
    { seed: options.seed, draws: options.draws ?? 1000 },
  );
  return Object.fromEntries(
    Object.entries(intervals).map(([name, { estimate, lower, upper }]) => [name, { estimate, lower, upper }]),
  );
}
