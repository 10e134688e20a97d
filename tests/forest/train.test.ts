import { describe, expect, test } from '@jest/globals';
import { checkForest, predictColumns, trainForest } from '../../src/forest/index.ts';
import type { ForestOptions, TrainingTable } from '../../src/forest/index.ts';
import { binColumns } from '../../src/forest/bins.ts';
import { numberGroups } from '../../src/forest/bootstrap.ts';
import { leafOf } from '../../src/forest/walk.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { TreeGrower } from '../../src/forest/tree-grower.ts';
import { createTrainingJob } from '../../src/forest/training-job.ts';
import { randomStream } from '../../src/util/random.ts';
import { bytesOf, reorder, rowOf, shuffledOrder, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable({ rows: 800, columns: 9, rowsPerGroup: 3 });
const options: Partial<ForestOptions> = { trees: 25, minLeafRows: 5, seed: 11, workers: 1 };

/** Without the continuous columns, whose bins depend on how often a row is there. */
const fewValued = (t: TrainingTable): TrainingTable => ({
  ...t,
  featureCount: 6,
  columns: t.columns.filter((_, f) => f % 3 !== 0),
});

/** The leaf of every row in every tree. */
function leaves(forest: Awaited<ReturnType<typeof trainForest>>['forest'], t: TrainingTable): number[] {
  const found: number[] = [];
  for (let row = 0; row < t.rows; row++) {
    const x = rowOf(t, row);
    for (const root of forest.treeStart.slice(0, -1)) found.push(leafOf(forest, root, x));
  }
  return found;
}

describe('a trained forest', () => {
  test('is sound, in range, and finds the signal', async () => {
    const { forest, outOfBag } = await trainForest(table, options);
    checkForest(forest);
    const risk = predictColumns(forest, table.columns, table.rows);
    for (const x of [...risk, ...outOfBag]) expect(x >= 0 && x <= 1).toBe(true);
    const mean = (y: number): number => {
      const chosen = outOfBag.filter((_, row) => table.outcome[row] === y);
      return chosen.reduce((a, b) => a + b, 0) / chosen.length;
    };
    expect(mean(1)).toBeGreaterThan(mean(0) + 0.1);
  });

  test('the same call gives the same bytes, another seed others, and nothing given is changed', async () => {
    const before = structuredClone(table);
    const given = Object.freeze({ ...options });
    const first = await trainForest(table, given);
    const second = await trainForest(table, given);
    expect(bytesOf(second.forest)).toBe(bytesOf(first.forest));
    expect(second.outOfBag).toEqual(first.outOfBag);
    expect(bytesOf((await trainForest(table, { ...options, seed: 12 })).forest)).not.toBe(bytesOf(first.forest));
    expect(table).toEqual(before);
  });

  test('a shorter forest is the beginning of a longer one', async () => {
    const long = (await trainForest(table, options)).forest;
    const short = (await trainForest(table, { ...options, trees: 4 })).forest;
    expect(long.threshold.slice(0, short.threshold.length)).toEqual(short.threshold);
  });

  test('raw values are routed as bins were', async () => {
    for (const maxBins of [2, 5, 63, 255]) {
      const resolved = resolveForestOptions({ ...options, maxBins, trees: 5 }, table.featureCount);
      const job = createTrainingJob(table, resolved);
      const { bins, binCount } = binColumns(table.columns, table.rows, maxBins);
      const { forest } = await trainForest(table, resolved);
      const grower = new TreeGrower(job);
      for (let t = 0; t < 5; t++) {
        const tree = grower.grow(t);
        for (let row = 0; row < table.rows; row++) {
          let node = 0;
          while (tree.feature[node]! >= 0) {
            const f = tree.feature[node]!;
            const bin = bins[f * table.rows + row]!;
            const goesLeft = bin === binCount[f] ? tree.missingLeft[node] === 1 : bin <= tree.cut[node]!;
            node = goesLeft ? tree.left[node]! : tree.right[node]!;
          }
          expect(leafOf(forest, forest.treeStart[t]!, rowOf(table, row)) - forest.treeStart[t]!).toBe(node);
        }
      }
    }
  });

  // The second table is large enough for subtrees to be grown from the local buffer.
  test.each([
    [800, 9],
    [9000, 250],
  ])('covers and values are what the sample says, %d x %d', (rows, columns) => {
    const wide = syntheticTable({ rows, columns, rowsPerGroup: 2 });
    const resolved = resolveForestOptions({ trees: 2, seed: 5, minLeafRows: 5 }, columns);
    const grower = new TreeGrower(createTrainingJob(wide, resolved));
    const { bins, binCount } = binColumns(wide.columns, rows, resolved.maxBins);
    const { group } = numberGroups(wide.groups!);
    for (let t = 0; t < 2; t++) {
      const tree = grower.grow(t);
      const cover = new Float64Array(tree.nodes);
      const positive = new Float64Array(tree.nodes);
      const distinct = new Int32Array(tree.nodes);
      for (let row = 0; row < rows; row++) {
        const times = grower.drawn[group[row]!]!;
        for (let node = 0; node >= 0;) {
          cover[node]! += times;
          positive[node]! += times * wide.outcome[row]!;
          distinct[node]! += times > 0 ? 1 : 0;
          const f = tree.feature[node]!;
          const bin = bins[f * rows + row]!;
          const goesLeft = bin === binCount[f] ? tree.missingLeft[node] === 1 : bin <= tree.cut[node]!;
          node = f < 0 ? -1 : goesLeft ? tree.left[node]! : tree.right[node]!;
        }
      }
      expect(tree.nodes).toBeGreaterThan(50);
      expect(tree.cover).toEqual(cover);
      tree.value.forEach((value, node) => expect(Math.abs(value - positive[node]! / cover[node]!)).toBeLessThan(2 ** -32));
      expect(Math.min(...distinct)).toBeGreaterThanOrEqual(5);
    }
  });

  test('a strictly increasing change of a column leaves every row in its leaf', async () => {
    const changed = {
      ...table,
      columns: table.columns.map((column, f) => (f === 0 || f === 1 ? column.map((x) => Math.exp(x) * 7 - 2) : column)),
    };
    const [a, b] = [await trainForest(table, options), await trainForest(changed, options)];
    expect(leaves(b.forest, changed)).toEqual(leaves(a.forest, table));
    expect(b.outOfBag).toEqual(a.outOfBag);
    expect(b.forest.threshold).not.toEqual(a.forest.threshold);
  });

  test('row order does not matter when groups are drawn, nor when nothing is', async () => {
    const order = shuffledOrder(table.rows, randomStream(3, 3));
    const shuffled = reorder(table, order);
    for (const bootstrap of ['group', 'none'] as const) {
      const [a, b] = [
        await trainForest(table, { ...options, bootstrap }),
        await trainForest(shuffled, { ...options, bootstrap }),
      ];
      expect(bytesOf(b.forest)).toBe(bytesOf(a.forest));
      expect(b.outOfBag).toEqual(Float64Array.from(order, (row) => a.outOfBag[row]!));
    }
  });

  test('leaves hold at least minLeafRows distinct in-bag rows, paths at most maxDepth splits', async () => {
    const { forest } = await trainForest(table, { ...options, bootstrap: 'none', minLeafRows: 30, maxDepth: 3 });
    const depth = new Int32Array(forest.feature.length);
    forest.feature.forEach((feature, node) => {
      expect(forest.cover[node]).toBeGreaterThanOrEqual(30);
      if (feature < 0) return;
      depth[forest.left[node]!] = depth[forest.right[node]!] = depth[node]! + 1;
    });
    expect(Math.max(...depth)).toBe(3);
  });

  test('leaves hold at least minLeafWeight, times drawn and case weights included', async () => {
    const random = randomStream(2, 7);
    for (const weights of [undefined, Float64Array.from({ length: table.rows }, () => random.uniform() + 0.1)]) {
      const weighed = weights === undefined ? table : { ...table, weights };
      const { forest } = await trainForest(weighed, { ...options, minLeafRows: 1, minLeafWeight: 17.5 });
      const leafCovers = Array.from(forest.cover).filter((_, node) => forest.feature[node]! < 0);
      expect(Math.min(...leafCovers)).toBeGreaterThanOrEqual(17.5);
      expect(Math.min(...leafCovers)).toBeLessThan(20);
    }
  });

  test('with every column at every node the root is the best of all cuts of all columns', async () => {
    const few = fewValued(table);
    const { forest } = await trainForest(few, {
      ...options,
      bootstrap: 'none',
      mtry: few.featureCount,
      trees: 4,
      minLeafRows: 1,
    });
    const impurity = (rows: number[]): number => {
      const share = rows.reduce((sum, row) => sum + few.outcome[row]!, 0) / rows.length;
      return rows.length === 0 ? 0 : rows.length * share * (1 - share);
    };
    const all = Array.from(few.outcome.keys());
    const decrease = (f: number, threshold: number, missingLeft: boolean): number => {
      const goesLeft = (row: number): boolean =>
        few.columns[f]![row]! <= threshold || (Number.isNaN(few.columns[f]![row]!) && missingLeft);
      return impurity(all) - impurity(all.filter(goesLeft)) - impurity(all.filter((row) => !goesLeft(row)));
    };
    const best = Math.max(
      ...few.columns.flatMap((_, f) => [0, 1, 2, 3, 4, 5].flatMap((v) => [decrease(f, v, true), decrease(f, v, false)])),
    );
    for (const root of forest.treeStart.slice(0, -1)) {
      expect(decrease(forest.feature[root]!, forest.threshold[root]!, forest.missingLeft[root] === 1)).toBeCloseTo(best, 9);
    }
  });
});

test('a column that is constant in a node does not count as one of its mtry', async () => {
  const constant = Array.from({ length: 30 }, () => new Float64Array(table.rows));
  const columns = [...constant.slice(0, 15), table.columns[1]!, ...constant.slice(15)];
  const { forest } = await trainForest({ ...table, featureCount: 31, columns }, { ...options, mtry: 1 });
  for (const root of forest.treeStart.slice(0, -1)) expect(forest.feature[root]).toBe(15);
});

describe('missing values', () => {
  test('where a node has none, they follow the heavier child', async () => {
    const { forest } = await trainForest(fewValued(syntheticTable({ rows: 800, columns: 9, missing: 0 })), options);
    let heavierLeft = 0;
    forest.feature.forEach((f, node) => {
      if (f < 0) return;
      const isLeft = forest.cover[forest.left[node]!]! > forest.cover[forest.right[node]!]!;
      heavierLeft += isLeft ? 1 : 0;
      expect(forest.missingLeft[node]).toBe(isLeft ? 1 : 0);
    });
    expect(heavierLeft).toBeGreaterThan(10);
  });

  const rows = 400;
  const random = randomStream(9, 0);
  const present = Float64Array.from({ length: rows }, () => random.uniform());
  const outcome = Uint8Array.from(present, () => random.below(2));
  const informative = present.map((x, row) => (outcome[row] === 1 ? x : NaN));

  test('missingness that tells is learned, and +Infinity at prediction time counts as present', async () => {
    const { forest } = await trainForest(
      { featureCount: 1, rows, columns: [informative], outcome },
      { trees: 1, bootstrap: 'none' },
    );
    expect(Array.from(predictColumns(forest, [Float64Array.of(NaN, 0.5, -1e300, 1e300)], 4))).toEqual([0, 1, 1, 1]);
  });
});

describe('out-of-bag', () => {
  const drawnOf = (t: TrainingTable, resolved: ReturnType<typeof resolveForestOptions>): Int32Array[] => {
    const grower = new TreeGrower(createTrainingJob(t, resolved));
    return Array.from({ length: resolved.trees }, (_, tree) => {
      grower.grow(tree);
      return grower.drawn.slice();
    });
  };

  test('is the mean over the trees whose sample lacks the whole group', async () => {
    const trained = await trainForest(table, options);
    const drawn = drawnOf(table, trained.options);
    const { group } = numberGroups(table.groups!);
    let unseen = 0;
    for (let row = 0; row < table.rows; row++) {
      const values = Array.from(trained.forest.treeStart.slice(0, -1))
        .filter((_, tree) => drawn[tree]![group[row]!] === 0)
        .map((root) => trained.forest.value[leafOf(trained.forest, root, rowOf(table, row))]!);
      unseen += values.length;
      expect(trained.outOfBag[row]).toBe(values.reduce((a, b) => a + b, 0) / values.length);
    }
    expect(unseen / table.rows / 25).toBeCloseTo(Math.exp(-1), 1);
  });

  test('is NaN where nothing is drawn, and where every tree saw the row', async () => {
    expect((await trainForest(table, { ...options, bootstrap: 'none' })).outOfBag.every(Number.isNaN)).toBe(true);
    const { outOfBag } = await trainForest(table, { ...options, trees: 1 });
    expect(outOfBag.some(Number.isNaN)).toBe(true);
    expect(outOfBag.every(Number.isNaN)).toBe(false);
  });

  test('without groups rows are drawn, and the options say so', async () => {
    const { groups: _, ...plain } = table;
    const asked = await trainForest(plain, options);
    expect(asked.options.bootstrap).toBe('row');
    expect(bytesOf(asked.forest)).toBe(bytesOf((await trainForest(table, { ...options, bootstrap: 'row' })).forest));
  });

  test('by row it is optimistic where a patient repeats, by group it is not', async () => {
    const random = randomStream(21, 0);
    const patients = 120;
    const rows = patients * 5;
    const label = Uint8Array.from({ length: patients }, () => random.below(2));
    const value = Float64Array.from({ length: patients }, () => random.uniform());
    const repeated: TrainingTable = {
      featureCount: 1,
      rows,
      columns: [Float64Array.from({ length: rows }, (_, row) => value[row % patients]!)],
      outcome: Uint8Array.from({ length: rows }, (_, row) => label[row % patients]!),
      groups: Int32Array.from({ length: rows }, (_, row) => row % patients),
    };
    const error = async (bootstrap: 'row' | 'group'): Promise<number> => {
      const { outOfBag } = await trainForest(repeated, { trees: 60, minLeafRows: 2, maxBins: 255, bootstrap });
      return outOfBag.reduce((sum, p, row) => sum + (p - repeated.outcome[row]!) ** 2, 0) / rows;
    };
    expect(await error('row')).toBeLessThan(0.05);
    expect(await error('group')).toBeGreaterThan(0.25);
  });
});

describe('case weights', () => {
  const random = randomStream(4, 4);
  const times = Array.from({ length: table.rows }, () => random.below(4));
  const weights = Float64Array.from(times);

  test('whole weights equal repeated rows', async () => {
    const order = times.flatMap((count, row) => Array<number>(count).fill(row));
    const common: Partial<ForestOptions> = { ...options, bootstrap: 'none', minLeafRows: 1, maxDepth: 5, maxBins: 255, trees: 5 };
    const weighted = await trainForest(fewValued({ ...table, weights }), common);
    const repeated = await trainForest(fewValued(reorder(table, order)), common);
    expect(bytesOf(weighted.forest)).toBe(bytesOf(repeated.forest));
  });

  test('weights of 1 change nothing, a common factor only the covers', async () => {
    const plain = await trainForest(table, options);
    const ones = await trainForest({ ...table, weights: new Float64Array(table.rows).fill(1) }, options);
    const halves = await trainForest({ ...table, weights: new Float64Array(table.rows).fill(0.5) }, options);
    expect(bytesOf(ones.forest)).toBe(bytesOf(plain.forest));
    expect(halves.forest.threshold).toEqual(plain.forest.threshold);
    expect(halves.forest.cover).toEqual(plain.forest.cover.map((cover) => cover / 2));
  });

  test('fractional weights give a sound forest', async () => {
    const uneven = Float64Array.from(times, (w) => w / 3 + (w === 0 ? 0 : random.uniform()));
    checkForest((await trainForest({ ...table, weights: uneven }, options)).forest);
  });
});

describe('a run', () => {
  test('tells its progress', async () => {
    const seen: number[] = [];
    await trainForest(table, options, {
      onProgress: ({ task, done, total }) => seen.push(done) && expect([task, total]).toEqual(['trees', 25]),
    });
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  test('can be cancelled before and during', async () => {
    await expect(trainForest(table, options, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    const controller = new AbortController();
    let done = 0;
    const run = trainForest(
      table,
      { ...options, trees: 10_000 },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          done = progress.done;
          if (done === 10) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(done).toBeLessThan(10_000);
  });
});
