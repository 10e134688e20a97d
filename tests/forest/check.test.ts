import { describe, expect, test } from '@jest/globals';
import { checkForest } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest } from './synthetic-table.ts';

const forest = randomForest(randomStream(1, 1), 4, 3, 3);
const root = forest.treeStart[1]!;
const leaf = forest.feature.findIndex((feature, node) => feature < 0 && node > root);

type Mutable = { -readonly [K in keyof FlatForest]: FlatForest[K] };
const copy = (): Mutable => structuredClone(forest);

const breakers: [string, RegExp, (f: Mutable) => void][] = [
  ['a child that is its parent', /tree 1.*child/, (f) => (f.left[root] = root)],
  ['a cycle', /child/, (f) => (f.left[f.left[root]!] = root)],
  ['a child in the next tree', /tree 1.*child/, (f) => (f.right[root] = f.treeStart[2]!)],
  ['a child beyond the arrays', /child/, (f) => (f.right[root] = 1e6)],
  ['a negative child', /child/, (f) => (f.left[root] = -5)],
  ['two parents', /one parent|no parent|none/, (f) => (f.left[root] = f.right[root]!)],
  ['a leaf with children', /leaf without children/, (f) => (f.left[leaf] = leaf + 1)],
  [
    'an unreachable node',
    /cannot be reached/,
    (f) => {
      f.feature[root] = -1;
      f.left[root] = f.right[root] = -1;
    },
  ],
  ['an unknown column', /column in 0\.\.3/, (f) => (f.feature[root] = 4)],
  ['a column of -2', /column/, (f) => (f.feature[root] = -2)],
  ['a threshold of NaN', /finite threshold/, (f) => (f.threshold[root] = NaN)],
  ['an infinite threshold', /finite threshold/, (f) => (f.threshold[root] = Infinity)],
  ['a value above 1', /value in \[0, 1\]/, (f) => (f.value[leaf] = 1.001)],
  ['a negative value', /value/, (f) => (f.value[leaf] = -1e-9)],
  ['a value of NaN', /value/, (f) => (f.value[leaf] = NaN)],
  ['a cover of 0', /cover/, (f) => (f.cover[leaf] = 0)],
  ['a cover of NaN', /cover/, (f) => (f.cover[leaf] = NaN)],
  ['an infinite cover', /cover/, (f) => (f.cover[root] = Infinity)],
  ['a cover that is not the sum', /sum of the children/, (f) => (f.cover[root]! *= 1 + 1e-6)],
  ['missingLeft of 2', /missingLeft/, (f) => (f.missingLeft[root] = 2)],
  ['a short array', /value: expected/, (f) => (f.value = f.value.slice(1))],
  ['a long array', /left: expected/, (f) => (f.left = new Int32Array(1000))],
  ['no tree', /at least one tree/, (f) => (f.treeStart = Int32Array.of(0))],
  ['an empty tree', /next tree/, (f) => (f.treeStart[2] = root)],
  ['a tree that starts late', /first starting at node 0/, (f) => (f.treeStart[0] = 1)],
  ['a tree that ends late', /expected/, (f) => (f.treeStart[1] = 1e6)],
  ['no columns', /column/, (f) => (f.featureCount = 0)],
];

describe('structure', () => {
  test('a good forest passes', () => {
    for (let seed = 0; seed < 20; seed++) checkForest(randomForest(randomStream(seed, 0), 5, 4, 5));
    checkForest(randomForest(randomStream(0, 0), 1, 1, 0));
  });

  test.each(breakers)('%s', (_title, message, damage) => {
    const damaged = copy();
    damage(damaged);
    expect(() => checkForest(damaged)).toThrow(message);
    expect(() => checkForest(damaged)).toThrow(/FOREST_STRUCTURE: tree \d+, node \d+/);
  });
});
