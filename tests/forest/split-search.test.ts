import { describe, expect, test } from '@jest/globals';
import { packRow, stretch } from '../../src/forest/row-mass.ts';
import { SplitSearch } from '../../src/forest/split-search.ts';
import type { BestCut } from '../../src/forest/split-search.ts';
import { randomStream } from '../../src/util/random.ts';

interface Case {
  readonly bins: number;
  readonly column: Uint8Array;
  readonly outcome: Uint8Array;
  readonly weight: Float64Array;
  readonly minLeafRows: number;
}

function gini(rows: number[], { outcome, weight }: Case): { rows: number; weight: number; impurity: number } {
  const total = rows.reduce((sum, row) => sum + weight[row]!, 0);
  const share = rows.reduce((sum, row) => sum + weight[row]! * outcome[row]!, 0) / total;
  return { rows: rows.length, weight: total, impurity: 2 * share * (1 - share) };
}

/** The largest decrease of weighted Gini impurity over all cuts and both sides for the missing rows; 0 when no cut is allowed. */
function bruteForce(data: Case): number {
  const all = Array.from(data.column.keys());
  const parent = gini(all, data);
  let best = 0;
  for (let cut = 0; cut < data.bins; cut++) {
    for (const missingLeft of [false, true]) {
      const goesLeft = (row: number): boolean => (data.column[row] === data.bins ? missingLeft : data.column[row]! <= cut);
      const left = all.filter(goesLeft);
      const right = all.filter((row) => !goesLeft(row));
      if (left.length < data.minLeafRows || right.length < data.minLeafRows) continue;
      const [l, r] = [gini(left, data), gini(right, data)];
      best = Math.max(best, parent.impurity - (l.weight * l.impurity + r.weight * r.impurity) / parent.weight);
    }
  }
  return best;
}

function find(data: Case, packed: boolean, longest = Infinity, batch = 1): { best: BestCut; varies: boolean; weight: number } {
  const { column, outcome, weight, bins } = data;
  // Three copies, so that a batch holds columns that tie; the first found is kept.
  const search = new SplitSearch(new Uint8Array(3).fill(bins), outcome, data.minLeafRows);
  const rows = Int32Array.from(column.keys());
  const node = { rows: rows.length, weight: 0, positive: 0 };
  for (const row of rows) {
    node.weight += weight[row]!;
    node.positive += weight[row]! * outcome[row]!;
  }
  const height = column.length;
  const sample = {
    rows,
    bins: Uint8Array.from({ length: 3 * height }, (_, i) => column[i % height]!),
    height,
    mass: packed ? weight.map((w, row) => packRow(w, outcome[row]!)) : weight,
    stretch: packed ? Math.min(longest, stretch(Math.max(...weight))) : 0,
  };
  const best = { feature: -1, cut: 0, missingLeft: 0, gainTop: 0, gainBottom: 1 };
  const varies = new Uint8Array(4);
  // Once before, with other rows and a pass that is not full: nothing of it may be left.
  if (rows.length > 2) search.tryColumns({ ...best }, node, sample, 1, rows.length - 1, Int32Array.of(1, 2, 0), 0, 2, varies);
  search.tryColumns(best, node, sample, 0, rows.length, Int32Array.of(2, 0, 1), 0, batch, varies);
  expect(best.feature === -1 || best.feature === 2).toBe(true);
  expect(new Set(varies.subarray(0, batch)).size).toBe(1);
  return { best, varies: varies[0] === 1, weight: node.weight };
}

function impurityDecrease(best: BestCut, weight: number): number {
  return best.feature < 0 ? 0 : (2 * best.gainTop) / best.gainBottom / weight ** 2;
}

function randomCase(seed: number, wholeWeights: boolean): Case {
  const random = randomStream(seed, wholeWeights ? 1 : 2);
  const rows = 2 + random.below(40);
  const bins = 1 + random.below(8);
  const missing = random.below(2) * 0.3;
  return {
    bins,
    column: Uint8Array.from({ length: rows }, () => (random.uniform() < missing ? bins : random.below(bins))),
    outcome: Uint8Array.from({ length: rows }, () => random.below(2)),
    weight: Float64Array.from({ length: rows }, () => (wholeWeights ? 1 + random.below(4) : random.uniform() + 0.1)),
    minLeafRows: 1 + random.below(5),
  };
}

describe('the best cut against all cuts', () => {
  test.each([true, false])('whole weights: %p', (wholeWeights) => {
    let gained = 0;
    for (let seed = 0; seed < 400; seed++) {
      const data = randomCase(seed, wholeWeights);
      const { best, weight } = find(data, wholeWeights);
      expect(Math.abs(impurityDecrease(best, weight) - bruteForce(data))).toBeLessThan(1e-12);
      if (best.feature < 0) continue;
      gained++;
      const left = Array.from(data.column.keys()).filter((row) =>
        data.column[row] === data.bins ? best.missingLeft === 1 : data.column[row]! <= best.cut,
      );
      expect(left.length).toBeGreaterThanOrEqual(data.minLeafRows);
      expect(data.column.length - left.length).toBeGreaterThanOrEqual(data.minLeafRows);
    }
    expect(gained).toBeGreaterThan(200);
  });
});

test('counting in short stretches changes nothing', () => {
  for (let seed = 0; seed < 50; seed++) {
    const data = randomCase(seed, true);
    expect(find(data, true, 3)).toEqual(find(data, true));
  }
});

test('counting several columns at once changes nothing, and leaves nothing behind', () => {
  for (let seed = 0; seed < 50; seed++) {
    const data = randomCase(seed, true);
    for (const batch of [1, 2, 3]) expect(find(data, true, Infinity, batch)).toEqual(find(data, true));
  }
});

test('a constant column says so, a column of one value and missing does not', () => {
  const outcome = Uint8Array.of(0, 1, 0, 1);
  const weight = new Float64Array(4).fill(1);
  expect(find({ bins: 3, column: Uint8Array.of(1, 1, 1, 1), outcome, weight, minLeafRows: 1 }, true).varies).toBe(false);
  expect(find({ bins: 3, column: Uint8Array.of(3, 3, 3, 3), outcome, weight, minLeafRows: 1 }, true).varies).toBe(false);
  const both = find({ bins: 3, column: Uint8Array.of(1, 3, 1, 3), outcome, weight, minLeafRows: 1 }, true);
  expect(both.varies).toBe(true);
  expect(both.best).toMatchObject({ feature: 2, cut: 2, missingLeft: 0 });
});
