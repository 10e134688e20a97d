/** What the attributes say, and whether they were stated, computed or neither. */
import { describe, expect, test } from '@jest/globals';
import { buildCard, type CardRecords, type CardStatements } from '../../src/model/index.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { sampleHeader } from './sample-model.ts';
import { externalRecord, monitoringRecord, parentRecord } from './sample-records.ts';

const attributes = (statements: CardStatements = {}, records: CardRecords = {}) =>
  buildCard(sampleHeader(8), sampleMetrics, statements, records).card.sourceAttributes;

test('what nobody said is said to be missing, with what would fill it', () => {
  const { developer, funding, correction, outcomeEvaluations } = attributes();
  expect(developer).toMatchObject({
    status: 'not-available',
    text: 'not available; state developer.name and developer.contact in card.yaml',
  });
  for (const field of [funding, correction, outcomeEvaluations]) expect(field.status).toBe('not-available');
});

test('what people say is stated, with the key it stands under', () => {
  const { funding, outOfScope, fairnessApproach } = attributes({ funding: 'own means', use: { outOfScope: ['children'] } });
  expect(funding).toMatchObject({ status: 'stated', text: 'own means', evidence: 'card.yaml: funding' });
  expect(outOfScope.text).toMatch(/^children\. Discharges outside the cohort rules: they are refused/);
  expect(fairnessApproach.evidence).toContain('fairness.approach of card.yaml takes its place');
});

test('criteria: each rule with what it left out', () => {
  const { trainingCriteria } = attributes();
  expect(trainingCriteria.text).toContain('Left out: died in the stay (12 stays). 1 further rule left out nothing.');
  expect(trainingCriteria.value).toMatchObject({ dropped: [{ rule: 'no patient is named', removed: 0 }, { removed: 12 }] });
});

test('representativeness: shares, those not recorded, and what was not counted', () => {
  const { representativeness } = attributes();
  expect(representativeness.text).toContain('sex: female 59.7 %, male 40.0 %, not recorded 3');
  expect(representativeness.text).toContain('race: White withheld, Asian withheld, not recorded 0');
  expect(representativeness.text).toContain('Not counted: ethnicity, language, sexual orientation');
  expect(representativeness.value).toHaveLength(9);
});

test('fairness: figures by group, groups too small, and those that stand apart', () => {
  const { fairness } = attributes();
  expect(fairness.text).toContain('race: AUROC White 0.710 (0.660 to 0.760); 1 group without figures, too few events');
  expect(fairness.text).toContain('interval without 0: sex female.');
});

describe('external validation', () => {
  const told = attributes({}, { external: [{ ...externalRecord, party: 'earlier' }, externalRecord] });
  test('is not available without one', () => {
    const { externalData, externalParty, externalProcess, externalValidity, externalFairness } = attributes();
    for (const field of [externalData, externalParty, externalProcess, externalValidity, externalFairness]) {
      expect(field.text).toBe('not available; no external validation was run: readmission validate --model DIR --data DIR');
    }
  });

  test('the last one is told with data, party, process and figures', () => {
    expect(told.externalData.text).toContain('St. Mary 2025: community hospital, Bavaria; real records');
    expect(told.externalParty).toMatchObject({ text: 'Institute of Biometry', evidence: 'records.json: external[1]' });
    expect(told.externalProcess.text).toContain('readmission validate --model m --data d');
    expect(told.externalProcess.text).toContain(externalRecord.data.manifestSha256);
    expect(told.externalValidity.text).toContain('AUROC 0.650 (0.580 to 0.720)');
    expect(told.externalRepresentativeness.text).toContain('sex: female 50.0 %, not recorded 7');
    expect(told.externalFairness).toMatchObject({ status: 'computed', computedAt: externalRecord.when });
  });

  test('a party that nobody named stays open', () => {
    const { externalParty } = attributes({}, { external: [{ ...externalRecord, party: undefined }] });
    expect(externalParty.status).toBe('not-available');
  });
});

test('monitoring: schedule, last run, bounds, local figures, shift against training', () => {
  const without = { ...monitoringRecord, when: '2026-07-01T10:00:00Z', figures: {}, events: undefined };
  const told = attributes({ monitoring: { validity: 'Each quarter' } }, { monitoring: [monitoringRecord, without] });
  expect(told.validityMonitoring.text).toContain(
    'Each quarter. 2 runs of readmission monitor recorded, the last 2026-07-01T10:00:00Z',
  );
  expect(told.fairnessMonitoring.text).toContain('No schedule is stated.');
  expect(told.localValidity).toMatchObject({ status: 'computed', evidence: 'records.json: monitoring[0]' });
  expect(told.relevance.text).toContain('risk 0.12; features that moved most: last_sodium 0.31');
  expect(told.knownRisks.text).toContain('Last monitoring: last_sodium: stability index 0.31, bound 0.25.');
});

test('updates: what the model came from, by its records and by its own header', () => {
  expect(attributes({}, { parents: [parentRecord] }).updates.text).toContain('recalibrated (slope) from parent (343434343434)');
  const parent = {
    name: 'first',
    modelSha256: '34'.repeat(32),
    method: 'slope' as const,
    manifestSha256: '12'.repeat(32),
    rows: 500,
    events: 60,
  };
  const header = { ...sampleHeader(8), parent };
  const { card } = buildCard(header, sampleMetrics);
  expect(card.sourceAttributes.updates.text).toContain('recalibrated (slope) from first');
  expect(card.warnings.join(' ')).toContain('This is first, recalibrated (slope) on 500 discharges');
  const both = buildCard(header, sampleMetrics, {}, { parents: [parentRecord] }).card.sourceAttributes.updates.text;
  expect(both.match(/recalibrated/g)).toHaveLength(1);
});
