/**
 * Evidence as a whole: its figures are those of the single functions, and do not depend on threads.
 */
import { describe, expect, test } from '@jest/globals';
import { resample } from '../../src/evaluation/draw-pool.ts';
import {
  aurocStatistic,
  averagePrecisionStatistic,
  bootstrapDifferences,
  bootstrapIntervals,
  brierStatistic,
  calibrationInterceptStatistic,
  calibrationSlopeStatistic,
  compareRisks,
  gatherEvidence,
  logLossStatistic,
  measurePanel,
  operatingPoint,
  scaledBrierStatistic,
  withinStratumStatistic,
} from '../../src/evaluation/index.ts';
import { madeUpEvidence } from './evidence-rows.ts';

const input = madeUpEvidence(5, 300);
const options = { draws: 40, seed: 11 };

describe('headline', () => {
  const strata = input.reason.map((r, i) => (r < 0 ? -1 : r * 3 + input.fold![i]!));
  const statistics = {
    auroc: withinStratumStatistic(input.fold!),
    withinReasonAuroc: withinStratumStatistic(strata),
    averagePrecision: averagePrecisionStatistic,
    brier: brierStatistic,
    scaledBrier: scaledBrierStatistic,
    logLoss: logLossStatistic,
    calibrationIntercept: calibrationInterceptStatistic,
    calibrationSlope: calibrationSlopeStatistic,
  };

  test.each(['forest', 'noisy'])('of %s are those of each statistic alone, bit for bit', async (name) => {
    const { headline } = await gatherEvidence(input, options);
    const alone = bootstrapIntervals({ ...input, risk: input.risks[name]!, statistics }, options);
    expect(Object.keys(headline[name]!)).toEqual(Object.keys(statistics));
    for (const [metric, { estimate, lower, upper }] of Object.entries(alone)) {
      expect(headline[name]![metric]).toEqual({ estimate, lower, upper });
    }
  });

  test('of a rate that differs by fold alone say nothing of a slope, and rank nobody', async () => {
    const rate = input.outcome.reduce((sum, y) => sum + y, 0) / input.outcome.length;
    const rates = Float64Array.from(input.fold!, (k) => rate + k / 500);
    const { headline } = await gatherEvidence({ ...input, risks: { ...input.risks, rates } }, options);
    expect(headline['rates']!['calibrationSlope']).toEqual({ estimate: null, lower: null, upper: null });
    expect(headline['rates']!['auroc']).toEqual({ estimate: 0.5, lower: 0.5, upper: 0.5 });
    expect(headline['rates']!['averagePrecision']!.estimate).toBeCloseTo(rate, 12);
    expect(headline['rates']!['calibrationIntercept']!.estimate).not.toBeNull();
    // Without folds the same numbers are one model's, and have a slope.
    const whole = await gatherEvidence({ ...input, fold: null, risks: { ...input.risks, rates } }, options);
    expect(whole.headline['rates']!['calibrationSlope']!.estimate).not.toBeNull();
  });

  test('of a risk of which only the order counts are those of order', async () => {
    const { headline, decision } = await gatherEvidence(input, options);
    expect(Object.keys(headline['points']!)).toEqual(['auroc', 'withinReasonAuroc', 'averagePrecision']);
    expect(Object.keys(decision.baselines)).toEqual(['noisy']);
  });

  test('without folds the AUROC is that of all rows', async () => {
    const { headline } = await gatherEvidence({ ...input, fold: null }, options);
    const { estimate, lower, upper } = bootstrapIntervals(
      { ...input, risk: input.risks.forest, statistics: { it: aurocStatistic } },
      options,
    ).it;
    expect(headline['forest']!['auroc']).toEqual({ estimate, lower, upper });
  });

  test('differences are forest minus the other on the same draws', async () => {
    const { differences } = await gatherEvidence(input, options);
    const { auroc } = bootstrapDifferences(
      { ...input, risk: input.risks.forest, reference: input.risks['noisy']!, statistics: { auroc: statistics.auroc } },
      options,
    );
    expect(differences['noisy']).toMatchObject({ estimate: auroc.estimate, lower: auroc.lower, upper: auroc.upper });
    expect(Object.keys(differences)).toEqual(['noisy', 'points']);
    for (const { p, pHolm } of Object.values(differences)) expect(p! > 0 && p! <= pHolm! && pHolm! <= 1).toBe(true);
  });
});

test('actions agree with the operating point, and the number needed to evaluate is the PPV turned over', async () => {
  const { actions } = await gatherEvidence(input, options);
  const perDay = (input.day.length / new Set(input.day).size).toFixed(1);
  expect(actions.map(({ rule }) => rule)).toEqual([
    'risk of at least 20 %',
    `the highest of each day, of ${perDay} on average`,
    `the 2 highest of each day, of ${perDay} on average`,
  ]);
  const [action] = actions;
  const point = operatingPoint(input.outcome, input.risks.forest, 0.2);
  expect(action!.truePositives).toBe(point.truePositives);
  expect(action!.sensitivity.estimate).toBe(point.sensitivity);
  expect(action!.specificity.estimate).toBe(point.specificity);
  expect(action!.ppv.estimate).toBe(point.ppv);
  expect(action!.npv.estimate).toBe(point.npv);
  expect(action!.flaggedPer100.estimate).toBeCloseTo(100 * point.flaggedShare, 12);
  expect(action!.numberNeededToEvaluate.lower).toBe(1 / action!.ppv.upper!);
  expect(action!.numberNeededToEvaluate.upper).toBe(1 / action!.ppv.lower!);
});

test('parts add up', async () => {
  const { rows, events, calibration, brier, decision, subgroups, bootstrap } = await gatherEvidence(input, options);
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  expect(total(calibration.groups.map((g) => g.rows))).toBe(rows);
  expect(total(calibration.histogram.map((bin) => bin.events))).toBe(events);
  expect(total(calibration.histogram.map((bin) => bin.others))).toBe(rows - events);
  expect(calibration.histogram.at(-1)!.events + calibration.histogram.at(-1)!.others).toBeGreaterThan(0);
  expect(brier.reliability - brier.resolution + brier.uncertainty + brier.withinBin).toBeCloseTo(brier.brier.estimate!, 14);
  expect(decision.model.x).toHaveLength(36);
  expect(decision.all[0]).toBeCloseTo(events / rows - ((1 - events / rows) * 0.05) / 0.95, 14);
  expect(subgroups).toHaveLength(2);
  for (const { notRecorded, groups } of subgroups) expect(notRecorded! + total(groups.map((g) => g.rows!))).toBe(rows);
  const bins = [
    ...calibration.histogram,
    ...calibration.groups.map((group) => ({ events: group.events, others: group.rows - group.events })),
  ].filter((bin) => bin.events + bin.others > 0);
  for (const bin of bins) expect(Math.min(bin.events, bin.others)).toBeGreaterThanOrEqual(10);
  expect(bootstrap).toEqual({ draws: 40, seed: 11, unit: 'patients' });
});

test('is plain data: JSON keeps it whole', async () => {
  const oneGroup = { ...input, subgroups: [{ by: 'all', labels: input.subgroups[0]!.labels.map(() => 'one') }] };
  const evidence = await gatherEvidence({ ...oneGroup, thresholds: [1] }, options);
  expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  expect(evidence.actions[0]!.ppv).toEqual({ estimate: null, lower: null, upper: null });
  expect(evidence.subgroups[0]!.groups[0]!.differencesSuppressed).toBe('there are no others');
});

describe('threads', () => {
  const many = madeUpEvidence(6, 300);
  const enough = { draws: 101, seed: 2 };

  test('one, two or three give the same evidence', async () => {
    const [one, two, three] = [
      await gatherEvidence(many, { ...enough, workers: 1 }),
      await gatherEvidence(many, { ...enough, workers: 2 }),
      await gatherEvidence(many, { ...enough, workers: 3 }),
    ];
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  test('progress ends at all draws', async () => {
    const seen: number[] = [];
    await compareRisks(
      { ...many, reference: 'noisy' },
      { ...enough, workers: 2, onProgress: ({ done, total }) => seen.push(done / total!) },
    );
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBe(6);
  });

  test.each([1, 2])('cancelling ends the work of %i', async (workers) => {
    const stop = new AbortController();
    const run = gatherEvidence(many, { ...enough, workers, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test('a thread that fails ends the work', async () => {
    const prepared = { panel: measurePanel([() => 0]), groups: many.groups };
    const broken = { kind: 'risks' as const, input: { ...many, outcome: many.outcome.slice(1) } };
    await expect(resample(broken, { ...enough, workers: 2 }, prepared)).rejects.toMatchObject({
      code: 'EVALUATION_WORKER_FAILED',
      cause: { message: expect.stringContaining('EVALUATION_LENGTH_MISMATCH') },
    });
  });

  test('work that is cancelled before it begins starts no thread', async () => {
    const run = gatherEvidence(many, { ...enough, workers: 2, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('comparison of many', () => {
  test('metrics as in evidence, differences with the sign turned, adjusted within a metric', async () => {
    const evidence = await gatherEvidence(input, options);
    const table = await compareRisks({ ...input, reference: 'forest' }, options);
    expect(table.metrics).toEqual(evidence.headline);
    const { estimate, lower, upper, p, pHolm } = evidence.differences['noisy']!;
    expect(table.differences['auroc']!['noisy']).toEqual({
      estimate: -estimate!,
      lower: expect.closeTo(-upper!, 12),
      upper: expect.closeTo(-lower!, 12),
      p,
      pHolm,
    });
    expect(Object.keys(table.differences['brier']!)).toEqual(['noisy']);
  });

  test('points as the reference leave the metrics of order', async () => {
    const { differences } = await compareRisks({ ...input, reference: 'points' }, options);
    expect(Object.keys(differences)).toEqual(['auroc', 'withinReasonAuroc', 'averagePrecision']);
  });
});

test('refusals', async () => {
  const refused = (change: object): Promise<unknown> =>
    gatherEvidence({ ...input, ...change }, options).catch((e: unknown) => (e as { code: string }).code);
  expect(await refused({ orderOnly: ['forest'] })).toBe('EVALUATION_RANGE');
  expect(await refused({ orderOnly: [] })).toBe('EVALUATION_RANGE');
  expect(await refused({ thresholds: [1.2] })).toBe('EVALUATION_RANGE');
  expect(await refused({ capacities: [0] })).toBe('EVALUATION_RANGE');
  expect(await refused({ outcome: new Uint8Array(300) })).toBe('EVALUATION_ONE_CLASS');
  expect(await refused({ day: new Int32Array(3) })).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(await refused({ fold: new Int32Array(3) })).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(await refused({ reason: new Int32Array(3) })).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(await refused({ groups: new Int32Array(3) })).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(await refused({ subgroups: [{ by: 'sex', labels: [] }] })).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(await refused({ risks: { forest: input.risks.forest.map(() => NaN) } })).toBe('EVALUATION_NAN');
  await expect(gatherEvidence(input, { ...options, workers: 0 })).rejects.toMatchObject({ code: 'EVALUATION_RANGE' });
  await expect(compareRisks({ ...input, reference: 'none' }, options)).rejects.toMatchObject({ code: 'EVALUATION_RANGE' });
});
