/** Runs become rows: medians over the rounds, ratios within pairs of neighbouring runs; results of two calls in one file. */
import { describe, expect, it } from '@jest/globals';
import { benchRow } from '../../../scripts/bench/bench-row.ts';
import { contestRows } from '../../../scripts/bench/contest-rows.ts';
import type { Contestant, Run } from '../../../scripts/bench/contest.ts';
import { merged } from '../../../scripts/bench/earlier-result.ts';
import { figure, resultText, type BenchResult } from '../../../scripts/bench/result-text.ts';

function run(contestant: Contestant, round: number, cpuS: number, rest: Partial<Run> = {}): Run {
  const fit = { cpuS, wallS: cpuS / 2, peakMb: 300, loadedMb: 100, addedMb: 200 };
  return {
    table: 'numeric-1k',
    round,
    contestant,
    version: '1',
    settings: {},
    outOfBag: false,
    loadS: 0,
    fit,
    auroc: 0.7,
    faults: {},
    ...rest,
  };
}

const runs = [1, 2, 3].flatMap((round) => [run('ours', round, round), run('ydf', round, [4, 6, 24][round - 1]!)]);
const pairs = [0, 2, 4].map((at) => ({ ours: runs[at]!, peer: runs[at + 1]! }));
const rows = contestRows({ runs, pairs, failures: [] });

const result = (part: Partial<BenchResult>): BenchResult => ({
  schema: 1,
  machine: { cpu: 'a processor', cores: 2, memoryGb: 8, system: 'Linux', node: 'v20', python: null, versions: { ours: '1' } },
  calls: [{ date: '2026-01-01T00:00:00.000Z', loadBefore: 0, options: {} }],
  tables: [],
  rows: [],
  failures: [],
  settings: [],
  exactSettings: {},
  ...part,
});

describe('contestRows', () => {
  it('takes the median of the ratios of neighbours, not the ratio of medians', () => {
    const ydf = rows.find((row) => row.contestant === 'ydf');
    expect(ydf).toMatchObject({ work: 'fit', cpuS: 6, wallS: 3, ratio: 4, ratioRange: [3, 8], rssMb: 200, auroc: 0.7, runs: 3 });
  });

  it('compares ours with itself', () => {
    expect(rows.find((row) => row.contestant === 'ours')).toMatchObject({ cpuS: 2, ratio: 1 });
  });

  it('leaves out a part that no run has', () => {
    expect(rows.map((row) => row.work)).toEqual(['fit', 'fit']);
  });
});

describe('merged', () => {
  const fit = (table: string, cpuS: number) => benchRow({ work: 'fit', table, contestant: 'ours', unit: 'fit', cpuS });

  it('keeps what was not measured again and replaces what was', () => {
    const both = merged(result({ rows: [fit('a', 1), fit('b', 2)] }), result({ rows: [fit('b', 3)] }));
    expect(both.rows.map(({ table, cpuS }) => [table, cpuS])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
    expect(both.calls).toHaveLength(2);
  });

  it('drops a failure that has since gone well', () => {
    const failure = { table: 'b', contestant: 'ours', what: 'run', error: 'no memory' };
    expect(merged(result({ failures: [failure] }), result({ rows: [fit('b', 3)] })).failures).toEqual([]);
    expect(merged(result({ failures: [failure] }), result({ rows: [fit('a', 3)] })).failures).toEqual([failure]);
  });
});

describe('resultText', () => {
  it('shows machine, ratios and every failure', () => {
    const text = resultText(
      result({ rows, failures: [{ table: 'numeric-1k', contestant: 'xgboost', what: 'run', error: 'no such library' }] }),
    );
    expect(text).toContain('a processor, 2 cores');
    expect(text).toMatch(/ydf +│ 6\.00 +│ 4\.00x/);
    expect(text).toMatch(/xgboost +│ run +│ no such library/);
  });

  it.each([
    [0.001234, '0.00123'],
    [12.34, '12.3'],
    [1234.5, '1235'],
    [0, '0'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('figure(%p) is %p', (value, text) => expect(figure(value)).toBe(text));
});
