import { describe, expect, test } from '@jest/globals';
import { auroc, averagePrecision, withinStratumAuroc } from '../../src/evaluation/index.ts';
import { errorCode, madeUpRows } from './rows.ts';

/** All pairs, one by one. */
function byPairs(outcome: Uint8Array, risk: Float64Array, pairsUp: (i: number, j: number) => boolean) {
  let won = 0;
  let pairs = 0;
  for (let i = 0; i < outcome.length; i++) {
    for (let j = 0; j < outcome.length; j++) {
      if (outcome[i] !== 1 || outcome[j] !== 0 || !pairsUp(i, j)) continue;
      pairs++;
      won += risk[i]! > risk[j]! ? 1 : risk[i] === risk[j] ? 0.5 : 0;
    }
  }
  return { auroc: won / pairs, pairs };
}

describe('auroc', () => {
  test('Hanley and McNeil 1982, table I: 109 images rated 1 to 5, area 0.893', () => {
    const normal = [33, 6, 6, 11, 2];
    const abnormal = [3, 2, 2, 11, 33];
    const outcome: number[] = [];
    const rating: number[] = [];
    for (let r = 0; r < 5; r++) {
      outcome.push(...new Array<number>(normal[r]!).fill(0), ...new Array<number>(abnormal[r]!).fill(1));
      rating.push(...new Array<number>(normal[r]! + abnormal[r]!).fill(r + 1));
    }
    expect(outcome.length).toBe(109);
    expect(auroc(Uint8Array.from(outcome), Float64Array.from(rating))).toBeCloseTo(0.893, 3);
  });

  test('equals the count of all pairs, exactly, ties included', () => {
    for (let seed = 0; seed < 25; seed++) {
      const { outcome, risk } = madeUpRows(seed, 20 + 7 * seed, 10);
      expect(auroc(outcome, risk)).toBe(byPairs(outcome, risk, () => true).auroc);
    }
  });

  test('a constant score is one half; turning the score round gives one minus it', () => {
    const { outcome, risk } = madeUpRows(3, 80);
    expect(auroc(outcome, new Float64Array(80).fill(0.3))).toBe(0.5);
    expect(
      auroc(outcome, risk) +
        auroc(
          outcome,
          risk.map((r) => -r),
        ),
    ).toBeCloseTo(1, 14);
  });

  test('refusals', () => {
    const o = Uint8Array.of(0, 1);
    expect(errorCode(() => auroc(o, Float64Array.of(0.1)))).toBe('EVALUATION_LENGTH_MISMATCH');
    expect(errorCode(() => auroc(o, Float64Array.of(0.1, NaN)))).toBe('EVALUATION_NAN');
    expect(errorCode(() => auroc(o, Float64Array.of(0.1, Infinity)))).toBe('EVALUATION_NAN');
    expect(errorCode(() => auroc(Uint8Array.of(1, 1), Float64Array.of(0.1, 0.2)))).toBe('EVALUATION_ONE_CLASS');
    expect(errorCode(() => averagePrecision(Uint8Array.of(0, 0), Float64Array.of(0.1, 0.2)))).toBe('EVALUATION_ONE_CLASS');
    expect(errorCode(() => auroc(Uint8Array.of(0, 2), Float64Array.of(0.1, 0.2)))).toBe('EVALUATION_RANGE');
    expect(errorCode(() => auroc(new Uint8Array(0), new Float64Array(0)))).toBe('EVALUATION_RANGE');
  });
});

describe('average precision', () => {
  test('by hand: events at ranks 1 and 3 of 4', () => {
    expect(averagePrecision(Uint8Array.of(1, 0, 1, 0), Float64Array.of(4, 3, 2, 1))).toBeCloseTo((1 + 2 / 3) / 2, 15);
  });

  test('a constant score gives the event rate', () => {
    expect(averagePrecision(Uint8Array.of(1, 0, 0, 0), new Float64Array(4))).toBe(0.25);
  });
});

describe('within-stratum auroc', () => {
  test('equals the count of pairs that share a stratum; negative strata form none', () => {
    for (let seed = 0; seed < 25; seed++) {
      const { outcome, risk, stratum } = madeUpRows(seed, 60 + seed, 10);
      const expected = byPairs(outcome, risk, (i, j) => stratum[i]! >= 0 && stratum[i] === stratum[j]);
      const found = withinStratumAuroc(outcome, risk, stratum);
      expect(found.auroc).toBe(expected.auroc);
      expect(found.pairs).toBe(expected.pairs);
    }
  });

  test('a risk that is the stratum rate ranks well over all and not at all within', () => {
    const { outcome, stratum } = madeUpRows(5, 200);
    const risk = Float64Array.from(stratum, (s) => (s + 1) / 10);
    expect(withinStratumAuroc(outcome, risk, stratum).auroc).toBe(0.5);
  });

  test('no stratum with both outcomes is refused', () => {
    const call = () => withinStratumAuroc(Uint8Array.of(0, 1), Float64Array.of(0.1, 0.2), Int32Array.of(1, 2));
    expect(errorCode(call)).toBe('EVALUATION_ONE_CLASS');
    expect(errorCode(() => withinStratumAuroc(Uint8Array.of(0, 1), Float64Array.of(0.1, 0.2), Int32Array.of(1)))).toBe(
      'EVALUATION_LENGTH_MISMATCH',
    );
  });
});
