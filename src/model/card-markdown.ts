/**
 * The model card for people: first what a clinician needs in two minutes, then the long tables.
 *
 * Choice  every text from a header, a statement or a record is escaped: a name cannot bring HTML, links or table borders with it
 */
import { assessmentTables } from './card-assessment-markdown.ts';
import { NOT_AVAILABLE, isStatedByDefault, type CardField } from './card-field.ts';
import { glanceTable, incidenceTable, subgroupTables, validationTables } from './card-result-tables.ts';
import { percentText } from './card-text.ts';
import { bullets, escapeText, table } from './markdown-text.ts';
import type { ModelCard } from './model-card.ts';
import { IMPORTED_NOT_VALIDATED, importedTraining } from './card-imported.ts';
import { importedFrom, isTableModel } from './table-model.ts';

export function cardMarkdown(card: ModelCard): string {
  return [
    ...front(card),
    ...resultSections(card),
    ...making(card),
    ...attributeTables(card),
    ...assessmentTables(card.assessments),
  ].join('\n\n');
}

/** What is read first: what it is, what to beware of, how good it is and for whom, what it is for. */
function front({ details, notForPatientCare, warnings, appliedModelCard, sourceAttributes }: ModelCard): string[] {
  const { intendedUse, intendedUsers, intendedPopulation, decisionRole, outOfScope } = sourceAttributes;
  return [
    `# Model card: ${escapeText(details.modelName)}`,
    ...(notForPatientCare ? ['**Not for patient care.**'] : []),
    escapeText(appliedModelCard.ModelSummary.Summary.text),
    '## Warnings',
    bullets(warnings),
    '## How good it is',
    ...(details.validations === NOT_AVAILABLE && importedFrom(details) !== undefined
      ? [`${NOT_AVAILABLE}; ${IMPORTED_NOT_VALIDATED}`]
      : glanceTable(details.validations)),
    '### What the bands mean',
    table(
      ['band', 'from', 'meaning'],
      details.bands.map((b) => [b.name, b.from === 0 ? '0' : b.from.toPrecision(3), b.meaning]),
    ),
    '### Groups of patients',
    ...(details.subgroups === NOT_AVAILABLE ? [NOT_AVAILABLE] : subgroupTables(details.subgroups)),
    '## Use',
    bullets([
      `Intended use: ${intendedUse.text}`,
      `Intended users: ${intendedUsers.text}`,
      `Population: ${intendedPopulation.text}`,
      `Role in the decision: ${decisionRole.text}`,
      `Out of scope: ${outOfScope.text}`,
    ]),
  ];
}

function resultSections({ details }: ModelCard): string[] {
  return ['## All results', ...(details.validations === NOT_AVAILABLE ? [NOT_AVAILABLE] : validationTables(details.validations))];
}

/** What it was made from and how. */
function making({ details, appliedModelCard }: ModelCard): string[] {
  const { trainingData: training, cohort, mapping, forest, features, calibration, folds } = details;
  const release = appliedModelCard.ReleaseInfo;
  const ofTable = isTableModel({ cohort });
  const imported = importedFrom({ forest }) !== undefined;
  return [
    '## Training data',
    bullets([
      `${ofTable ? 'Rows' : 'Discharges'}: ${training.rows}, events: ${training.events} (${percentText(training.baseRate)}), patients: ${training.patients}`,
      ...(ofTable
        ? [
            `${imported ? importedTraining({ forest, training }) : 'A table'}, ${training.synthetic ? '' : 'not '}said to be of made-up patients`,
            `SHA-256 of the file${imported ? ' of the forest' : ''}: ${training.manifestSha256}`,
          ]
        : [
            `Records: ${training.synthetic ? 'synthetic' : 'real'}, as of ${training.transactionTime}`,
            `Manifest SHA-256: ${training.manifestSha256}`,
          ]),
      `Cohort: ${cohort.name} (definition hash ${cohort.hash.slice(0, 8)})`,
      ...(ofTable ? [] : [`How records were read: site mapping hash ${mapping.hash.slice(0, 8)}; ${mapping.choices.join('; ')}`]),
    ]),
    ofTable ? '### Rows' : '### From stays to index discharges',
    details.attrition === NOT_AVAILABLE
      ? imported
        ? `${NOT_AVAILABLE}; how they were chosen is for its maker to state (data.characterization in card.yaml)`
        : NOT_AVAILABLE
      : table(
          ['rule', 'removed', 'remaining'],
          details.attrition.map((s) => [s.rule, String(s.removed), String(s.remaining)]),
        ),
    '### What followed a discharge',
    details.cumulativeIncidence === NOT_AVAILABLE
      ? `${NOT_AVAILABLE}${ofTable ? '; a table has no days after discharge' : ''}`
      : incidenceTable(details.cumulativeIncidence),
    '## Model',
    bullets([
      `Outcome: ${details.outcome.name}: ${details.outcome.description}`,
      `Type: ${appliedModelCard.TrustIngredients.AISystemFacts.ModelType.text}`,
      `Trees: ${forest.trees}; options: ${options(forest.options)}`,
      `Features: ${features.count} (schema hash ${features.hash.slice(0, 8)}); ${options(features.byFamily)}`,
      `Calibration: ${calibration.kind === 'identity' ? '' : `${calibration.kind}; `}${calibration.reason}`,
      imported ? `Folds: ${folds.rule}` : `Folds: ${folds.count}, ${folds.rule}, seed ${folds.seed}`,
      `Code version: ${details.codeVersion}; made: ${details.createdAt}`,
      `Release stage: ${release.ReleaseStage.text} Regulatory approval: ${release.RegulatoryApproval.text}`,
    ]),
  ];
}

/** Every field with its status: the source attributes, then the Applied Model Card as far as those do not say it. */
function attributeTables({ sourceAttributes, appliedModelCard }: ModelCard): string[] {
  const rows = Object.values(sourceAttributes).map((attribute) => [
    String(attribute.number),
    attribute.citation.slice(attribute.citation.indexOf('(B)') + 3),
    attribute.title,
    statusText(attribute),
    attribute.text,
  ]);
  const attributeTexts = new Set(Object.values(sourceAttributes).map(({ text }) => text));
  const own = leaves(appliedModelCard).filter(([, field]) => !attributeTexts.has(field.text));
  return [
    '## Source attributes (45 CFR 170.315(b)(11)(iv)(B))',
    table(['no.', 'cite', 'attribute', 'status', 'content'], rows),
    '## Applied Model Card',
    'Fields that say more than a source attribute above; card.json holds all.',
    table(
      ['field', 'status', 'content'],
      own.map(([name, field]) => [name, statusText(field), field.text]),
    ),
  ];
}

/** A statement that nobody made is told apart from one that somebody did. */
function statusText(field: CardField): string {
  if (field.status !== 'stated') return field.status.replace('-', ' ');
  return isStatedByDefault(field) ? 'stated by the software' : 'stated';
}

/** Fields with their path, in order; results of key metrics are tables of their own. */
function leaves(section: object, path: readonly string[] = []): (readonly [string, CardField])[] {
  return Object.entries(section).flatMap(([name, value]: [string, unknown]) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
    if ('text' in value && 'status' in value) return [[[...path, name].join(' / '), value as CardField] as const];
    return leaves(value, [...path, name]);
  });
}

function options(record: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(record);
  return entries.length === 0
    ? 'none'
    : entries.map(([key, value]) => `${key} ${value === null ? 'none' : String(value)}`).join(', ');
}
