/**
 * Results as Markdown tables: validations beside baselines, groups of patients, what followed a discharge.
 */
import { NOT_AVAILABLE } from './card-field.ts';
import { intervalText, isNumber, metricText, percentText, WITHHELD } from './card-text.ts';
import { escapeText, table } from './markdown-text.ts';
import type { EventIncidence, SubgroupResults, Validation } from './metrics.ts';

const glanceMetrics = ['auroc', 'withinReasonAuroc', 'brier', 'calibrationSlope'] as const;
const modelWords: Readonly<Record<string, string>> = {
  forest: 'this model',
  prevalence: 'base rate for everybody',
  reason: 'reason for the stay alone',
  logistic: 'logistic regression, same features',
  lace: 'LACE',
  hospital_2013: 'HOSPITAL (2013)',
  hospital_2016: 'HOSPITAL (2016)',
  charlson: 'Charlson index',
  parent: 'this model before its recalibration',
};

/** The first validation in four figures, the model first, what it has to beat below it. */
export function glanceTable(validations: readonly Validation[] | typeof NOT_AVAILABLE): string[] {
  const first = validations === NOT_AVAILABLE ? undefined : validations[0];
  if (first === undefined) return [NOT_AVAILABLE];
  const names = Object.keys(first.results);
  const ordered = [...names.filter((name) => name === 'forest'), ...names.filter((name) => name !== 'forest')];
  return [
    `On ${first.rows} discharges of ${first.patients} held-out patients, ${first.events} of them with the outcome, with 95 % intervals. AUROC: 0.5 is chance, 1 is perfect. ` +
      'Brier score: lower is better. Calibration slope: 1 is right.',
    table(
      ['', ...glanceMetrics.map(metricText)],
      ordered.map((name) => [
        Object.hasOwn(modelWords, name) ? (modelWords[name] as string) : name,
        ...glanceMetrics.map((metric) =>
          // One risk for all has no slope; what is fitted there is noise between folds.
          name === 'prevalence' && metric === 'calibrationSlope' ? 'none' : intervalText(first.results[name]?.[metric]),
        ),
      ]),
    ),
  ];
}

/** A row per model, each figure with its 95 % interval. */
export function validationTables(validations: readonly Validation[]): string[] {
  return validations.flatMap((validation) => {
    const metrics = [...new Set(Object.values(validation.results).flatMap((result) => Object.keys(result)))];
    return [
      `**${escapeText(validation.name)}**: ${escapeText(validation.description)} ${validation.rows} discharges, ${validation.events} events, ` +
        `${validation.patients} patients. Intervals are 95 %.`,
      table(
        ['model', ...metrics.map(metricText)],
        Object.entries(validation.results).map(([model, result]) => [
          model,
          ...metrics.map((metric) => intervalText(result[metric])),
        ]),
      ),
    ];
  });
}

const groupMetrics = ['auroc', 'calibrationIntercept', 'calibrationSlope', 'fnr', 'fpr', 'ppv'] as const;

/** One table over all groups; a group without figures says why, a count that is withheld says so. */
export function subgroupTables(tables: readonly SubgroupResults[]): string[] {
  const threshold = tables[0]?.threshold;
  const rows = tables.flatMap(({ by, groups, notRecorded }) => [
    ...groups
      .filter(({ rows: n }) => n !== 0)
      .map(({ group, rows: n, events, suppressed, figures }) => [
        by,
        group,
        String(n ?? WITHHELD),
        n === null || events === null ? WITHHELD : `${events} (${percentText(events / n)})`,
        ...(suppressed === null
          ? groupMetrics.map((metric) => intervalText(figures[metric], 2))
          : [suppressed, ...groupMetrics.slice(1).map(() => NOT_AVAILABLE)]),
      ]),
    ...(notRecorded === 0
      ? []
      : [[by, 'not recorded', String(notRecorded ?? WITHHELD), NOT_AVAILABLE, ...groupMetrics.map(() => NOT_AVAILABLE)]]),
  ]);
  return [
    `Held-out patients; rates at a risk of ${isNumber(threshold) ? threshold.toPrecision(3) : NOT_AVAILABLE} and above. Intervals are 95 %. Withheld: fewer than ten patients, events or discharges without, or a count from which those of another group would follow.`,
    table(['by', 'group', 'discharges', 'events', ...groupMetrics.map(metricText)], rows),
  ];
}

/** Cumulative incidence in percent with its 95 % interval; the kinds of event compete. */
export function incidenceTable(incidence: readonly EventIncidence[]): string {
  const percent = (value: number): string => (100 * value).toFixed(1);
  const days = incidence[0]?.points.map(({ day }) => `by day ${day}, %`) ?? [];
  return table(
    ['first event', ...days],
    incidence.map(({ state, points }) => [
      state,
      ...points.map(({ estimate, lower, upper }) => {
        if (!isNumber(estimate)) return NOT_AVAILABLE;
        return isNumber(lower) && isNumber(upper)
          ? `${percent(estimate)} (${percent(lower)} to ${percent(upper)})`
          : percent(estimate);
      }),
    ]),
  );
}
