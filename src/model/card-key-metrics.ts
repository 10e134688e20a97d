/**
 * Key metrics of the Applied Model Card: usefulness, fairness, safety, each with goal, results, reading and how it was tested.
 *
 * Choice  goals and readings are for people to state; what a run can say stands in their place until they do
 */
import type { SourceAttributes } from './card-attributes.ts';
import { computed, stated, statedOrNot, NOT_AVAILABLE, type CardField } from './card-field.ts';
import {
  baselineFigures,
  groupedEvidence,
  groupedSubgroups,
  headlineFigures,
  ownTable,
  type CardSources,
} from './card-sources.ts';
import { metricText } from './card-text.ts';
import type { MetricInterval } from './metrics.ts';
import { importedFrom } from './table-model.ts';

export interface MetricResult {
  readonly Label: string;
  /** The value as JSON text, as the schema has it. */
  readonly ValueJson: string;
}

export interface KeyMetric {
  readonly MetricGoal: CardField;
  /** At least one; the first says "not available" where there is none. */
  readonly Results: readonly MetricResult[];
  readonly Interpretation: CardField;
  readonly TestType: CardField;
  readonly TestingDataDescription: CardField;
  readonly ValidationProcessAndJustification: CardField;
}

export function keyMetrics(
  sources: CardSources,
  attributes: SourceAttributes,
): Readonly<Record<'UsefulnessUsabilityEfficacy' | 'FairnessEquity' | 'SafetyReliability', KeyMetric>> {
  const validity = importedFrom(sources.header) === undefined ? attributes.validity : attributes.localValidity;
  return {
    UsefulnessUsabilityEfficacy: keyMetric(sources, 'usefulness', usefulnessResults(sources), validity),
    FairnessEquity: keyMetric(sources, 'fairness', fairnessResults(sources), attributes.fairness),
    SafetyReliability: keyMetric(sources, 'safety', safetyResults(sources), undefined),
  };
}

function keyMetric(
  sources: CardSources,
  of: 'usefulness' | 'fairness' | 'safety',
  results: readonly MetricResult[],
  read: SourceAttributes['validity'] | undefined,
): KeyMetric {
  const { header, metrics, statements } = sources;
  const test = groupedEvidence(sources) ?? metrics.validations[0];
  const said = statements.metrics?.[`${of}Interpretation`];
  const evidence = groupedEvidence(sources) === undefined ? 'metrics.json: validations' : 'metrics.json: evidence.grouped';
  const fromRun = (text: string): CardField => computed(text, { evidence, computedAt: header.createdAt });
  const none: CardField = { text: `${NOT_AVAILABLE}; no validation was recorded`, status: 'not-available' };
  return {
    MetricGoal: statedOrNot(statements.metrics?.[`${of}Goal`], `metrics.${of}Goal`),
    Results: results.length > 0 ? results : [{ Label: NOT_AVAILABLE, ValueJson: JSON.stringify(NOT_AVAILABLE) }],
    Interpretation:
      said !== undefined
        ? stated(said, `metrics.${of}Interpretation`)
        : read !== undefined && read.status === 'computed'
          ? fromRun(read.text)
          : statedOrNot(undefined, `metrics.${of}Interpretation`),
    TestType:
      test === undefined
        ? none
        : fromRun(
            importedFrom(header) === undefined
              ? 'Internal: held-out patients of the training data, whole patients in one fold.'
              : 'Rows that the forest is said not to have been trained on; risks by maps fitted on other patients of them.',
          ),
    TestingDataDescription:
      test === undefined
        ? none
        : fromRun(
            ownTable(header) === undefined
              ? `${test.rows} discharges, ${test.events} events, ${test.patients} patients, ${header.training.synthetic ? 'synthetic' : 'real'} records.`
              : `${test.rows} rows of a table, ${test.events} events, ${test.patients} patients, ${header.training.synthetic ? '' : 'not '}said to be made up.`,
          ),
    ValidationProcessAndJustification: test === undefined ? none : fromRun(test.description),
  };
}

function result(label: string, value: unknown): MetricResult {
  return { Label: label, ValueJson: JSON.stringify(value) };
}

function usefulnessResults(sources: CardSources): MetricResult[] {
  const evidence = groupedEvidence(sources);
  const figures = headlineFigures(sources);
  return [
    ...Object.entries(figures).map(([metric, value]) => result(metricText(metric), finite(value))),
    ...Object.entries(baselineFigures(sources)).map(([name, of]) =>
      result(`AUROC of ${name}, for comparison`, finite(of['auroc'])),
    ),
    ...(evidence?.actions ?? []).map(({ rule, flaggedPer100, sensitivity, ppv, numberNeededToEvaluate }) =>
      result(`acting on ${rule}`, {
        flaggedPer100: finite(flaggedPer100),
        sensitivity: finite(sensitivity),
        ppv: finite(ppv),
        numberNeededToEvaluate: finite(numberNeededToEvaluate),
      }),
    ),
  ];
}

function fairnessResults(sources: CardSources): MetricResult[] {
  return groupedSubgroups(sources).flatMap(({ by, groups }) =>
    groups.map(({ group, rows, events, suppressed, figures, differences }) =>
      result(`${by}: ${group}`, suppressed === null ? { rows, events, figures, differences } : { rows, events, suppressed }),
    ),
  );
}

function safetyResults(sources: CardSources): MetricResult[] {
  const calibration = groupedEvidence(sources)?.calibration;
  const figures = headlineFigures(sources);
  const measured =
    calibration === undefined
      ? ['calibrationIntercept', 'calibrationSlope']
          .filter((name) => Object.hasOwn(figures, name))
          .map((name) => [name, figures[name]] as const)
      : [
          ['calibrationIntercept', calibration.intercept] as const,
          ['calibrationSlope', calibration.slope] as const,
          ['ici', calibration.ici] as const,
          ['e90', calibration.e90] as const,
          ['emax', calibration.emax] as const,
        ];
  const leakage = sources.metrics.leakage;
  return [
    ...measured.map(([name, value]) => result(metricText(name), finite(value))),
    ...(leakage === null || leakage === undefined
      ? []
      : leakage.checks.map(({ check, verdict, finding }) => result(`leakage audit: ${check}`, { verdict, finding }))),
  ];
}

/** NaN has no JSON; it and what is absent are null. */
function finite(value: MetricInterval | undefined): MetricInterval | typeof NOT_AVAILABLE {
  if (value === undefined) return NOT_AVAILABLE;
  const or = (x: number | null): number | null => (x !== null && Number.isFinite(x) ? x : null);
  return { estimate: or(value.estimate), lower: or(value.lower), upper: or(value.upper) };
}
