/** Conditions without dates, diagnoses of the index stay, and the reason: what of them is known at discharge. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { readKnownRelations } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { settleMapping, standardMapping, type SettledMapping } from '../../src/mapping/index.ts';
import { loadFlatTables, loadTerminology, Warehouse, type Row } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';
import { mappingOf } from './both-engines.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

/** Rows of a known relation of the discharge from encounter a. */
async function known(mapping: SettledMapping, relation: string, lines: readonly (string | Resource)[]): Promise<Row[]> {
  await withLanding(expand(lines), async (folder) => {
    await loadFlatTables(warehouse, folder, await readManifest(folder), { mapping });
  });
  await buildCohort(warehouse, readCohortDefinition('hwr-like'), { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
  for (const door of readKnownRelations()) await warehouse.create(door);
  return warehouse.rows(`SELECT k.* FROM ${relation} k WHERE k.index_id = 'Encounter/a' ORDER BY 2`);
}

const base = [
  'Patient p born=1950-06-15 sex=female',
  'EMER e 2020-06-01T02:00:00Z/2020-06-01T08:00:00Z',
  'IMP a 2020-06-01T08:00:00Z/2020-06-04T10:00:00Z at=north reason=88805009',
  'AMB v 2019-03-01T08:00:00Z/2019-03-01T09:00:00Z',
  'AMB over 2020-06-03T08:00:00Z/2020-06-09T09:00:00Z',
  'AMB later 2020-07-03T08:00:00Z/2020-07-03T09:00:00Z',
];
const problem = (id: string, encounter: string, more: Record<string, unknown> = {}): Resource => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/p' },
  encounter: { reference: `Encounter/${encounter}` },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006' }] },
  ...more,
});
const list = { category: [{ coding: [{ code: 'problem-list-item' }] }] };
const ids = (rows: readonly Row[]): string[] => rows.map((row) => String(row['condition_id']).replace('Condition/', '')).sort();
const conditions = (parts: object): SettledMapping => mappingOf({ conditions: parts });

describe('a condition without dates', () => {
  const lines = [
    ...base,
    problem('before', 'v'),
    problem('of-stay', 'a'),
    problem('overlapping', 'over'),
    problem('after', 'later'),
    problem('nowhere', 'unknown'),
  ];

  it('is dated by the end of its encounter', async () => {
    const rows = await known(conditions({ indexStayDiagnosesKnown: true }), 'known_condition', lines);
    expect(ids(rows)).toEqual(['before', 'of-stay']);
    expect(rows.find((row) => row['condition_id'] === 'Condition/before')).toMatchObject({
      recorded_ms: Date.parse('2019-03-01T09:00:00Z'),
      active: 1,
    });
    expect(rows.find((row) => row['condition_id'] === 'Condition/of-stay')?.['recorded_ms']).toBe(
      Date.parse('2020-06-04T10:00:00Z'),
    );
  });

  it('is dated by the start, where the mapping says so', async () => {
    const rows = await known(conditions({ undated: 'encounter-start', indexStayDiagnosesKnown: true }), 'known_condition', lines);
    expect(ids(rows)).toEqual(['before', 'of-stay', 'overlapping']);
    expect(rows.find((row) => row['condition_id'] === 'Condition/before')?.['recorded_ms']).toBe(
      Date.parse('2019-03-01T08:00:00Z'),
    );
  });

  it('is not known, where the mapping says so', async () => {
    expect(await known(conditions({ undated: 'unknown', indexStayDiagnosesKnown: true }), 'known_condition', lines)).toEqual([]);
  });

  it('keeps the date it has', async () => {
    const dated = problem('dated', 'later', { onsetDateTime: '2018-01-01' });
    expect(ids(await known(conditions({ indexStayDiagnosesKnown: true }), 'known_condition', [...base, dated]))).toEqual([
      'dated',
    ]);
  });
});

describe('a diagnosis of the index stay', () => {
  const recorded = { recordedDate: '2020-06-01T09:00:00Z' };
  const lines = [
    ...base,
    problem('diagnosis', 'a', recorded),
    problem('listed', 'a', { ...recorded, ...list }),
    problem('listed-undated', 'a', list),
    problem('emergency', 'e', recorded),
    problem('visit', 'v', { recordedDate: '2019-03-01' }),
    problem('free', 'a', { ...recorded, encounter: undefined }),
  ];

  it('is not known where records come from a hospital; the problem list is', async () => {
    const real = settleMapping(standardMapping, false);
    expect(real.conditions.indexStayDiagnosesKnown).toBe(false);
    expect(ids(await known(real, 'known_condition', lines))).toEqual(['free', 'listed', 'listed-undated', 'visit']);
  });

  it('is known where records are made up', async () => {
    const rows = await known(settleMapping(standardMapping, true), 'known_condition', lines);
    expect(ids(rows)).toEqual(['diagnosis', 'emergency', 'free', 'listed', 'listed-undated', 'visit']);
  });

  it('is the reason only where it is known; the reason given at admission always is', async () => {
    const diagnosed: Resource[] = [
      {
        ...(expand(['IMP a 2020-06-01T08:00:00Z/2020-06-04T10:00:00Z at=north'])[1] as Resource),
        diagnosis: [{ condition: { reference: 'Condition/dx' }, rank: 1 }],
      },
      problem('dx', 'a'),
    ];
    const without = base.filter((line) => !line.startsWith('IMP a'));
    const reasonOf = async (isKnown: boolean, more: readonly (string | Resource)[]): Promise<unknown> =>
      (await known(conditions({ indexStayDiagnosesKnown: isKnown }), 'known_reason', more))[0]?.['reason_code'];
    expect(await reasonOf(false, [...without, ...diagnosed])).toBeNull();
    expect(await reasonOf(true, [...without, ...diagnosed])).toBe('44054006');
    expect(await reasonOf(false, base)).toBe('88805009');
    // The rules of the cohort look back and take it in either case.
    expect(await warehouse.rows("SELECT reason_code FROM stay WHERE stay_id = 'Encounter/a'")).toEqual([
      { reason_code: '88805009' },
    ]);
    await known(conditions({ indexStayDiagnosesKnown: false }), 'known_reason', [...without, ...diagnosed]);
    expect(await warehouse.rows("SELECT reason_code FROM stay WHERE stay_id = 'Encounter/a'")).toEqual([
      { reason_code: '44054006' },
    ]);
  });
});

describe('what is ignored', () => {
  it('is no known encounter, nor is a part', async () => {
    const mapping = mappingOf({
      encounter: {
        rules: [
          { kind: 'ignored', when: "type.coding.where(code = 'shell').exists()", why: 'test' },
          { kind: 'part-of', when: 'partOf.exists()', why: 'test' },
        ],
      },
    });
    const shell = {
      resourceType: 'Encounter',
      id: 'shell',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: 'Patient/p' },
    };
    const rows = await known(mapping, 'known_encounter', [
      ...base,
      { ...shell, type: [{ coding: [{ code: 'shell' }] }], period: { start: '2020-05-01', end: '2020-05-01' } },
      {
        ...shell,
        id: 'part',
        class: { code: 'IMP' },
        partOf: { reference: 'Encounter/a' },
        period: { start: '2020-06-02T08:00:00Z' },
      },
    ]);
    expect(rows.map((row) => row['encounter_id']).sort()).toEqual([
      'Encounter/a',
      'Encounter/e',
      'Encounter/over',
      'Encounter/v',
    ]);
  });
});
