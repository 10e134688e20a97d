import { describe, expect, test } from '@jest/globals';
import { createConditionalOutput, createExplainer, predictRow } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, randomRow } from './synthetic-table.ts';

/** The definition, by recursion over the whole tree. */
function worth(forest: FlatForest, node: number, row: Float64Array, known: ReadonlySet<number>): number {
  const f = forest.feature[node]!;
  if (f < 0) return forest.value[node]!;
  const [left, right] = [forest.left[node]!, forest.right[node]!];
  if (known.has(f)) {
    const x = row[f]!;
    const goesLeft = Number.isNaN(x) ? forest.missingLeft[node] === 1 : x <= forest.threshold[node]!;
    return worth(forest, goesLeft ? left : right, row, known);
  }
  const share = forest.cover[left]! / forest.cover[node]!;
  return share * worth(forest, left, row, known) + (1 - share) * worth(forest, right, row, known);
}

describe('output with some columns known', () => {
  const columns = [4, 0, 2];

  test('is the worth of the coalition, for every coalition of the named columns', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const forest = randomForest(randomStream(seed, 0), 6, 5, 6);
      const row = randomRow(randomStream(seed, 1), forest.featureCount);
      const output = createConditionalOutput(forest, columns);
      for (let known = 0; known < 8; known += 1) {
        const set = new Set(columns.filter((_, k) => (known >> k) & 1));
        const trees = forest.treeStart.length - 1;
        let sum = 0;
        for (let tree = 0; tree < trees; tree += 1) sum += worth(forest, forest.treeStart[tree]!, row, set);
        expect(output(row, known)).toBeCloseTo(sum / trees, 12);
      }
    }
  });

  test('is the base value with none known and the prediction with all', () => {
    const forest = randomForest(randomStream(3, 0), 6, 5, 6);
    const row = randomRow(randomStream(9, 1), forest.featureCount);
    const all = Array.from({ length: forest.featureCount }, (_, f) => f);
    const output = createConditionalOutput(forest, all);
    expect(output(row, 0)).toBeCloseTo(createExplainer(forest).explain(row).baseValue, 12);
    expect(output(row, 2 ** forest.featureCount - 1)).toBeCloseTo(predictRow(forest, row), 12);
  });

  test('refuses a column the forest does not have', () => {
    expect(() => createConditionalOutput(randomForest(randomStream(1, 0), 6, 5, 6), [99])).toThrow(
      expect.objectContaining({ code: 'FOREST_OPTIONS' }),
    );
  });
});
