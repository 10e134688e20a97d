/** Look-back: a discharge counts only where the record is complete for the year before its admission. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition, type RecordSpan } from '../../src/cohort/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const definition = readCohortDefinition('hwr-like');
/** A visit on which the records end, half a year before they were asked for. */
const lastVisit = 'AMB z 2023-12-31T23:00:00Z/2024-01-01T00:00:00Z';
const year = 365.25 * 86_400_000;
let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

async function exclusionOf(
  lines: readonly string[],
  coverage?: Omit<RecordSpan, 'recordedUntilMs'>,
  change: Partial<typeof definition> = {},
): Promise<unknown> {
  await withLanding(
    expand([...lines, lastVisit]),
    async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir))),
  );
  await buildCohort(
    warehouse,
    { ...definition, ...change },
    {
      transactionTime: '2024-07-01T00:00:00Z',
      runOut: 20231231,
      ...(coverage === undefined ? {} : { coverage }),
    },
  );
  const [row] = await warehouse.rows('SELECT d.exclusion FROM discharge d');
  return row?.['exclusion'];
}

const stayFrom = (ms: number): string => {
  const time = (t: number): string => new Date(t).toISOString().replace('.000Z', 'Z');
  return `IMP a ${time(ms)}/${time(ms + 3 * 86_400_000)} at=north reason=88805009`;
};

describe('look-back', () => {
  it('asks nothing where the record is complete from the beginning', async () => {
    expect(await exclusionOf([stayFrom(Date.UTC(1990, 0, 1))])).toBeNull();
    expect(await exclusionOf([stayFrom(Date.UTC(1990, 0, 1))], { from: null })).toBeNull();
  });

  it.each([
    [0, null],
    [-1000, 'look-back'],
  ])('has its edge at 365 days after the date searched (%i ms)', async (shift, expected) => {
    const edge = Date.UTC(2015, 0, 1) + 365 * 86_400_000;
    expect(await exclusionOf([stayFrom(edge + shift)], { from: '2015-01-01' })).toBe(expected);
  });

  it.each([
    [0, null],
    [-1000, 'look-back'],
  ])('has its edge 365 days into the years kept before the end of the records (%i ms)', async (shift, expected) => {
    const edge = Date.UTC(2024, 0, 1) - 10 * year + 365 * 86_400_000;
    expect(await exclusionOf([stayFrom(edge + shift)], { from: null, historyYears: 10 })).toBe(expected);
  });

  it.each([
    [0, null],
    [-1000, 'look-back'],
  ])('counts the years kept from death where the patient died (%i ms)', async (shift, expected) => {
    const edge = Date.UTC(2010, 5, 1) - 10 * year + 365 * 86_400_000;
    const died = 'Patient p born=1940-01-01 died=2010-06-01T00:00:00Z';
    expect(await exclusionOf([died, stayFrom(edge + shift)], { from: null, historyYears: 10 })).toBe(expected);
  });

  it('takes the later of the two bounds', async () => {
    const lines = [stayFrom(Date.UTC(2016, 5, 1))];
    expect(await exclusionOf(lines, { from: '2016-01-01', historyYears: 10 })).toBe('look-back');
    expect(await exclusionOf(lines, { from: '2012-01-01', historyYears: 10 })).toBeNull();
  });

  it('has a switch', async () => {
    const early = [stayFrom(Date.UTC(2015, 5, 1))];
    expect(await exclusionOf(early, { from: '2015-01-01' })).toBe('look-back');
    expect(await exclusionOf(early, { from: '2015-01-01' }, { exclude: { ...definition.exclude, lookBack: false } })).toBeNull();
  });

  it('is as long as the definition says', async () => {
    const early = [stayFrom(Date.UTC(2015, 0, 31))];
    expect(await exclusionOf(early, { from: '2015-01-01' }, { lookbackDays: 30 })).toBeNull();
    expect(await exclusionOf(early, { from: '2015-01-01' }, { lookbackDays: 31 })).toBe('look-back');
  });
});
