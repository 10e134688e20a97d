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

/** Cells of the rows up to `until` that differ, as "encounter feature: before, after". */
function changes(after: FeatureMatrix, until: number): string[] {
  const found: string[] = [];
  for (const [row, id] of before.indexIds.entries()) {
    if ((before.dischargeMs[row] as number) > until) continue;
    const other = after.indexIds.indexOf(id);
    if (other < 0) found.push(`${id} is no index discharge any more`);
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
    await fc.assert(
      fc.asyncProperty(draws, async (draw) => {
        const cut = Date.UTC(2019, 0, 1) + draw.day * day;
        const changed = [...filledInLater(draw.seed, cut, base), ...laterFacts(draw.seed, cut, base, draw.facts)];
        const after = await matrixOf(warehouse, changed);
        expect(changes(after, cut)).toEqual([]);
      }),
      { numRuns: 25, seed: 20260101 },
    );
  });

  it('would show a fact from before it', async () => {
    const cut = Date.UTC(2021, 8, 1);
    const facts = laterFacts(1, Date.UTC(2019, 0, 1), base, 100);
    expect(changes(await matrixOf(warehouse, [...base, ...facts]), cut).length).toBeGreaterThan(20);
  });
});
