/**
 * The leakage audit of a study: what would make its figures mean nothing, each looked for with a stated bound.
 *
 * In      a study, the figures of its grouped validation, forest options
 * Out     one finding per check; the audit fails where any check fails
 * Choice  a check that cannot be made says "not-assessed" with the reason; it is no finding, and is counted beside the verdict
 * Source  Kapoor and Narayanan 2023, doi:10.1016/j.patter.2023.100804; bounds are this package's, in src/evaluation/leakage-checks.ts
 */
import {
  clockCheck,
  duplicateCheck,
  singleFeatureCheck,
  type Figure,
  type Interval,
  type LeakageCheck,
  type LeakageEvidence,
} from '../evaluation/index.ts';
import type { AsOfTrial } from '../features/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { hasReasons } from './held-out.ts';
import { permutedAuroc } from './permuted-labels.ts';
import type { Study } from './study.ts';
import type { ValidationOptions } from './validation.ts';

export interface AuditInput {
  /** Figures of the grouped validation by model and metric, and the difference in AUROC from the reason-only lookup. */
  readonly headline: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  readonly reasonDifference: Figure | undefined;
  /** Options of the forest that is tried on permuted labels; null leaves that check out. */
  readonly forest: Partial<ForestOptions> | null;
  /** AUROC of that forest on the first deal of permuted labels, where it is known already. */
  readonly permuted?: Interval;
}

/** From here a lookup of the reason alone is a finding about the records, whatever the model does. */
const reasonBound = 0.85;

export async function auditLeakage(study: Study, input: AuditInput, options: ValidationOptions): Promise<LeakageEvidence> {
  const { matrix } = study;
  const columns = matrix.features.map(({ name }, c) => ({ name, values: matrix.columns[c] as Float64Array }));
  const age = columns.find(({ name }) => name === 'age_years');
  const recordLength = matrix.dischargeMs.map((ms, row) => ms - (study.recordStartMs[row] as number));
  const checks = [
    singleFeatureCheck(matrix.outcome, columns),
    reasonCheck(input, hasReasons(matrix)),
    asOfCheck(study.asOfTrial),
    duplicateCheck(matrix.groups, matrix.dischargeMs, columns),
    clockCheck('calendar-time', matrix.dischargeMs, columns),
    clockCheck('record-length', recordLength, columns, age),
    input.forest === null ? permutationNotAssessed : await permutationCheck(study, input.forest, options, input.permuted),
  ];
  return { checks, verdict: worst(checks) };
}

function worst(checks: readonly LeakageCheck[]): LeakageEvidence['verdict'] {
  if (checks.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return checks.some(({ verdict }) => verdict === 'warn') || checks.every(({ verdict }) => verdict === 'not-assessed')
    ? 'warn'
    : 'pass';
}

/**
 * Whether the model says more than the reason of admission does.
 *
 * @param hasReason  whether any discharge has one; a finished model is asked about other records without a lookup fitted to them
 */
export function reasonCheck({ headline, reasonDifference }: Omit<AuditInput, 'forest'>, hasReason = true): LeakageCheck {
  const [forest, reason] = [headline['forest']?.['auroc'], headline['reason']?.['auroc']];
  const within = headline['forest']?.['withinReasonAuroc'];
  const estimate = (figure: Figure | undefined): number | null => (Number.isFinite(figure?.estimate) ? figure!.estimate : null);
  const figures = {
    forestAuroc: estimate(forest),
    reasonAuroc: estimate(reason),
    difference: estimate(reasonDifference),
    withinReasonAuroc: estimate(within),
  };
  const base = {
    check: 'reason-only',
    bound:
      `a lookup of the reason with AUROC above ${reasonBound} (lower end of its interval) fails; a model not clearly above that lookup, or not ` +
      'above 0.5 within one reason, is told',
    figures,
    features: [],
  };
  if (figures.forestAuroc === null || figures.reasonAuroc === null) {
    const finding = !hasReason
      ? 'no reason of admission is recorded'
      : reason === undefined
        ? 'a lookup of the reason is not fitted on the records that a finished model is judged on'
        : 'too few events to compare the model with the reason-only lookup';
    return { ...base, verdict: 'not-assessed', finding };
  }
  const beyond = (reasonDifference?.lower ?? NaN) > 0;
  const withinReason = (within?.lower ?? NaN) > 0.5;
  return {
    ...base,
    verdict: (reason?.lower ?? 0) > reasonBound ? 'fail' : beyond && withinReason ? 'pass' : 'warn',
    finding:
      `the reason alone has AUROC ${figures.reasonAuroc.toFixed(3)}, the model ${figures.forestAuroc.toFixed(3)}` +
      (figures.withinReasonAuroc === null ? '' : `, and within one reason ${figures.withinReasonAuroc.toFixed(3)}`) +
      (beyond ? '' : '; the model is not clearly above the lookup'),
  };
}

function asOfCheck(trial: AsOfTrial | null): LeakageCheck {
  const base = {
    check: 'as-of',
    bound: 'any value that changes when what was recorded after the prediction time is taken away fails',
    features: trial?.changed ?? [],
    figures: trial === null ? {} : { discharges: trial.discharges, removed: trial.removed, changedValues: trial.changedValues },
  };
  if (trial === null) return { ...base, verdict: 'not-assessed', finding: 'the sample was not drawn' };
  return {
    ...base,
    verdict: trial.changedValues > 0 ? 'fail' : trial.removed === 0 ? 'not-assessed' : 'pass',
    finding:
      `${trial.removed} records and later-filled values after the prediction time of ${trial.discharges} discharges taken away: ` +
      (trial.changedValues === 0
        ? 'no feature changed'
        : `${trial.changedValues} values of ${trial.changed.length} features changed`),
  };
}

// Below 0.5 is no leak: of few rows the ones learnt from lack the events that the ones asked about have, and the forest learns that.
const permutationBound =
  'forests that learn labels dealt out by chance must not rank them: an interval of AUROC above 0.5 is told, and fails when that of a second deal is ' +
  'above it too';
const permutationNotAssessed: LeakageCheck = {
  check: 'label-permutation',
  verdict: 'not-assessed',
  finding: 'not asked for: it fits a forest per fold',
  bound: permutationBound,
  figures: {},
  features: [],
};

async function permutationCheck(
  study: Study,
  forest: Partial<ForestOptions>,
  options: ValidationOptions,
  known?: Interval,
): Promise<LeakageCheck> {
  const first = known ?? (await permutedAuroc(study, forest, options));
  // One deal in forty lies above 0.5 by chance; two in a row, one in sixteen hundred.
  const second = !(first.lower > 0.5) ? null : await permutedAuroc(study, forest, { ...options, seed: (options.seed + 1) >>> 0 });
  return permutationVerdict(first, second);
}

export function permutationVerdict(first: Interval, second: Interval | null): LeakageCheck {
  const text = ({ estimate, lower, upper }: Interval): string =>
    `${estimate.toFixed(3)} (${lower.toFixed(2)}, ${upper.toFixed(2)})`;
  return {
    check: 'label-permutation',
    verdict: Number.isNaN(first.lower)
      ? 'not-assessed'
      : first.lower <= 0.5
        ? 'pass'
        : second !== null && second.lower > 0.5
          ? 'fail'
          : 'warn',
    finding: `AUROC on permuted labels ${text(first)}${second === null ? '' : `, on a second deal ${text(second)}`}`,
    bound: permutationBound,
    figures: { auroc: first.estimate, lower: first.lower, upper: first.upper, secondAuroc: second?.estimate ?? null },
    features: [],
  };
}
