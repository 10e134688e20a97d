/** The prediction time in serving: what was recorded or filled in after it changes no value and no eligibility. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCohortDefinition } from '../../src/cohort/index.ts';
import { selectFeatures } from '../../src/features/index.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { PatientWarehouse, type StayAnswer } from '../../src/scoring/patient-warehouse.ts';
import { expand, type Resource } from '../cases/compact.ts';

const features = selectFeatures('default');
let warehouse: PatientWarehouse;
beforeAll(async () => {
  warehouse = await PatientWarehouse.open(readCohortDefinition('hwr-like'), features, settleMapping(standardMapping, true));
});
afterAll(() => warehouse.close());

const base = [
  'Patient p born=1950-06-15 sex=female',
  'IMP a 2020-01-10T08:00:00Z/2020-01-20T10:00:00Z at=north reason=88805009',
  'EMER e 2019-12-01T08:00:00Z/2019-12-01T10:00:00Z',
  'Condition c code=44054006 from=2015-01-01 recorded=2015-01-02',
  'Observation o code=2951-2 value=134 unit=mmol/L on=2020-01-12T09:00:00Z in=a',
];

async function read(lines: readonly (string | Resource)[], asOf?: string, encounter = 'a'): Promise<StayAnswer> {
  const byType = new Map<string, Resource[]>();
  for (const resource of expand(lines))
    byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource]);
  return warehouse.read({ resources: byType, encounterId: `Encounter/${encounter}`, asOf }, (answer) => answer);
}

describe('prediction time', () => {
  const asOf = '2020-01-15T12:00:00Z';

  it('ends an open stay', async () => {
    const open = base.map((line) => line.replace('/2020-01-20T10:00:00Z', '/'));
    const [ended, closed] = [await read(open, asOf), await read(base, asOf)];
    expect(ended.stay?.exclusion).toBeNull();
    expect(ended.stay?.dischargeMs).toBe(Date.parse(asOf));
    expect(ended.stay?.values).toEqual(closed.stay?.values);
    expect((await read(open)).encounter?.asOfMs).toBeNull();
  });

  it.each([
    ['a death in the stay', base.map((line) => line.replace('sex=female', 'sex=female died=2020-01-18T00:00:00Z'))],
    [
      'a death hours after the prediction time',
      base.map((line) => line.replace('sex=female', 'sex=female died=2020-01-15T18:00:00Z')),
    ],
    ['where the patient went', base.map((line) => line.replace('reason=88805009', 'reason=88805009 disposition=exp'))],
    ['a later observation', [...base, 'Observation x code=718-7 value=9 unit=g/dL on=2020-01-16T00:00:00Z in=a']],
    [
      'an observation issued later',
      [...base, 'Observation x code=718-7 value=9 unit=g/dL on=2020-01-14T00:00:00Z issued=2020-01-16T00:00:00Z in=a'],
    ],
    ['a later order', [...base, 'Order m code=855332 on=2020-01-16T00:00:00Z in=a']],
    ['a condition recorded later', [...base, 'Condition d code=88805009 from=2014-01-01 recorded=2020-01-16']],
    ['the end of a condition', base.map((line) => line.replace('recorded=2015-01-02', 'recorded=2015-01-02 until=2020-01-16'))],
    ['a later move to another hospital', [...base, 'IMP b 2020-01-20T12:00:00Z/2020-01-25T10:00:00Z at=south']],
  ])('does not know %s', async (_, lines) => {
    const [before, after] = [await read(base, asOf), await read(lines, asOf)];
    expect(after.stay?.exclusion).toBeNull();
    expect(after.stay?.values).toEqual(before.stay?.values);
  });

  it('knows a death and a disposition of before it', async () => {
    const died = base.map((line) => line.replace('sex=female', 'sex=female died=2020-01-20T09:00:00Z'));
    expect((await read(died)).stay?.exclusion).toBe('died-in-stay');
    const expired = base.map((line) => line.replace('reason=88805009', 'reason=88805009 disposition=exp'));
    expect((await read(expired)).stay?.exclusion).toBe('died-in-stay');
  });

  it('scores a stay of one date, written without times', async () => {
    const lines = ['Patient p born=1950-06-15', 'IMP a 2020-01-10/2020-01-10 at=north reason=88805009'];
    const { stay } = await read(lines);
    expect(stay?.exclusion).toBeNull();
    expect(stay?.values[features.features.findIndex(({ name }) => name === 'length_of_stay_days')]).toBe(0);
  });

  it('leaves nothing of one patient for the next', async () => {
    const alone = await read(
      ['Patient q born=1960-01-01', 'IMP z of=q 2020-05-01T08:00:00Z/2020-05-04T08:00:00Z at=north'],
      undefined,
      'z',
    );
    await read(base);
    const after = await read(
      ['Patient q born=1960-01-01', 'IMP z of=q 2020-05-01T08:00:00Z/2020-05-04T08:00:00Z at=north'],
      undefined,
      'z',
    );
    expect(after).toEqual(alone);
    expect((await read(base, undefined, 'z')).encounter).toBeNull();
  });
});
