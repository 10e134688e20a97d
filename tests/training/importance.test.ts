/** What a model rests on: a planted driver, columns of chance, copies and a pair that counts only together are told for what they are. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { assignFolds } from '../../src/evaluation/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { gatherImportance, type HeldForest } from '../../src/training/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { heldForests, mean, options, rowOf, withColumns } from './held-forests.ts';
import { syntheticStudy } from './synthetic-study.ts';

const plain = syntheticStudy(3, 260, () => null);
const age = plain.matrix.columns[0] as Float64Array;
const fold = assignFolds(plain.matrix.patientIds, options.folds, options.seed);

describe('importance', () => {
  /** But for the rounding of sums. */
  const nothing = { estimate: expect.closeTo(0, 12), lower: expect.closeTo(0, 12), upper: expect.closeTo(0, 12) };
  const study = withColumns(plain, [
    ['noise', 'others', (_row, stream) => stream.uniform()],
    ['constant', 'others', () => 7],
    ['driver', 'drivers', (row) => age[row] as number],
    ['copy', 'drivers', (row) => -(age[row] as number)],
    ['fold_number', 'folds', (row) => fold[row] as number],
  ]);
  let made: Awaited<ReturnType<typeof heldForests>>;
  let importance: ReturnType<typeof gatherImportance>;
  beforeAll(async () => {
    made = await heldForests(study);
    importance = gatherImportance(study, made.held, made.attributions, options);
  });
  const feature = (name: string) => importance.features.find((found) => found.name === name)!;
  const family = (name: string) => importance.families.find((found) => found.family === name)!;

  it('puts what drives the outcome first, within intervals', () => {
    expect(importance.rows).toBe(study.matrix.rows);
    const names = importance.features.map(({ name }) => name);
    expect(new Set(names.slice(0, 2))).toEqual(new Set(['driver', 'copy']));
    expect(new Set(names)).toEqual(new Set(study.matrix.features.map(({ name }) => name)));
    expect(importance.families[0]?.family).toBe('drivers');
    expect(family('drivers').permutation?.lower).toBeGreaterThan(0.1);
    const sizes = importance.features.map(({ attribution }) => attribution.estimate ?? Number.NaN);
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    for (const { attribution } of importance.features) {
      expect(attribution.lower).toBeLessThanOrEqual(attribution.estimate as number);
      expect(attribution.upper).toBeGreaterThanOrEqual(attribution.estimate as number);
    }
  });

  it('gives the mean |attribution| of each feature over the rows', () => {
    study.matrix.features.forEach(({ name }, c) => {
      expect(feature(name).attribution.estimate).toBeCloseTo(mean([...made.attributions.columns[c]!].map(Math.abs)), 12);
    });
  });

  it('adds attributions of a family up row by row first', () => {
    const { rows, columns } = made.attributions;
    for (const { family: name, attribution } of importance.families) {
      const members = study.matrix.features.flatMap((of, c) => (of.family === name ? [c] : []));
      const sums = Array.from(rows, (_, i) => members.reduce((total, c) => total + (columns[c]![i] as number), 0));
      expect(attribution.estimate).toBeCloseTo(mean(sums.map(Math.abs)), 12);
    }
    const apart = (feature('noise').attribution.estimate as number) + (feature('constant').attribution.estimate as number);
    expect(family('others').attribution.estimate).toBeLessThanOrEqual(apart + 1e-12);
  });

  it('loses nothing by dealing a constant anew, and next to nothing by dealing chance', () => {
    expect(feature('constant').attribution).toEqual({ estimate: 0, lower: 0, upper: 0 });
    expect(feature('constant').permutation).toEqual(nothing);
    const { estimate, lower, upper } = feature('noise').permutation!;
    expect(Math.abs(estimate as number)).toBeLessThan(0.02);
    expect(lower).toBeLessThan(0.01);
    expect(upper).toBeGreaterThan(-0.01);
  });

  it('deals among the rows of one fold: what is the same in a fold loses nothing', () => {
    expect(feature('fold_number').permutation).toEqual(nothing);
  });

  it('deals a family together, where one of two copies covers for the other', () => {
    const whole = family('drivers').permutation?.estimate as number;
    for (const name of ['driver', 'copy']) {
      const alone = feature(name).permutation?.estimate as number;
      expect(alone).toBeGreaterThan(0.01);
      expect(alone).toBeLessThan(0.8 * whole);
    }
  });

  it('is the same again for the same seed, and is plain data', () => {
    expect(gatherImportance(study, made.held, made.attributions, options)).toEqual(importance);
    expect(JSON.parse(JSON.stringify(importance))).toEqual(importance);
    const other = gatherImportance(study, made.held, made.attributions, { ...options, seed: 6, folds: 3 });
    expect(other.features[0]?.permutation).not.toEqual(importance.features[0]?.permutation);
    expect(other.features[0]?.attribution.estimate).toBe(importance.features[0]?.attribution.estimate);
  });

  it('tells how far it is, and stops where it is told to', () => {
    const seen: number[] = [];
    gatherImportance(study, made.held, made.attributions, {
      ...options,
      draws: 2,
      onProgress: ({ done, total }) => seen.push(done / (total as number)),
    });
    expect(seen.at(-1)).toBe(1);
    const stop = new AbortController();
    stop.abort();
    expect(() => gatherImportance(study, made.held, made.attributions, { ...options, signal: stop.signal })).toThrow(
      expect.objectContaining({ code: 'CANCELLED' }),
    );
  });

  it('explains a sample where rows are many', async () => {
    const some = await heldForests(study, 50);
    expect(gatherImportance(study, some.held, some.attributions, options).rows).toBe(50);
  });
});

describe('pairs', () => {
  const coin = (_row: number, stream: ReturnType<typeof randomStream>): number => stream.below(2);
  const base = withColumns(plain, [
    ['lone', 'a', (row) => age[row] as number],
    ['left', 'b', coin],
    ['right', 'c', coin],
    ['noise', 'd', (_row, stream) => stream.uniform()],
  ]);
  const [, left, right] = base.matrix.columns as [Float64Array, Float64Array, Float64Array];
  const chance = randomStream(9, 9);
  // Neither of the two says anything alone.
  const outcome = Uint8Array.from(left, (value, row) => (chance.uniform() < (value === right[row] ? 0.1 : 0.7) ? 1 : 0));
  const study = withColumns(
    base,
    base.matrix.features.map(({ name, family }, c) => [name, family, (row) => base.matrix.columns[c]![row] as number]),
    outcome,
  );
  let held: HeldForest[];
  let pairs: ReturnType<typeof gatherImportance>['pairs'];
  beforeAll(async () => {
    const made = await heldForests(study);
    ({ held } = made);
    ({ pairs } = gatherImportance(study, held, made.attributions, { ...options, draws: 2 }));
  });

  it('of an outcome that needs both come first, well before all others', () => {
    expect(pairs).toHaveLength(6);
    expect(new Set([pairs[0]?.first, pairs[0]?.second])).toEqual(new Set(['left', 'right']));
    expect(pairs[0]!.strength).toBeGreaterThan(3 * pairs[1]!.strength);
    expect(pairs[0]!.strength).toBeGreaterThan(0.1);
    expect(pairs.map(({ strength }) => strength)).toEqual(pairs.map(({ strength }) => strength).sort((a, b) => b - a));
  });

  it('have the strength that every tree gives when it is walked with and without each', () => {
    const names = study.matrix.features.map(({ name }) => name);
    const every = Math.max(1, Math.floor(study.matrix.rows / 300));
    for (const { first, second, strength } of pairs) {
      const [i, j] = [names.indexOf(first), names.indexOf(second)];
      const added = held.flatMap(({ forest, rows }) =>
        Array.from(rows)
          .filter((row) => row % every === 0)
          .map((row) => {
            const worth = (...known: number[]): number => expectedOutput(forest, rowOf(study, row), known);
            return Math.abs(worth(i, j) - worth(i) - worth(j) + worth());
          }),
      );
      expect(added.length).toBeGreaterThan(150);
      expect(strength).toBeCloseTo(mean(added), 12);
    }
  });
});

/** Second way to the worth of a coalition: shares of rows carried down from the root. */
function expectedOutput(forest: FlatForest, row: Float64Array, known: readonly number[]): number {
  let total = 0;
  const trees = forest.treeStart.length - 1;
  for (let tree = 0; tree < trees; tree += 1) {
    const open: [node: number, share: number][] = [[forest.treeStart[tree] as number, 1]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [node, share] = next;
      const column = forest.feature[node] as number;
      if (column < 0) {
        total += share * (forest.value[node] as number);
        continue;
      }
      const [l, r] = [forest.left[node] as number, forest.right[node] as number];
      const value = row[column] as number;
      const goesLeft = Number.isNaN(value) ? forest.missingLeft[node] === 1 : value <= (forest.threshold[node] as number);
      if (known.includes(column)) open.push([goesLeft ? l : r, share]);
      else
        for (const child of [l, r])
          open.push([child, (share * (forest.cover[child] as number)) / (forest.cover[node] as number)]);
    }
  }
  return total / trees;
}
