/**
 * Nothing that is recorded after the prediction time changes a feature: neither a fact added nor a column filled in later.
 *
 * A day of the calendar is drawn. Facts dated after it are added and what is filled in later is changed; the row of every index discharge
 * up to that day must keep every bit. Admissions within the transfer gap are not added: they would change the stay itself.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeatureMatrix } from '../../src/features/index.ts';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { withOwnIds } from '../cases/own-ids.ts';
import { filledInLater, hospital, laterFacts } from './hospital.ts';
import { emptyWarehouse, matrixOf } from './matrix-of.ts';

const base = hospital(7, 25);
const day = 86_400_000;
let warehouse: Warehouse;
let before: FeatureMatrix;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
  before = await matrixOf(warehouse, base);
});
afterAll(() => warehouse.close());

/** Cells of the rows up to `until` that differ, as "encounter feature: before, after". @param prefix  of the ids in `after` */
function changes(after: FeatureMatrix, until: number, prefix = ''): string[] {
  const rows = new Map(after.indexIds.map((id, row) => [id, row]));
  const found: string[] = [];
  for (const [row, id] of before.indexIds.entries()) {
    if ((before.dischargeMs[row] as number) > until) continue;
    const other = rows.get(id.replace('/', `/${prefix}`));
    if (other === undefined) found.push(`${id} is no index discharge any more`);
    else
      before.features.forEach(({ name }, c) => {
        const [a, b] = [before.columns[c]?.[row], after.columns[c]?.[other]];
        if (!Object.is(a, b)) found.push(`${id} ${name}: ${a}, ${b}`);
      });
  }
  return found;
}

describe('prediction time', () => {
  it('is tested on many discharges', () => {
    expect(before.rows).toBeGreaterThan(40);
    const varying = before.columns.filter((column) => new Set(column).size > 1).length;
    expect(varying).toBeGreaterThan(50);
  });

  it('has nothing after it in any feature', async () => {
    const draws = fc.record({
      seed: fc.nat({ max: 2 ** 31 }),
      day: fc.integer({ min: 100, max: 1000 }),
      facts: fc.integer({ min: 20, max: 120 }),
    });
    // The patients of several draws are one cohort: what a matrix takes is by statement, hardly by record.
    await fc.assert(
      fc.asyncProperty(fc.array(draws, { minLength: 13, maxLength: 13 }), async (several) => {
        const cuts = several.map((draw) => Date.UTC(2019, 0, 1) + draw.day * day);
        const changed = several.flatMap(({ seed, facts }, n) => {
          const cut = cuts[n] as number;
          return withOwnIds([...filledInLater(seed, cut, base), ...laterFacts(seed, cut, base, facts)], `draw-${n}-`);
        });
        const after = await matrixOf(warehouse, changed);
        expect(cuts.map((cut, n) => changes(after, cut, `draw-${n}-`))).toEqual(cuts.map(() => []));
      }),
      { numRuns: 2, seed: 20260101 },
    );
  });

  it('would show a fact from before it', async () => {
    const cut = Date.UTC(2021, 8, 1);
    const facts = laterFacts(1, Date.UTC(2019, 0, 1), base, 100);
    expect(changes(await matrixOf(warehouse, [...base, ...facts]), cut).length).toBeGreaterThan(20);
  });
});
