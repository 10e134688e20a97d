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
    ['nine events', 1, 9, 'fewer than 10 events'],
    ['nine others', 0, 9, 'fewer than 10 discharges without the event'],
  ] as const)('%s: neither figures nor counts, and it says why', async (_, outcome, count, why) => {
    const { groups } = await table({ subgroups: [{ by: 'size', labels: small(outcome, count) }] });
    const [large, found] = groups;
    const none = { rows: null, patients: null, events: null };
    expect(found).toEqual({
      group: 'small',
      ...none,
      suppressed: why,
      differencesSuppressed: why,
      figures: {},
      differences: {},
    });
    // Its counts are those of all less the nine; FNR, FPR and PPV are fractions of them.
    expect(large).toMatchObject({ group: 'large', ...none, suppressed: null });
    expect(Object.keys(large!.figures)).toEqual(['auroc', 'brier', 'calibrationIntercept', 'calibrationSlope']);
    expect(large!.differences).toEqual({});
    expect(large!.differencesSuppressed).toBe(`the rest, against which it would be compared, has ${why}`);
  });

  test.each([0, 1] as const)('ten of outcome %i are enough', async (outcome) => {
    const { groups } = await table({ subgroups: [{ by: 'size', labels: small(outcome, 10) }] });
    for (const group of groups)
      expect([group.suppressed, Object.keys(group.differences)]).toEqual([null, ['auroc', 'fnr', 'fpr', 'ppv']]);
  });
});

describe('what gives a small count away', () => {
  /** Rows dealt out to a large, a middling and a small group, the last of `events` events, and to none. */
  function dealt(events: number, unlabelled: number): (string | null)[] {
    const left = { small: events, middling: 15 };
    return Array.from(input.outcome, (event, i) => {
      if (i < unlabelled) return null;
      if (event === 1 && left.small-- > 0) return 'small';
      if (event === 1 && left.middling-- > 0) return 'middling';
      return event === 1 || i % 9 > 2 ? 'large' : i % 9 === 0 ? 'small' : 'middling';
    });
  }

  test('the counts of the next smaller group go too, its other figures have two decimals; no number of either is left', async () => {
    const size = dealt(4, 0);
    const { groups, notRecorded } = await table({ subgroups: [{ by: 'size', labels: size }] });
    const [large, middling, small] = groups;
    expect(notRecorded).toBe(0);
    expect(small).toMatchObject({ rows: null, patients: null, events: null, suppressed: 'fewer than 10 events', figures: {} });
    expect(middling).toMatchObject({ rows: null, patients: null, events: null, suppressed: null, differencesSuppressed: null });
    expect(Object.keys(middling!.figures)).toEqual(['auroc', 'brier', 'calibrationIntercept', 'calibrationSlope']);
    expect(Object.keys(middling!.differences)).toEqual(['auroc']);
    for (const { estimate, lower, upper } of [...Object.values(middling!.figures), middling!.differences['auroc']!])
      for (const end of [estimate, lower, upper]) expect(Math.abs(end! * 100 - Math.round(end! * 100))).toBeLessThan(1e-9);
    const own = size.filter((label) => label === 'large').length;
    expect(large).toMatchObject({ rows: own, suppressed: null });
    expect(Object.keys(large!.figures)).toHaveLength(7);
  });

  test('few rows without a label are withheld with the smallest group, and count among the rest', async () => {
    const labelsNow = dealt(30, 5);
    const { groups, notRecorded } = await table({ subgroups: [{ by: 'size', labels: labelsNow }] });
    expect(notRecorded).toBeNull();
    expect(groups.map(({ group, rows }) => [group, rows === null])).toEqual([
      ['large', false],
      ['middling', false],
      ['small', true],
    ]);
    const own = [...labelsNow.keys()].filter((i) => labelsNow[i] === 'large');
    const others = [...labelsNow.keys()].filter((i) => labelsNow[i] !== 'large');
    expect(groups[0]!.differences['fpr']!.estimate).toBeCloseTo(on(own).fpr - on(others).fpr, 12);
  });

  test('many rows without a label are told, and are not among the rest', async () => {
    const labelsNow = dealt(30, 150);
    const { groups, notRecorded } = await table({ subgroups: [{ by: 'size', labels: labelsNow }] });
    expect(notRecorded).toBe(150);
    const own = [...labelsNow.keys()].filter((i) => labelsNow[i] === 'large');
    const others = [...labelsNow.keys()].filter((i) => labelsNow[i] !== 'large' && labelsNow[i] !== null);
    expect(groups[0]!.differences['fpr']!.estimate).toBeCloseTo(on(own).fpr - on(others).fpr, 12);
  });

  test('so few in all that nothing can be told: no group has counts or figures', async () => {
    const few = { small: 9, other: 9 };
    const outcome = Uint8Array.from(input.outcome, (_, i) => (i < 18 ? 1 : 0));
    const labelsNow = Array.from(outcome, (event, i) =>
      event === 1 ? (few.small-- > 0 ? 'small' : 'other') : i % 2 ? 'small' : 'other',
    );
    const { groups, notRecorded } = await table({ outcome, subgroups: [{ by: 'size', labels: labelsNow }] });
    expect(notRecorded).toBe(0);
    expect(groups).toHaveLength(2);
    for (const group of groups)
      expect(group).toMatchObject({ rows: null, suppressed: 'too few discharges to divide them so', figures: {} });
  });
});
