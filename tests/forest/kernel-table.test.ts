/** Quantising in the kernel against quantising in TypeScript: equal bins and borders, to the bit. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { binColumns } from '../../src/forest/bins.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { prepareKernel } from './kernel-run.ts';
import { randomStream } from '../../src/util/random.ts';

/** Bins of each column, column-major, and its borders, as bits. */
async function quantised(
  columns: readonly Float64Array[],
  maxBins: number,
): Promise<{ bins: Uint8Array; byColumn: Uint8Array | undefined; borders: string[] }> {
  const rows = columns[0]!.length;
  const outcome = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  const options = resolveForestOptions({ maxBins, bootstrap: 'none' }, columns.length);
  const table = { rows, featureCount: columns.length, columns, outcome };
  const { memory, plan, columns: made } = await prepareKernel(table, options);
  const { rowBins, columnBins } = plan.shared;
  const byRow = new Uint8Array(memory.buffer, rowBins, rows * plan.stride);
  const bins = Uint8Array.from(
    { length: rows * columns.length },
    (_, i) => byRow[(i % rows) * plan.stride + Math.floor(i / rows)]!,
  );
  return {
    bins,
    byColumn: columnBins === 0 ? undefined : new Uint8Array(memory.buffer, columnBins, bins.length).slice(),
    borders: bordersOf(made, columns.length),
  };
}

function bordersOf(
  { binCount, borders, maxBins }: { binCount: Uint8Array; borders: Float64Array; maxBins: number },
  columns: number,
): string[] {
  return Array.from({ length: columns }, (_, f) => {
    const own = borders.slice(f * maxBins, f * maxBins + Math.max(0, binCount[f]! - 1));
    return `${binCount[f]} ${Buffer.from(own.buffer).toString('hex')}`;
  });
}

async function expectEqual(columns: readonly Float64Array[], maxBins: number): Promise<void> {
  const found = await quantised(columns, maxBins);
  const expected = binColumns(columns, columns[0]!.length, maxBins);
  expect(found.borders).toEqual(bordersOf(expected, columns.length));
  expect(Buffer.compare(found.bins, expected.bins)).toBe(0);
  if (found.byColumn !== undefined) expect(Buffer.compare(found.byColumn, expected.bins)).toBe(0);
}

test('on random columns of any doubles', async () => {
  const value = fc.oneof(
    fc.double({ noDefaultInfinity: true }),
    fc.constantFrom(0, -0, NaN, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE),
    fc.integer({ min: -20, max: 20 }),
  );
  const columns = fc
    .integer({ min: 1, max: 300 })
    .chain((rows) => fc.array(fc.array(value, { minLength: rows, maxLength: rows }), { minLength: 1, maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(columns, fc.integer({ min: 2, max: 255 }), async (made, maxBins) => {
      await expectEqual(
        made.map((column) => Float64Array.from(column)),
        maxBins,
      );
    }),
    { numRuns: 200, seed: 4 },
  );
});

test('on long columns of many shapes', async () => {
  const rows = 20_000;
  const random = randomStream(3, 3);
  const of = (value: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => value(row));
  const columns = [
    of(() => random.uniform()),
    of(() => random.uniform() - 0.5),
    of(() => Math.exp(40 * random.uniform() - 20)),
    // All share their upper halves; long runs of equal upper halves.
    of(() => 1 + random.below(5000) * Number.EPSILON),
    of(() => 1e12 + random.below(100_000) / 1024),
    of((row) => 1_577_836_800_000 + row * 60_000 + random.below(1000)),
    of(() => Math.round(random.uniform() * 400) / 10),
    of(() => random.below(300)),
    of(() => random.below(63)),
    of(() => (random.uniform() < 0.7 ? 0 : random.uniform())),
    of(() => (random.uniform() < 0.4 ? NaN : random.uniform() ** 5)),
    of((row) => row),
    of((row) => -row),
    of(() => random.below(2)),
    of(() => NaN),
    of(() => 7),
    of((row) => (row < 64 ? row : 5)),
  ];
  for (const maxBins of [2, 17, 63, 255]) await expectEqual(columns, maxBins);
  // Large enough for bins by columns beside those by rows.
  await expectEqual(Array.from({ length: 9 }, () => columns).flat(), 63);
});
