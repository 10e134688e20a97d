import { describe, expect, test } from '@jest/globals';
import { checkForest, createExplainer, predictColumns, trainForest } from '../../src/forest/index.ts';
import { filledRows, growMlTree, mlRandomForestRowLimit } from '../../src/forest/ml-random-forest.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { leafOf } from '../../src/forest/walk.ts';
import { bytesOf, rowOf, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable({ rows: 200, columns: 6, rowsPerGroup: 2 });
const options = { engine: 'ml-random-forest', trees: 8, mtry: 3, minLeafRows: 3, seed: 5 } as const;

describe('engine ml-random-forest', () => {
  test.each([1, 3, 6])('a converted tree gives the leaf shares and the vote of the package, mtry %d', (mtry) => {
    const matrix = filledRows(table);
    const resolved = resolveForestOptions({ ...options, mtry, bootstrap: 'row' }, 6);
    for (let number = 0; number < 5; number++) {
      const { model, tree } = growMlTree(matrix, table.outcome, resolved, number);
      expect(model.indexes![0]!.length).toBe(mtry);
      const votes = model.predict(matrix as number[][]);
      const { root } = model.estimators![0] as unknown as {
        root: { classify(row: number[]): { get(i: number, j: number): number; columns: number } };
      };
      for (let row = 0; row < table.rows; row++) {
        const share = tree.value[leafOf(tree, 0, rowOf(table, row))]!;
        const distribution = root.classify(model.indexes![0]!.map((f) => matrix[row]![f]!));
        expect(share).toBeCloseTo(distribution.columns > 1 ? distribution.get(0, 1) : 0, 9);
        if (Math.abs(share - 0.5) > 1e-6) expect(share > 0.5 ? 1 : 0).toBe(votes[row]);
      }
    }
  });

  test('the forest is sound, explained, repeatable, and its out-of-bag is by patient', async () => {
    const { forest, outOfBag, options: used } = await trainForest(table, options);
    checkForest(forest);
    expect(used.bootstrap).toBe('group');
    expect(forest.treeStart.length).toBe(9);
    expect(bytesOf((await trainForest(table, options)).forest)).toBe(bytesOf(forest));
    const risk = predictColumns(forest, table.columns, table.rows);
    expect(createExplainer(forest).explain(rowOf(table, 3)).output).toBe(risk[3]);
    expect(outOfBag.some((x) => x >= 0)).toBe(true);
    for (let row = 0; row < table.rows; row += 2) expect(Number.isNaN(outOfBag[row]!)).toBe(Number.isNaN(outOfBag[row + 1]!));
  });

  test('limits are refused by name', async () => {
    const large = syntheticTable({ rows: mlRandomForestRowLimit + 1, columns: 2 });
    await expect(trainForest(large, options)).rejects.toMatchObject({ code: 'FOREST_OPTIONS_INVALID' });
    await expect(trainForest(large, { ...options, mtry: 1 })).rejects.toMatchObject({ code: 'FOREST_ENGINE_LIMIT' });
    const weights = new Float64Array(200).fill(2);
    await expect(trainForest({ ...table, weights }, options)).rejects.toMatchObject({ code: 'FOREST_ENGINE_LIMIT' });
    const columns = [...table.columns.slice(1), new Float64Array(200).fill(1e200)];
    await expect(trainForest({ ...table, columns }, options)).rejects.toThrow(/FOREST_ENGINE_LIMIT.*column 5, row 0/);
  });

  test('can be cancelled', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    await expect(trainForest(table, options, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
