/** The two engines against each other: equal forests, to the bit, whatever the table and the options. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkForest, trainForest } from '../../src/forest/index.ts';
import type { ForestOptions, TrainingTable } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { growForest, prepareKernel } from './kernel-run.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

type Kind = 'continuous' | 'tied' | 'two-valued' | 'constant' | 'missing' | 'rare' | 'zeros';
const kinds: readonly Kind[] = ['continuous', 'tied', 'two-valued', 'constant', 'missing', 'rare', 'zeros'];

interface Case {
  readonly rows: number;
  readonly columns: readonly { readonly kind: Kind; readonly missing: number }[];
  readonly weights: 'none' | 'whole' | 'fractional';
  readonly perGroup: number;
  readonly options: Partial<ForestOptions>;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 60, max: 900 })),
    columns: fc.array(fc.record({ kind: fc.constantFrom(...kinds), missing: fc.constantFrom(0, 0, 0.1, 0.6) }), {
      minLength: 1,
      maxLength: 20,
    }),
    weights: fc.constantFrom('none', 'none', 'whole', 'fractional'),
    perGroup: fc.integer({ min: 0, max: 6 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    minLeafRows: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })),
    minLeafWeight: fc.constantFrom(undefined, undefined, 0.5, 7, 40.25),
    maxDepth: fc.oneof(fc.constantFrom(1, 64), fc.integer({ min: 1, max: 64 })),
    maxBins: fc.oneof(fc.constantFrom(2, 255), fc.integer({ min: 2, max: 255 })),
    bootstrap: fc.constantFrom('group', 'row', 'none'),
  })
  .map(({ share, minLeafRows, minLeafWeight, maxDepth, maxBins, bootstrap, ...shape }) => ({
    ...shape,
    options: {
      trees: 3,
      workers: 1,
      seed: shape.seed,
      mtry: 1 + Math.floor(share * (shape.columns.length - 1)),
      minLeafRows,
      ...(minLeafWeight === undefined ? {} : { minLeafWeight }),
      maxDepth,
      maxBins,
      bootstrap,
    } as Partial<ForestOptions>,
  }));

function tableOf({ rows, columns, weights, perGroup, seed }: Case): TrainingTable {
  const random = randomStream(seed, 1);
  const value: Record<Kind, () => number> = {
    continuous: () => random.uniform() * 100 - 50,
    tied: () => random.below(7) / 3,
    'two-valued': () => random.below(2),
    constant: () => 4,
    missing: () => NaN,
    rare: () => Number(random.uniform() < 0.02),
    zeros: () => [0, -0, 1e-300, -1e300, 5e-324][random.below(5)]!,
  };
  const made = columns.map(({ kind, missing }) =>
    Float64Array.from({ length: rows }, () => (random.uniform() < missing ? NaN : value[kind]())),
  );
  const outcome = Uint8Array.from({ length: rows }, (_, row) =>
    Number(random.uniform() < ((made[0]![row]! > 0 ? 1 : 0) + 1) / 4),
  );
  outcome[0] = 0;
  outcome[1] = 1;
  const table = { rows, featureCount: columns.length, columns: made, outcome };
  return {
    ...table,
    ...(perGroup === 0 ? {} : { groups: Int32Array.from({ length: rows }, (_, row) => 50 - Math.floor(row / perGroup)) }),
    ...(weights === 'none'
      ? {}
      : {
          weights: Float64Array.from({ length: rows }, (_, row) =>
            row < 2 ? 1 : weights === 'whole' ? random.below(5) : random.uniform() * 3,
          ),
        }),
  };
}

/** Missing values are exactly as many and as heavy as what a cut parts off: not to be taken for the cut between present and missing. */
const asHeavyAsMissing: Case = {
  rows: 87,
  columns: [
    { kind: 'zeros', missing: 0.6 },
    { kind: 'tied', missing: 0 },
    { kind: 'two-valued', missing: 0 },
    { kind: 'continuous', missing: 0.6 },
    { kind: 'zeros', missing: 0 },
    { kind: 'constant', missing: 0 },
    { kind: 'continuous', missing: 0.1 },
    { kind: 'missing', missing: 0 },
    { kind: 'missing', missing: 0 },
    { kind: 'continuous', missing: 0.1 },
  ],
  weights: 'none',
  perGroup: 6,
  seed: 2053184175,
  options: { trees: 3, workers: 1, seed: 2053184175, mtry: 1, minLeafRows: 2, maxDepth: 64, maxBins: 17, bootstrap: 'group' },
};

test('on 1000 random tables', async () => {
  let nodes = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (made) => {
      const table = tableOf(made);
      const fast = await trainForest(table, made.options, { runtime: 'wasm' });
      const plain = await trainForest(table, made.options, { runtime: 'typescript' });
      expect(bytesOf(fast.forest)).toBe(bytesOf(plain.forest));
      expect(fast.outOfBag).toEqual(plain.outOfBag);
      expect(fast.options).toEqual(plain.options);
      checkForest(fast.forest);
      nodes += fast.forest.feature.length;
    }),
    { numRuns: 1000, seed: 20, examples: [[asHeavyAsMissing]] },
  );
  expect(nodes).toBeGreaterThan(10_000);
});

describe('on tables larger than the cache', () => {
  test('200 random ones, the cache being small', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (made) => {
        const table = tableOf(made);
        const { forest, options } = await trainForest(table, made.options, { runtime: 'typescript' });
        const prepared = await prepareKernel(table, options, undefined, { second: 800, third: 6000 });
        expect(bytesOf(growForest(prepared, options.trees, table.featureCount))).toBe(bytesOf(forest));
      }),
      { numRuns: 200, seed: 30 },
    );
  });

  test.each([
    ['by row', { bootstrap: 'row' }, false],
    ['by group', { bootstrap: 'group' }, false],
    ['weighted', { bootstrap: 'row' }, true],
  ] as const)('%s', async (_title, options, isWeighted) => {
    const plain = syntheticTable({ rows: 30_000, columns: 70, rowsPerGroup: 3 });
    const random = randomStream(8, 8);
    const table = isWeighted ? { ...plain, weights: plain.columns[0]!.map(() => random.uniform()) } : plain;
    const common = { ...options, trees: 2, minLeafRows: 3, workers: 1 };
    const fast = await trainForest(table, common, { runtime: 'wasm' });
    const reference = await trainForest(table, common, { runtime: 'typescript' });
    expect(fast.forest.feature.length).toBeGreaterThan(2000);
    expect(bytesOf(fast.forest)).toBe(bytesOf(reference.forest));
    expect(fast.outOfBag).toEqual(reference.outOfBag);
  });
});
