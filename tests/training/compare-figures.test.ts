/** Comparison of arms given as arrays: equal rows are paired, others on what they share, and the order of arms says nothing. */
import { describe, expect, it } from '@jest/globals';
import { compareArms, type ArmDifference, type ArmRows } from '../../src/training/compare-figures.ts';
import { pairArms } from '../../src/training/compare-pairing.ts';
import { assignFolds } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const rules = {
  metrics: ['auroc', 'brier', 'calibrationSlope'],
  draws: 200,
  seed: 3,
  adjust: 'holm',
  reference: 'good',
} as const;
const mutable = { ...rules, metrics: [...rules.metrics] };

/** Two discharges each of many patients; risks follow the outcome by `signal`. */
function arm(name: string, signal: number, repeats = 1): ArmRows {
  const stream = randomStream(9, 0);
  const patients = Array.from({ length: 120 }, (_, p) => [`p${p}`, `p${p}`]).flat();
  const outcome = Uint8Array.from(patients, () => (stream.uniform() < 0.3 ? 1 : 0));
  const noise = randomStream(10, Math.round(signal * 100));
  const risk = (): Float64Array =>
    Float64Array.from(outcome, (y) => 0.1 + 0.8 * (signal * (0.3 + 0.4 * y) + (1 - signal) * noise.uniform()));
  return {
    name,
    indexIds: patients.map((p, i) => `${p}-${i % 2}`),
    patientIds: patients,
    outcome,
    reasons: patients.map(() => null),
    risks: Array.from({ length: repeats }, risk),
    folds: Array.from({ length: repeats }, (_, r) => assignFolds(patients, 3, 1 + r)),
  };
}

function only(rows: ArmRows, isKept: (row: number) => boolean): ArmRows {
  const kept = [...rows.indexIds.keys()].filter(isKept);
  return {
    ...rows,
    indexIds: kept.map((i) => rows.indexIds[i] as string),
    patientIds: kept.map((i) => rows.patientIds[i] as string),
    outcome: Uint8Array.from(kept, (i) => rows.outcome[i] as number),
    reasons: kept.map(() => null),
    risks: rows.risks.map((risk) => Float64Array.from(kept, (i) => risk[i] as number)),
    folds: rows.folds.map((fold) => Int32Array.from(kept, (i) => fold[i] as number)),
  };
}

const [good, fair, poor] = [arm('good', 0.6), arm('fair', 0.4), arm('poor', 0.1)];
const byName = (differences: readonly ArmDifference[], name: string): ArmDifference =>
  differences.find((d) => d.arm === name) as ArmDifference;

describe('compareArms', () => {
  it('tells a worse arm from chance, and none from itself', async () => {
    const same = { ...good, name: 'same' };
    const { differences, figures } = await compareArms([good, same, poor], mutable, {});
    const worse = byName(differences, 'poor').differences['auroc'];
    expect(worse?.upper).toBeLessThan(0);
    expect(worse?.p).toBeLessThan(0.02);
    expect(byName(differences, 'same').differences['auroc']).toEqual({ estimate: 0, lower: 0, upper: 0, p: 1, pAdjusted: 1 });
    expect(worse?.estimate).toBeCloseTo(
      (figures['poor']?.['auroc']?.estimate as number) - (figures['good']?.['auroc']?.estimate as number),
      12,
    );
  });

  it('adjusts p values over the arms compared with the reference', async () => {
    const { differences, pairs } = await compareArms([good, fair, poor], mutable, {});
    for (const metric of rules.metrics) {
      const p = differences.map((d) => d.differences[metric]?.p as number).sort((a, b) => a - b);
      const adjusted = differences.map((d) => d.differences[metric]?.pAdjusted as number).sort((a, b) => a - b);
      expect(adjusted[0]).toBeCloseTo(Math.min(1, 2 * (p[0] as number)), 12);
    }
    expect(pairs.map((d) => [d.arm, d.reference])).toEqual([
      ['fair', 'good'],
      ['poor', 'good'],
      ['poor', 'fair'],
    ]);
  });

  it('gives the same figures for arms in any order', async () => {
    const one = await compareArms([good, fair, poor], mutable, {});
    const other = await compareArms([poor, good, fair], mutable, {});
    expect(other.figures).toEqual(one.figures);
    for (const name of ['fair', 'poor']) expect(byName(other.differences, name)).toEqual(byName(one.differences, name));
  });

  it('takes the mean over repeats', async () => {
    const twice = arm('good', 0.6, 2);
    const single = (r: number): ArmRows => ({
      ...twice,
      risks: [twice.risks[r] as Float64Array],
      folds: [twice.folds[r] as Int32Array],
    });
    const estimate = async (rows: ArmRows): Promise<number> =>
      (await compareArms([rows, fair], mutable, {})).figures['good']?.['auroc']?.estimate as number;
    expect(await estimate(twice)).toBeCloseTo(((await estimate(single(0))) + (await estimate(single(1)))) / 2, 12);
  });

  it('compares arms of other rows on those they share, with counts', async () => {
    const part = only(poor, (row) => row % 2 === 0 || row < 60);
    const { differences } = await compareArms([good, part], mutable, {});
    const shared = only(good, (row) => row % 2 === 0 || row < 60);
    const { differences: expected } = await compareArms([shared, part], mutable, {});
    const { pairing, differences: figures } = byName(differences, 'poor');
    expect(pairing).toMatchObject({ kind: 'common', rows: 150, onlyArm: 0, onlyReference: 90, otherOutcome: 0 });
    expect(figures).toEqual(byName(expected, 'poor').differences);
  });

  it('does not pair arms that share too little, and resamples each by itself', async () => {
    const first = only(good, (row) => row < 120);
    const second = { ...only(good, (row) => row >= 112), name: 'second' };
    const { differences } = await compareArms([first, second], mutable, {});
    const { pairing, differences: figures } = byName(differences, 'second');
    expect(pairing).toMatchObject({ kind: 'unpaired', rows: null, onlyArm: 120, onlyReference: 112 });
    expect(pairing.note).toContain('not paired');
    const width = (figures['brier']?.upper as number) - (figures['brier']?.lower as number);
    expect(width).toBeGreaterThan(0);
  });
});

describe('pairArms', () => {
  it('leaves out discharges with another outcome', () => {
    const other = { ...good, outcome: good.outcome.map((y, row) => (row < 7 ? 1 - y : y)) };
    expect(pairArms(good, other).pairing).toMatchObject({
      kind: 'common',
      rows: 233,
      otherOutcome: 7,
      onlyArm: 0,
      onlyReference: 0,
    });
  });

  it('calls equal rows and outcomes identical', () => {
    expect(pairArms(good, fair).pairing).toMatchObject({ kind: 'identical', rows: 240, patients: 120 });
  });
});
