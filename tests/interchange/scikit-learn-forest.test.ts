import { describe, expect, test } from '@jest/globals';
import { predictRow } from '../../src/forest/index.ts';
import { forestFromScikitLearn, forestToScikitLearn, type ForestDocument } from '../../src/interchange/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { bytesOf, randomForest } from '../forest/synthetic-table.ts';
import { refusedBy } from './refused-by.ts';

const names = ['a', 'b', 'c'];

/** One split with two leaves: shares 1/4 and 3/4. */
function small(tree: Partial<ForestDocument['trees'][number]> = {}, rest: Partial<ForestDocument> = {}): Record<string, unknown> {
  return {
    format: 'scikit-learn-forest',
    format_version: 1,
    made_by: 'a test',
    input_precision: 'float64',
    feature_names: names,
    classes: [0, 1],
    trees: [
      {
        children_left: [1, -1, -1],
        children_right: [2, -1, -1],
        feature: [1, -2, -2],
        threshold: [0.5, -2, -2],
        value: [
          [0.5, 0.5],
          [0.75, 0.25],
          [0.25, 0.75],
        ],
        weighted_n_node_samples: [8, 5, 3],
        missing_go_to_left: [0, 0, 0],
        ...tree,
      },
    ],
    ...rest,
  };
}

describe('scikit-learn arrays', () => {
  test('a forest written and read back through JSON is the same, bit for bit', () => {
    const random = randomStream(3, 0);
    for (let round = 0; round < 20; round++) {
      const forest = randomForest(random, 3, 4, round % 5);
      const split = forest.feature.findIndex((f) => f >= 0);
      if (split >= 0) forest.threshold[split] = Number.MAX_VALUE;
      forest.feature.forEach((f, node) => {
        if (f < 0) [forest.threshold[node], forest.missingLeft[node]] = [0, 0];
      });
      const document = JSON.parse(
        JSON.stringify(forestToScikitLearn(forest, { feature_names: names, made_by: 'a test' })),
      ) as unknown;
      expect(bytesOf(forestFromScikitLearn(document))).toBe(bytesOf(forest));
    }
  });

  test('goes left at most at the threshold, and by flag where missing', () => {
    const at = (forest: unknown, b: number): number => predictRow(forestFromScikitLearn(forest), Float64Array.of(9, b, 9));
    expect([at(small(), 0.5), at(small(), 0.51), at(small(), NaN)]).toEqual([0.25, 0.75, 0.75]);
    expect(at(small({ missing_go_to_left: [1, 0, 0] }), NaN)).toBe(0.25);
    expect(at(small({ missing_go_to_left: [true, false, false] as never }), NaN)).toBe(0.25);
    expect([at(small({ threshold: ['Infinity', -2, -2] }), 1e300), at(small({ threshold: ['Infinity', -2, -2] }), NaN)]).toEqual([
      0.25, 0.75,
    ]);
  });

  test('without a flag a missing value follows the heavier child', () => {
    const { trees, ...rest } = small() as { trees: Record<string, unknown>[] };
    const { missing_go_to_left: _flag, ...tree } = trees[0]!;
    const forest = (weights: number[]): unknown => ({ ...rest, trees: [{ ...tree, weighted_n_node_samples: weights }] });
    const missing = (weights: number[]): number => predictRow(forestFromScikitLearn(forest(weights)), Float64Array.of(9, NaN, 9));
    expect([missing([8, 5, 3]), missing([8, 3, 5]), missing([8, 4, 4])]).toEqual([0.25, 0.75, 0.75]);
  });

  test('rows are rounded to float32 where the forest rounds them', () => {
    const t = Math.fround(0.1);
    const above = t + 2 ** -30;
    const at = (precision: 'float32' | 'float64', b: number): number =>
      predictRow(
        forestFromScikitLearn(small({ threshold: [t, -2, -2] }, { input_precision: precision })),
        Float64Array.of(9, b, 9),
      );
    expect(Math.fround(above)).toBe(t);
    expect([at('float32', above), at('float64', above)]).toEqual([0.25, 0.75]);
  });

  test('takes weights for shares, and the extra dimension that scikit-learn has', () => {
    const weights = small({ value: [[[4, 4]], [[3.75, 1.25]], [[0.5, 1.5]]] });
    expect([...forestFromScikitLearn(weights).value]).toEqual([0.5, 0.25, 0.75]);
    // Shares that miss 1 by rounding are taken as they are.
    const rounded = small({
      value: [
        [0.5, 0.5],
        [0.8, 0.2000000000000004],
        [0.25, 0.75],
      ],
    });
    expect(forestFromScikitLearn(rounded).value[1]).toBe(0.2000000000000004);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['no forest', { hello: 1 }, /format: /],
    ['three classes', small({}, { classes: [0, 1, 2] as never }), /classes/],
    ['an unknown key', small({ impurity: [] } as never), /tree 0/],
    ['another version', small({}, { format_version: 2 as never }), /format_version/],
    ['a threshold that is none', small({ threshold: [null as never, -2, -2] }), /tree 0, node 0, threshold/],
    ['a child beyond 32 bits', small({ children_left: [2 ** 32 + 1, -1, -1] }), /tree 0, node 0, children_left/],
    ['a feature name twice', small({}, { feature_names: ['a', 'b', 'a'] }), /"a" is there twice/],
    ['no precision', small({}, { input_precision: undefined as never }), /input_precision/],
    [
      'a training summary of other features',
      small({}, { training: { rows: 8, events: 4, patients: 8, min: [0], max: [1, 1, 1], missing: [0, 0, 0] } }),
      /training.min: expected one entry per feature, 3, found 1/,
    ],
    [
      'more events than rows',
      small({}, { training: { rows: 8, events: 9, patients: 8, min: [0, 0, 0], max: [1, 1, 1], missing: [0, 0, 0] } }),
      /at most as many events/,
    ],
  ])('refuses a document with %s', (_, document, message) => {
    const error = refusedBy(() => forestFromScikitLearn(document));
    expect([error.code, message.test(error.message), error.message]).toEqual(['FOREST_FILE_FORMAT', true, expect.any(String)]);
  });

  test.each<[string, Partial<ForestDocument['trees'][number]>, number, RegExp]>([
    ['arrays of other lengths', { feature: [1, -2] }, 3, /feature: expected 3 entries, found 2/],
    ['a column that is not there', { feature: [3, -2, -2] }, 0, /expected a column in 0..2/],
    ['a split without a column', { feature: [-2, -2, -2] }, 0, /expected a feature from 0 on/],
    ['a child that is its parent', { children_left: [0, -1, -1] }, 0, /expected a child in 1..2/],
    ['one child of two parents', { children_right: [1, -1, -1] }, 1, /one parent, found two/],
    ['half a leaf', { children_right: [2, 2, -1], feature: [1, 0, -2] }, 1, /expected a child/],
    [
      'a negative share',
      {
        value: [
          [0.5, 0.5],
          [1.25, -0.25],
          [0, 1],
        ],
      },
      1,
      /two shares or weights from 0 on/,
    ],
    ['a node without weight', { weighted_n_node_samples: [5, 5, 0] }, 2, /cover above 0/],
    ['weights that do not add up', { weighted_n_node_samples: [9, 5, 3] }, 0, /cover of 8/],
  ])('refuses a tree with %s, by tree and node', (_, tree, node, message) => {
    const sound = (small() as { trees: unknown[] }).trees[0];
    const document = small(tree) as { trees: unknown[] };
    document.trees.unshift(sound);
    const error = refusedBy(() => forestFromScikitLearn(document));
    expect([error.code, error.details, error.message]).toEqual([
      'FOREST_FILE_TREE',
      { tree: 1, node },
      expect.stringMatching(message),
    ]);
    expect(error.message).toContain(`tree 1, node ${node}: `);
    expect(error.message).not.toContain('FOREST_STRUCTURE');
  });
});
