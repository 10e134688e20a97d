import { describe, expect, test } from '@jest/globals';
import { binColumns, midpoint } from '../../src/forest/bins.ts';
import { randomStream } from '../../src/util/random.ts';

const random = randomStream(5, 0);
const columns: [string, Float64Array][] = [
  ['continuous', Float64Array.from({ length: 3000 }, () => random.uniform())],
  ['integers', Float64Array.from({ length: 3000 }, () => random.below(200))],
  ['mostly zero', Float64Array.from({ length: 3000 }, () => (random.uniform() < 0.8 ? 0 : random.uniform() - 0.5))],
  ['two-valued', Float64Array.from({ length: 3000 }, () => random.below(2))],
  ['with missing', Float64Array.from({ length: 3000 }, () => (random.uniform() < 0.5 ? NaN : random.uniform() ** 9))],
  ['neighbouring doubles', Float64Array.from({ length: 3000 }, (_, i) => 1 + (i % 100) * Number.EPSILON)],
  ['extremes', Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE)],
  ['all missing', new Float64Array(10).fill(NaN)],
];

describe.each([2, 7, 63, 255])('%d bins', (maxBins) => {
  test.each(columns)('%s: x <= border says the same as bin <= cut', (_title, column) => {
    const { bins, binCount, borders } = binColumns([column], column.length, maxBins);
    const count = binCount[0]!;
    expect(count).toBeLessThanOrEqual(maxBins);
    column.forEach((x, row) => {
      if (Number.isNaN(x)) expect(bins[row]).toBe(count);
      for (let cut = 0; cut < count - 1; cut++) {
        if (!Number.isNaN(x) && x <= borders[cut]! !== bins[row]! <= cut) throw new Error(`row ${row}, cut ${cut}`);
      }
    });
  });

  test.each(columns)('%s: every bin is used and equal values share one', (_title, column) => {
    const { bins, binCount } = binColumns([column], column.length, maxBins);
    const present = column.filter((x) => !Number.isNaN(x));
    const distinct = new Set(Array.from(present, (x) => x + 0)).size;
    const used = new Set(Array.from(bins).filter((_, row) => !Number.isNaN(column[row]!)));
    expect(used.size).toBe(binCount[0]!);
    if (distinct <= maxBins) expect(used.size).toBe(distinct);
  });

  test('a strictly increasing change leaves every row in its bin', () => {
    const [, column] = columns[0]!;
    const changed = column.map((x) => Math.exp(20 * x) - 3);
    expect(binColumns([changed], 3000, maxBins).bins).toEqual(binColumns([column], 3000, maxBins).bins);
  });
});

test('bins of a continuous column hold about equal shares', () => {
  const { bins } = binColumns([columns[0]![1]], 3000, 10);
  const counts = new Array<number>(10).fill(0);
  bins.forEach((bin) => counts[bin]!++);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
});

test('a frequent value stands alone', () => {
  const [, column] = columns[2]!;
  const { bins } = binColumns([column], 3000, 10);
  const binOfZero = bins[column.indexOf(0)];
  expect(column.every((x, row) => (x === 0) === (bins[row] === binOfZero))).toBe(true);
});

test('midpoints', () => {
  expect(midpoint(1, 2)).toBe(1.5);
  expect(midpoint(-Number.MAX_VALUE, Number.MAX_VALUE)).toBe(0);
  expect(midpoint(1, 1 + Number.EPSILON)).toBe(1);
  expect(midpoint(0, Number.MIN_VALUE)).toBe(0);
  expect(midpoint(-Number.MIN_VALUE, 0)).toBe(-Number.MIN_VALUE);
});
