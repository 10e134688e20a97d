/** Attrition: every rule in its order, what is off, what cannot be assessed, and the accounts that must add up. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildCohort,
  parseCohortDefinition,
  readCohortDefinition,
  readCohortRules,
  type AttritionLine,
} from '../../src/cohort/index.ts';
import { readAttrition } from '../../src/cohort/attrition.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const shipped = readCohortDefinition('hwr-like');
let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

async function attritionOf(
  lines: readonly string[],
  exclude: Partial<typeof shipped.exclude> = {},
): Promise<readonly AttritionLine[]> {
  await withLanding(expand(lines), async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir))));
  const definition = { ...shipped, exclude: { ...shipped.exclude, ...exclude } };
  return (await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 })).attrition;
}
const line = (lines: readonly AttritionLine[], step: number, label: string): AttritionLine | undefined =>
  lines.find((l) => l.step === step && l.label === label);

const plain = 'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z';

describe('attrition', () => {
  it('tells every rule in the order in which it is tried, whatever it took away', async () => {
    const attrition = await attritionOf([plain]);
    const { rules } = readCohortRules();
    const kinds = { 15: 'encounter', 25: 'stitching', 40: 'index', 71: 'planned' } as const;
    for (const [step, kind] of Object.entries(kinds)) {
      const ids = rules.filter((rule) => rule.kind === kind && rule.switch !== 'labels').map((rule) => rule.id);
      expect(attrition.filter((l) => l.step === Number(step)).map((l) => l.label)).toEqual(ids);
      expect(ids.length).toBeGreaterThan(3);
    }
    expect(attrition.map((l) => l.step)).toEqual(attrition.map((l) => l.step).sort((a, b) => a - b));
  });

  it('says what cannot be assessed instead of counting nothing', async () => {
    const bare = await attritionOf([plain]);
    expect(line(bare, 40, 'against-advice')?.note).toBe(
      'not assessable: no Encounter.hospitalization.dischargeDisposition in these records',
    );
    expect(line(bare, 40, 'psychiatric')?.note).toBe(
      'not assessable: no Encounter.type or Encounter.reasonCode in these records',
    );
    expect(line(bare, 25, 'same-condition')?.note).toBe('not assessable: no Encounter.serviceProvider in these records');
    expect(line(bare, 71, 'always-planned-procedure')?.note).toMatch(/^not assessable: no Procedure\.encounter/);
    const full = await attritionOf([
      `${plain} at=north type=32485007 reason=233604007 disposition=01 priority=EM source=emd`,
      'EMER e 2020-01-01T02:00:00Z/2020-01-01T08:00:00Z',
      'Patient p born=1950-06-15 died=2024-01-01',
      'Procedure x code=80146002 on=2020-01-02T09:00:00Z in=a',
    ]);
    expect(full.filter((l) => l.note !== undefined).map((l) => [l.label, l.note])).toEqual([
      ['any-gap', 'off'],
      ['day-case', 'off'],
    ]);
  });

  it('says for what share of stays a rule could be assessed', async () => {
    const attrition = await attritionOf([
      'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z disposition=01 type=32485007',
      'IMP b 2020-04-01T08:00:00Z/2020-04-04T10:00:00Z reason=233604007',
      // Two encounters of one stay: only the disposition of the last one counts.
      'IMP c 2020-07-01T08:00:00Z/2020-07-04T10:00:00Z disposition=01',
      'IMP d 2020-07-04T09:00:00Z/2020-07-08T10:00:00Z',
    ]);
    const told = (step: number, label: string) => [line(attrition, step, label)?.assessed, line(attrition, step, label)?.note];
    expect(told(40, 'against-advice')).toEqual([
      1 / 3,
      'assessed for 33 % of stays: Encounter.hospitalization.dischargeDisposition recorded',
    ]);
    expect(told(40, 'psychiatric')).toEqual([
      2 / 3,
      'assessed for 66 % of stays: Encounter.type or Encounter.reasonCode recorded',
    ]);
    // A death that is not recorded may not have happened, and a rule that needs nothing has all of it.
    expect(told(40, 'died-in-stay')).toEqual([undefined, undefined]);
    expect(told(40, 'under-minimum-age')).toEqual([undefined, undefined]);
    expect(told(40, 'open-stay')).toEqual([undefined, undefined]);
  });

  it('takes a procedure in a system without a map for no procedure at all', async () => {
    const procedure = (system: string, code: string): string =>
      `Procedure x system=${system} code=${code} on=2020-01-02T09:00:00Z in=a`;
    const noteOf = async (lines: string[]) => line(await attritionOf(lines), 71, 'potentially-planned-procedure')?.note;
    expect(await noteOf([plain, procedure('http://www.ama-assn.org/go/cpt', '27447')])).toMatch(/^not assessable/);
    expect(await noteOf([plain, procedure('http://www.cms.gov/Medicare/Coding/ICD10', '0DTJ4ZZ')])).toBeUndefined();
  });

  it('counts what a rule that is off would have taken away', async () => {
    const lines = [
      'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z type=56876005',
      'IMP b 2020-05-01T08:00:00Z/2020-05-01T10:00:00Z',
    ];
    const nursing = 'IMP n 2020-07-01T08:00:00Z/2020-07-04T10:00:00Z type=449411000124106';
    const on = await attritionOf([...lines, nursing]);
    expect([line(on, 40, 'detoxification')?.n, line(on, 40, 'detoxification')?.note]).toEqual([
      1,
      'assessed for 50 % of stays: Encounter.type recorded',
    ]);
    const off = await attritionOf([...lines, nursing], { detoxification: false, nursing: false });
    expect([line(off, 40, 'detoxification')?.n, line(off, 40, 'detoxification')?.note]).toEqual([
      0,
      'off; fits 1 that were kept',
    ]);
    expect([line(off, 15, 'nursing')?.n, line(off, 15, 'nursing')?.note]).toEqual([0, 'off; fits 1 that were kept']);
    expect(line(off, 40, 'day-case')?.note).toBe('off; fits 1 that were kept');
  });

  it.each([
    ['a stay that no rule knows', "UPDATE discharge SET exclusion = 'new-rule'", /every exclusion|stays = excluded/],
    ['an outcome that is lost', 'DELETE FROM outcome', /index discharges/],
    ['a state that nobody names', "UPDATE outcome SET outcome_state = 'vanished'", /outcome states/],
    ['an encounter that is lost', 'DELETE FROM stay_encounter', /inpatient encounters/],
    ['a planned return without a rule', "UPDATE outcome SET outcome_state = 'planned', planned_rule = NULL", /planned/],
  ])('refuses %s', async (_what, sql, message) => {
    await attritionOf([plain]);
    await warehouse.run(sql);
    await expect(readAttrition(warehouse, parseCohortDefinition(shipped, 'test'))).rejects.toMatchObject({
      code: 'COHORT_ACCOUNTING',
      message: expect.stringMatching(message),
    });
  });
});
