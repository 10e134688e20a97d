/** PROBAST+AI and TRIPOD+AI: the whole lists, what a run answers, what it leaves to people. */
import { describe, expect, test } from '@jest/globals';
import { buildCard, type CardStatements, type ModelHeader, type ModelMetrics } from '../../src/model/index.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { sampleHeader } from './sample-model.ts';
import { externalRecord } from './sample-records.ts';

const header: ModelHeader = {
  ...sampleHeader(8),
  cohort: { name: 'hwr-like', hash: 'cd'.repeat(32), definition: { stitching: {}, exclude: {} } },
};
const assess = (change: Partial<ModelHeader> = {}, metrics: ModelMetrics = sampleMetrics, statements: CardStatements = {}) =>
  buildCard({ ...header, ...change }, metrics, statements).card.assessments;
const answer = (assessments: ReturnType<typeof assess>, id: string) =>
  [...assessments.probastAi.questions, ...assessments.probastAi.applicability].find((item) => item.id === id);
const item = (assessments: ReturnType<typeof assess>, id: string) => assessments.tripodAi.items.find((each) => each.item === id);
const concern = (assessments: ReturnType<typeof assess>, part: string, domain: number) =>
  assessments.probastAi.domains.find((each) => each.part === part && each.domain === domain)?.concern;
const real = { ...header.training, synthetic: false };

describe('PROBAST+AI', () => {
  test('16 questions about the development, 18 about the evaluation, in four domains', () => {
    const { questions } = assess().probastAi;
    const count = (part: string) =>
      [1, 2, 3, 4].map((domain) => questions.filter((q) => q.part === part && q.domain === domain).length);
    expect(count('development')).toEqual([3, 4, 4, 5]);
    expect(count('evaluation')).toEqual([3, 4, 4, 7]);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(34);
  });

  test('made-up records suit no purpose of care; real ones are for a person to judge', () => {
    expect(answer(assess(), 'development 1.1')).toMatchObject({ answer: 'no', by: 'run' });
    expect(concern(assess(), 'development', 1)).toBe('high');
    const ofReal = assess({ training: real });
    expect(answer(ofReal, 'development 1.1')).toMatchObject({ answer: 'needs a person', by: 'nobody' });
    expect(concern(ofReal, 'development', 1)).toBe('unclear');
  });

  test.each([
    [59, 'no'],
    [60, 'probably no'],
    [1199, 'probably no'],
    [1200, 'yes'],
  ])('%i events for 6 features: sample size %s', (events, expected) => {
    expect(answer(assess({ training: { ...real, rows: 10_000, events } }), 'development 4.1')?.answer).toBe(expected);
  });

  test('an evaluation on fewer than 100 events is too small; the external one is judged where there is one', () => {
    expect(answer(assess(), 'evaluation 4.2')).toMatchObject({ answer: 'no' });
    const larger = { ...externalRecord, rows: 5000, events: 100 };
    const { card } = buildCard(header, sampleMetrics, {}, { external: [larger] });
    expect(answer(card.assessments, 'evaluation 4.2')).toMatchObject({ answer: 'yes' });
    expect(answer(card.assessments, 'evaluation 1.1')).toMatchObject({ answer: 'needs a person' });
  });

  test('without a validation nothing of the evaluation is answered but that there is none', () => {
    const { probastAi } = assess({}, { validations: [] });
    const ofEvaluation = probastAi.questions.filter(({ part, by }) => part === 'evaluation' && by === 'run');
    expect(ofEvaluation.map(({ id, answer: given }) => [id, given])).toEqual([['evaluation 4.1', 'no']]);
  });

  test('a failed leakage check turns the answer that rests on its contrary', () => {
    const leaking: ModelMetrics = {
      ...sampleMetrics,
      leakage: { verdict: 'fail', checks: [{ check: 'as-of', verdict: 'fail', finding: '3 of 200 discharges differ.' }] },
    };
    expect(answer(assess(), 'development 2.3')?.answer).toBe('yes');
    expect(answer(assess({}, leaking), 'development 2.3')).toMatchObject({
      answer: 'no',
      why: 'Leakage audit, as-of: 3 of 200 discharges differ.',
    });
  });

  test('a cohort or an outcome that is not of this software is for a person to answer for', () => {
    const table = assess({
      cohort: {
        name: 'table',
        hash: 'cd'.repeat(32),
        definition: { table: { label: 'y' }, labels: { name: 'own.csv, column y' } },
      },
    });
    expect(['2.1', '2.4', '3.1', '3.4'].map((item) => answer(table, `development ${item}`)?.by)).toEqual(Array(4).fill('nobody'));
    expect(item(table, '9a')).toMatchObject({ by: 'nobody' });
    expect(item(table, '5a')?.text).toContain('The table own.csv, column y');
    const labels = assess({
      cohort: { ...header.cohort, definition: { stitching: {}, exclude: {}, labels: { name: 'own.csv' } } },
    });
    expect(answer(labels, 'development 2.1')?.by).toBe('run');
    expect(answer(labels, 'development 3.1')?.by).toBe('nobody');
  });

  test('a person is heard before the run, and named as the one who answered', () => {
    const given = assess({}, sampleMetrics, {
      probast: {
        'development 1.1': { answer: 'yes', why: 'for teaching' },
        'evaluation 1.applicability': { answer: 'low', why: 'same use' },
      },
    });
    expect(answer(given, 'development 1.1')).toMatchObject({ answer: 'yes', why: 'for teaching', by: 'person' });
    expect(answer(given, 'evaluation 1.applicability')).toMatchObject({ answer: 'low', by: 'person' });
    expect(answer(given, 'development 1.applicability')).toMatchObject({ answer: 'needs a person', by: 'nobody' });
  });
});

describe('TRIPOD+AI', () => {
  test('27 items in 52 parts, in order', () => {
    const ids = assess().tripodAi.items.map(({ item: id }) => id);
    expect(ids).toHaveLength(52);
    expect([...new Set(ids.map((id) => parseInt(id, 10)))]).toEqual(Array.from({ length: 27 }, (_, i) => i + 1));
  });

  test('the run answers what it knows and leaves the rest to people', () => {
    const found = assess();
    expect(item(found, '6b')).toMatchObject({
      answer: 'answered',
      by: 'run',
      text: expect.stringContaining('source attribute 11'),
    });
    expect(item(found, '13')).toMatchObject({ answer: 'not applicable', by: 'run' });
    for (const id of ['3a', '3c', '17', '18b', '18c', '18d', '18e', '19', '25']) {
      expect(item(found, id)).toMatchObject({ answer: 'needs a person', by: 'nobody' });
    }
    expect(item(assess({}, sampleMetrics, { tripod: { '17': 'waived' } }), '17')).toMatchObject({ text: 'waived', by: 'person' });
  });
});
