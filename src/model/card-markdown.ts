/**
 * The model card for people: the same content as card.json, as Markdown.
 *
 * Choice  every text from a header is escaped: a name cannot bring HTML, links or table borders with it
 */
import type { EventIncidence, MetricInterval, Validation } from './metrics.ts';
import type { ModelCard } from './model-card.ts';

export function cardMarkdown(card: ModelCard): string {
  const { basicInfo, modelSummary, usesAndDirections, warnings, trustIngredients, keyMetrics } = card;
  const training = trustIngredients.trainingData;
  return [
    `# Model card: ${escape(basicInfo.modelName)}`,
    ...(warnings.notForPatientCare ? ['**Not for patient care.**'] : []),
    escape(modelSummary.summary),
    '## Use',
    bullets([
      `Intended use: ${usesAndDirections.intendedUse}`,
      `Intended users: ${usesAndDirections.intendedUsers}`,
      `Population: ${usesAndDirections.targetPopulation}`,
      ...usesAndDirections.outOfScope.map((line) => `Out of scope: ${line}`),
    ]),
    '## Limits',
    bullets(warnings.limits),
    '## Outcome',
    escape(modelSummary.outcome),
    '## Results',
    ...(typeof keyMetrics === 'string' ? [keyMetrics] : keyMetrics.flatMap(resultTable)),
    '## Bands of risk',
    table(
      ['band', 'from', 'meaning'],
      trustIngredients.bands.map((b) => [b.name, b.from === 0 ? '0' : b.from.toPrecision(3), b.meaning]),
    ),
    '## Training data',
    bullets([
      `Discharges: ${training.rows}, events: ${training.events} (${(100 * training.baseRate).toFixed(1)} %), patients: ${training.patients}`,
      `Records: ${training.synthetic ? 'synthetic' : 'real'}, as of ${training.transactionTime || 'not available'}`,
      `Manifest SHA-256: ${training.manifestSha256}`,
      `Cohort: ${trustIngredients.cohort.name} (definition hash ${trustIngredients.cohort.hash.slice(0, 8)})`,
      `How records were read: site mapping hash ${trustIngredients.mapping.hash.slice(0, 8)}; ${trustIngredients.mapping.choices.join('; ')}`,
    ]),
    '### From stays to index discharges',
    typeof trustIngredients.attrition === 'object'
      ? table(
          ['rule', 'removed', 'remaining'],
          trustIngredients.attrition.map((s) => [s.rule, String(s.removed), String(s.remaining)]),
        )
      : 'not available',
    '### What followed a discharge',
    typeof trustIngredients.cumulativeIncidence === 'string'
      ? trustIngredients.cumulativeIncidence
      : incidenceTable(trustIngredients.cumulativeIncidence),
    '## Model',
    bullets([
      `Type: ${modelSummary.modelType}`,
      `Trees: ${trustIngredients.forest.trees}; options: ${options(trustIngredients.forest.options)}`,
      `Features: ${trustIngredients.features.count} (schema hash ${trustIngredients.features.hash.slice(0, 8)}); ${options(trustIngredients.features.byFamily)}`,
      `Calibration: ${trustIngredients.calibration.kind}; ${trustIngredients.calibration.reason}`,
      `Folds: ${trustIngredients.folds.count}, ${trustIngredients.folds.rule}, seed ${trustIngredients.folds.seed}`,
      `Code version: ${basicInfo.codeVersion}; made: ${basicInfo.createdAt}; contact: ${basicInfo.developerContact}`,
      `Release stage: ${card.releaseInfo.releaseStage}; regulatory approval: ${card.releaseInfo.regulatoryApproval}`,
    ]),
  ].join('\n\n');
}

function resultTable(validation: Validation): string[] {
  const metrics = [...new Set(Object.values(validation.results).flatMap((result) => Object.keys(result)))];
  return [
    `**${escape(validation.name)}**: ${escape(validation.description)} ${validation.rows} discharges, ${validation.events} events, ` +
      `${validation.patients} patients. Intervals are 95 %.`,
    table(
      ['model', ...metrics],
      Object.entries(validation.results).map(([model, result]) => [model, ...metrics.map((metric) => interval(result[metric]))]),
    ),
  ];
}

/** Cumulative incidence in percent with its 95 % interval; the kinds of event compete. */
function incidenceTable(incidence: readonly EventIncidence[]): string {
  const percent = (value: number): string => (100 * value).toFixed(1);
  const days = incidence[0]?.points.map(({ day }) => `by day ${day}, %`) ?? [];
  return table(
    ['first event', ...days],
    incidence.map(({ state, points }) => [
      state,
      ...points.map(({ estimate, lower, upper }) => {
        if (!isNumber(estimate)) return 'not available';
        return isNumber(lower) && isNumber(upper)
          ? `${percent(estimate)} (${percent(lower)} to ${percent(upper)})`
          : percent(estimate);
      }),
    ]),
  );
}

function interval(value: MetricInterval | undefined): string {
  if (value === undefined || !isNumber(value.estimate)) return 'not available';
  const estimate = value.estimate.toFixed(3);
  if (!isNumber(value.lower) || !isNumber(value.upper)) return `${estimate} (interval not available)`;
  return `${estimate} (${value.lower.toFixed(3)} to ${value.upper.toFixed(3)})`;
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function options(record: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(record);
  return entries.length === 0
    ? 'none'
    : entries.map(([key, value]) => `${key} ${value === null ? 'none' : String(value)}`).join(', ');
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${escape(line)}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Characters with a meaning in HTML or Markdown become entities, line ends become spaces. */
function escape(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[&<>|`*[\]\\]/g, (c) => `&#${c.charCodeAt(0)};`);
}
