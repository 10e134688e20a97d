import { describe, expect, test } from '@jest/globals';
import { checkTrainingTable, trainForest } from '../../src/forest/index.ts';
import type { TrainingTable } from '../../src/forest/index.ts';
import { syntheticTable } from './synthetic-table.ts';

const good = syntheticTable({ rows: 50, columns: 4, rowsPerGroup: 2 });
const withValue = (value: number): TrainingTable => {
  const columns = good.columns.map((column) => column.slice());
  columns[2]![7] = value;
  return { ...good, columns };
};
const weights = (value: number): Float64Array => new Float64Array(50).fill(1).fill(value, 3, 4);

describe('refusals', () => {
  const cases: [string, string, TrainingTable, RegExp][] = [
    [
      'no rows',
      'FOREST_NO_ROWS',
      { featureCount: 1, rows: 0, columns: [new Float64Array(0)], outcome: new Uint8Array(0) },
      /found 0/,
    ],
    ['no columns', 'FOREST_TABLE_INVALID', { ...good, featureCount: 0, columns: [] }, /found 0/],
    ['too many columns', 'FOREST_TABLE_INVALID', { ...good, featureCount: 10_000 }, /1 to 4096/],
    ['a column too few', 'FOREST_TABLE_INVALID', { ...good, columns: good.columns.slice(1) }, /expected 4 arrays, found 3/],
    [
      'a short column',
      'FOREST_TABLE_INVALID',
      { ...good, columns: [...good.columns.slice(1), new Float64Array(49)] },
      /column 3.*found 49/,
    ],
    ['a short outcome', 'FOREST_TABLE_INVALID', { ...good, outcome: new Uint8Array(49) }, /outcome.*49/],
    ['short groups', 'FOREST_TABLE_INVALID', { ...good, groups: new Int32Array(1) }, /groups/],
    ['short weights', 'FOREST_TABLE_INVALID', { ...good, weights: new Float64Array(1) }, /weights/],
    ['an outcome of 2', 'FOREST_TABLE_INVALID', { ...good, outcome: good.outcome.slice().fill(2, 5, 6) }, /row 5.*found 2/],
    ['infinity', 'FOREST_VALUE_INFINITE', withValue(Infinity), /column 2, row 7/],
    ['minus infinity', 'FOREST_VALUE_INFINITE', withValue(-Infinity), /column 2, row 7/],
    ['one class', 'FOREST_ONE_CLASS', { ...good, outcome: new Uint8Array(50) }, /0 with and 50 without/],
    [
      'one row',
      'FOREST_ONE_CLASS',
      { featureCount: 1, rows: 1, columns: [Float64Array.of(1)], outcome: Uint8Array.of(1) },
      /1 with and 0/,
    ],
    ['a negative weight', 'FOREST_TABLE_INVALID', { ...good, weights: weights(-1) }, /row 3/],
    ['a missing weight', 'FOREST_TABLE_INVALID', { ...good, weights: weights(NaN) }, /row 3/],
    ['an infinite weight', 'FOREST_TABLE_INVALID', { ...good, weights: weights(Infinity) }, /row 3/],
  ];

  test.each(cases)('%s', async (_title, code, table, message) => {
    expect(() => checkTrainingTable(table)).toThrow(message);
    await expect(trainForest(table, { trees: 1 })).rejects.toMatchObject({ code });
  });

  test('one class after rows of weight 0 are left out', () => {
    const only = Float64Array.from(good.outcome, (y) => 1 - y);
    expect(() => checkTrainingTable({ ...good, weights: only })).toThrow(/FOREST_ONE_CLASS/);
  });

  test('missing values, constant and wholly missing columns are accepted', async () => {
    const columns = [good.columns[0]!, new Float64Array(50).fill(4), new Float64Array(50).fill(NaN), new Float64Array(50)];
    const { forest } = await trainForest({ ...good, columns }, { trees: 20, minLeafRows: 2 });
    expect(new Set(forest.feature)).toEqual(new Set([-1, 0]));
  });

  test('more columns than rows', async () => {
    const { forest } = await trainForest(syntheticTable({ rows: 10, columns: 40 }), { trees: 3, minLeafRows: 1 });
    expect(forest.treeStart.length).toBe(4);
  });
});
