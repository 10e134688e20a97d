/** Subgroups against the same statistics computed group by group on the rows written out. */
import { describe, expect, test } from '@jest/globals';
import {
  brier,
  bootstrapMeasures,
  calibrationIntercept,
  calibrationSlope,
  gatherEvidence,
  operatingPoint,
  withinStratumStatistic,
  type SubgroupTable,
} from '../../src/evaluation/index.ts';
import { madeUpEvidence } from './evidence-rows.ts';

const input = madeUpEvidence(9, 400);
const options = { draws: 30, seed: 4 };
const { forest } = input.risks;
const labels = input.subgroups[1]!.labels;

async function table(change: object = {}): Promise<SubgroupTable> {
  const { subgroups } = await gatherEvidence({ ...input, ...change }, options);
  return subgroups.at(-1)!;
}

function rowsWhere(claim: (label: string | null) => boolean): number[] {
  return [...labels.keys()].filter((i) => claim(labels[i]!));
}

function on(rows: readonly number[]): Record<'auroc' | 'fnr' | 'fpr' | 'ppv' | 'brier' | 'intercept' | 'slope', number> {
  const outcome = Uint8Array.from(rows, (i) => input.outcome[i]!);
  const risk = Float64Array.from(rows, (i) => forest[i]!);
  const fold = Int32Array.from(rows, (i) => input.fold![i]!);
  const point = operatingPoint(outcome, risk, 0.3);
  return {
    auroc: withinStratumStatistic(fold)(outcome, risk)(new Float64Array(rows.length).fill(1)),
    fnr: 1 - point.sensitivity,
    fpr: 1 - point.specificity,
    ppv: point.ppv,
    brier: brier(outcome, risk),
    intercept: calibrationIntercept(outcome, risk),
    slope: calibrationSlope(outcome, risk),
  };
}

test('figures are those of the group alone, differences those against the rows of other groups', async () => {
  const { groups, notRecorded, by, threshold } = await table();
  expect([by, threshold, notRecorded]).toEqual(['race', 0.3, rowsWhere((label) => label === null).length]);
  expect(groups.map(({ group }) => group)).toEqual(['a', 'b', 'c']);
  for (const { group, rows, patients, events, suppressed, figures, differences } of groups) {
    const own = rowsWhere((label) => label === group);
    const [ours, theirs] = [on(own), on(rowsWhere((label) => label !== null && label !== group))];
    expect(rows).toBe(own.length);
    expect(patients).toBe(new Set(own.map((i) => input.groups[i])).size);
    expect(events).toBe(own.filter((i) => input.outcome[i] === 1).length);
    expect(suppressed).toBeNull();
    for (const name of ['auroc', 'fnr', 'fpr', 'ppv'] as const) {
      expect(figures[name]!.estimate).toBeCloseTo(ours[name], 12);
      expect(differences[name]!.estimate).toBeCloseTo(ours[name] - theirs[name], 12);
    }
    expect(figures['brier']!.estimate).toBeCloseTo(ours.brier, 12);
    expect(figures['calibrationIntercept']!.estimate).toBeCloseTo(ours.intercept, 9);
    expect(figures['calibrationSlope']!.estimate).toBeCloseTo(ours.slope, 9);
  }
});

test('intervals are those of the same draws of patients', async () => {
  const { groups } = await table();
  const own = rowsWhere((label) => label === 'b');
  const rest = rowsWhere((label) => label !== null && label !== 'b');
  const aurocOf = (rows: readonly number[]) => {
    const measure = withinStratumStatistic(Int32Array.from(rows, (i) => input.fold![i]!))(
      Uint8Array.from(rows, (i) => input.outcome[i]!),
      Float64Array.from(rows, (i) => forest[i]!),
    );
    return (weight: Float64Array) => measure(Float64Array.from(rows, (i) => weight[i]!));
  };
  const [ours, theirs] = [aurocOf(own), aurocOf(rest)];
  const { alone, apart } = bootstrapMeasures({ alone: ours, apart: (w) => ours(w) - theirs(w) }, input.groups, options);
  const found = groups.find(({ group }) => group === 'b')!;
  expect(found.figures['auroc']).toEqual({ estimate: alone.estimate, lower: alone.lower, upper: alone.upper });
  for (const end of ['estimate', 'lower', 'upper'] as const) {
    expect(found.differences['auroc']![end]).toBeCloseTo(apart[end], 13);
  }
});

test('without folds pairs of all rows count', async () => {
  const { groups } = await table({ fold: null });
  const own = rowsWhere((label) => label === 'a');
  const alone = withinStratumStatistic(new Int32Array(own.length))(
    Uint8Array.from(own, (i) => input.outcome[i]!),
    Float64Array.from(own, (i) => forest[i]!),
  )(new Float64Array(own.length).fill(1));
  expect(groups[0]!.figures['auroc']!.estimate).toBeCloseTo(alone, 13);
});

describe('too few', () => {
  /** The first rows of one outcome get the label "small", as many as asked, with 20 of the other outcome. */
  function small(outcome: 0 | 1, count: number): (string | null)[] {
    const left = { [outcome]: count, [1 - outcome]: 20 } as Record<number, number>;
    return Array.from(input.outcome, (o) => (left[o]! > 0 ? (left[o]!--, 'small') : 'large'));
  }

  test.each([
    ['nine events', 1, 9, 'the group has 9 events, fewer than 10'],
    ['nine others', 0, 9, 'the group has 9 discharges without the event, fewer than 10'],
  ] as const)('%s: no figures, and it says why', async (_, outcome, count, why) => {
    const { groups } = await table({ subgroups: [{ by: 'size', labels: small(outcome, count) }] });
    const [large, found] = groups;
    expect(found).toMatchObject({ group: 'small', suppressed: why, differencesSuppressed: why, figures: {}, differences: {} });
    expect(Object.keys(large!.figures)).toHaveLength(7);
    expect(large!.differences).toEqual({});
    expect(large!.differencesSuppressed).toContain(`the rest, against which it would be compared, has ${why.slice(14)}`);
  });

  test.each([0, 1] as const)('ten of outcome %i are enough', async (outcome) => {
    const { groups } = await table({ subgroups: [{ by: 'size', labels: small(outcome, 10) }] });
    for (const group of groups)
      expect([group.suppressed, Object.keys(group.differences)]).toEqual([null, ['auroc', 'fnr', 'fpr', 'ppv']]);
  });
});
