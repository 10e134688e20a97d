/** The card of a forest that was trained elsewhere says nothing of a training that nobody here saw. */
import { describe, expect, test } from '@jest/globals';
import { buildCard, type ModelHeader, type ModelMetrics } from '../../src/model/index.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { sampleHeader } from './sample-model.ts';

const base = sampleHeader(8);
const ofTable: ModelHeader = {
  ...base,
  cohort: {
    name: 'table',
    hash: 'cd'.repeat(32),
    definition: { table: { label: 'y' }, labels: { name: 'rows.csv, column y' } },
  },
};
const imported: ModelHeader = {
  ...ofTable,
  forest: { ...base.forest, engine: 'scikit-learn 1.9 RandomForestClassifier', options: { imported: 'forest.json' } },
  training: { ...base.training, synthetic: false, refittedOnAll: false },
  calibration: { ...base.calibration, kind: 'identity', reason: 'not calibrated: its risk is its own output' },
};
const none: ModelMetrics = { validations: [] };
const validation = sampleMetrics.validations[0]!;
const judged: ModelMetrics = { validations: [{ ...validation, name: 'local' }] };
const answered = ({ card }: ReturnType<typeof buildCard>): string[] => [
  ...card.assessments.probastAi.questions.filter(({ by }) => by === 'run').map(({ id }) => id),
  ...card.assessments.tripodAi.items.filter(({ by }) => by === 'run').map(({ item }) => item),
];

/** True of what is trained here, and of nothing that was not seen. */
const untrue = [
  'No class was weighted',
  'No method against class imbalance',
  'performance told on held-out patients',
  'No option was tuned',
  'evaluation of its performance on held-out patients',
  'Every row of the table',
  'they are refused, not scored',
  'recalibrated (identity',
  'recalibration identity',
  'train it again',
  '(when it was trained)',
  'the site whose records it was trained on',
  'by forests fitted without them',
  'The code that trains',
  'no weights and no resampling',
  'FHIR R4 records',
];

describe('the card of an imported forest', () => {
  test.each([
    ['as it is', imported, none],
    [
      'with its risks fitted here',
      {
        ...imported,
        calibration: base.calibration,
        parent: {
          name: 'raw',
          modelSha256: 'ab'.repeat(32),
          method: 'slope',
          manifestSha256: 'ef'.repeat(32),
          rows: 1500,
          events: 259,
        },
      } satisfies ModelHeader,
      judged,
    ],
  ] as const)('%s: tells nothing untrue', (_kind, header, metrics) => {
    const { card, markdown } = buildCard(header, metrics);
    for (const sentence of untrue) expect(markdown + JSON.stringify(card)).not.toContain(sentence);
    expect(
      card.sourceAttributes.output.text.startsWith(header.parent === undefined ? 'A probability' : 'A calibrated probability'),
    ).toBe(true);
    expect(card.warnings.join(' ')).toContain('The forest was trained elsewhere.');
    expect(card.sourceAttributes.trainingCriteria.text).toContain('forest.json tells of');
  });

  test('leaves to people what rests on how it was trained', () => {
    const run = answered(buildCard(imported, none));
    for (const id of ['development 4.2', 'development 4.4', 'development 4.5', '5a', '10', '11', '12e', '12g', '13', '16'])
      expect(run).not.toContain(id);
    expect(run).toContain('12c');
    // The same table, trained here: the run saw it.
    const own = answered(buildCard(ofTable, sampleMetrics));
    for (const id of ['development 4.2', 'development 4.4', 'development 4.5', '10', '11', '12e', '13'])
      expect(own).toContain(id);
  });

  test('says what to do where nothing judged it, and leads with what did', () => {
    expect(buildCard(imported, none).markdown).toContain('readmission import --calibrate TABLE');
    const { markdown } = buildCard(imported, judged);
    expect(markdown).not.toContain('No validation results are recorded.');
    expect(markdown).toContain(`On ${validation.rows} discharges`);
    const { validity, localValidity } = buildCard(imported, judged).card.sourceAttributes;
    expect([validity.status, localValidity.status]).toEqual(['not-available', 'computed']);
  });

  test('names no command that refuses a table', () => {
    const { markdown } = buildCard(imported, none);
    expect(markdown).not.toContain('readmission validate');
    expect(markdown).not.toContain('readmission monitor');
    expect(buildCard(base, none).markdown).toContain('readmission validate');
  });
});
