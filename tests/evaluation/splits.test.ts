import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { assignFolds, groupNumbers, temporalCut, temporalSplit } from '../../src/evaluation/index.ts';
import { errorCode } from './rows.ts';

const ids = Array.from({ length: 4000 }, (_, i) => `patient-${i % 2500}`);

describe('folds', () => {
  test('follow the stated rule', () => {
    const expected = ids.slice(0, 50).map((id) => {
      const bytes = createHash('sha256').update(`17:${id}`).digest();
      return bytes.readUIntBE(0, 6) % 5;
    });
    expect(Array.from(assignFolds(ids.slice(0, 50), 5, 17))).toEqual(expected);
  });

  test('a patient has one fold, whoever else is there and in any order', () => {
    const fold = assignFolds(ids, 5, 17);
    const of = new Map<string, number>();
    ids.forEach((id, i) => {
      expect(of.get(id) ?? fold[i]).toBe(fold[i]);
      of.set(id, fold[i]!);
    });
    const some = ids.filter((_, i) => i % 3 === 0).reverse();
    assignFolds(some, 5, 17).forEach((f, i) => expect(f).toBe(of.get(some[i]!)));
  });

  test('folds are about equal in patients and differ by seed', () => {
    const fold = assignFolds(ids.slice(0, 2500), 5, 17);
    const size = [0, 0, 0, 0, 0];
    for (const f of fold) size[f]!++;
    // 500 expected, standard deviation 20.
    for (const s of size) expect(Math.abs(s - 500)).toBeLessThan(100);
    expect(Array.from(assignFolds(ids.slice(0, 2500), 5, 18))).not.toEqual(Array.from(fold));
  });

  test('refusals', () => {
    expect(errorCode(() => assignFolds(ids, 1, 1))).toBe('EVALUATION_RANGE');
    expect(errorCode(() => assignFolds(ids, 5, 0.5))).toBe('EVALUATION_RANGE');
  });

  test('group numbers do not depend on the order of rows', () => {
    expect(Array.from(groupNumbers(['b', 'a', 'b', 'c']))).toEqual([1, 0, 1, 2]);
    expect(Array.from(groupNumbers(['c', 'b', 'a', 'b']))).toEqual([2, 1, 0, 1]);
  });
});

describe('temporal split', () => {
  const day = 86_400_000;
  const cut = 1000 * day;

  test('both edges of the gap', () => {
    const dischargeMs = Float64Array.of(970 * day - 1, 970 * day, cut - 1, cut, cut + 1);
    const split = temporalSplit({ dischargeMs, groups: Int32Array.of(1, 2, 3, 1, 2), cut, gapDays: 30 });
    expect(Array.from(split.train)).toEqual([0]);
    expect(Array.from(split.gap)).toEqual([1, 2]);
    expect(Array.from(split.test)).toEqual([3, 4]);
    // Patient 2 has a row in the gap only: not seen.
    expect(Array.from(split.seen)).toEqual([1, 0]);
  });

  test('the gap is 31 days unless told, and may be 0', () => {
    const dischargeMs = Float64Array.of(969 * day - 1, 969 * day, cut - 1, cut);
    const groups = Int32Array.of(1, 2, 3, 4);
    expect(temporalSplit({ dischargeMs, groups, cut }).train.length).toBe(1);
    expect(temporalSplit({ dischargeMs, groups, cut, gapDays: 0 }).train.length).toBe(3);
  });

  test('the cut leaves the asked share after it', () => {
    const dischargeMs = Float64Array.from({ length: 1000 }, (_, i) => ((i * 37) % 1000) * day);
    const at = temporalCut(dischargeMs, 0.25);
    expect(dischargeMs.filter((t) => t >= at).length).toBe(250);
  });

  test('refusals', () => {
    const groups = Int32Array.of(1);
    expect(errorCode(() => temporalSplit({ dischargeMs: Float64Array.of(NaN), groups, cut }))).toBe('EVALUATION_NAN');
    expect(errorCode(() => temporalSplit({ dischargeMs: Float64Array.of(1, 2), groups, cut }))).toBe(
      'EVALUATION_LENGTH_MISMATCH',
    );
    expect(errorCode(() => temporalSplit({ dischargeMs: Float64Array.of(1), groups, cut, gapDays: -1 }))).toBe(
      'EVALUATION_RANGE',
    );
    expect(errorCode(() => temporalCut(Float64Array.of(1), 1))).toBe('EVALUATION_RANGE');
  });
});
