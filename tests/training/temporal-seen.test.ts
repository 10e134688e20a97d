/** Seen and unseen patients of a split in time, apart. */
import { describe, expect, it } from '@jest/globals';
import { temporalCut, temporalSplit } from '../../src/evaluation/index.ts';
import type { Risks } from '../../src/training/held-out.ts';
import { splitSeen } from '../../src/training/temporal-seen.ts';
import { syntheticStudy } from './synthetic-study.ts';

const { matrix } = syntheticStudy(71, 150, () => null);
const { dischargeMs, groups } = matrix;
const split = temporalSplit({ dischargeMs, groups, cut: temporalCut(dischargeMs, 0.4) });
const risk = Float64Array.from(split.test, (row) => row / matrix.rows);
const risks: Risks = { forest: risk, logistic: risk, prevalence: risk, reason: risk, lace: risk };

describe('splitSeen', () => {
  const parts = splitSeen(matrix, split, risks);
  const trained = new Set(Array.from(split.train, (row) => groups[row]));

  it('parts the test rows by whether their patient was trained on, each row with its own risks', () => {
    expect(parts.map(({ patients }) => patients)).toEqual(['seen', 'unseen']);
    for (const { patients, rows, risks: own } of parts) {
      expect(rows.length).toBeGreaterThan(10);
      for (const row of rows) expect(trained.has(groups[row])).toBe(patients === 'seen');
      expect(Object.keys(own)).toEqual(Object.keys(risks));
      expect(own.lace).toEqual(Float64Array.from(rows, (row) => row / matrix.rows));
    }
    expect([...parts.flatMap(({ rows }) => [...rows])].sort((a, b) => a - b)).toEqual([...split.test]);
  });

  it('counts events, and says why a part cannot be judged', () => {
    for (const { rows, events, tooFew } of parts) {
      expect(events).toBe(rows.reduce((sum, row) => sum + (matrix.outcome[row] as number), 0));
      expect(tooFew).toBeNull();
    }
    const [, unseen] = parts;
    const four = new Set(Array.from(unseen?.rows ?? []).slice(0, 4));
    const [, few] = splitSeen({ outcome: matrix.outcome.map((_, row) => (four.has(row) ? 1 : 0)) }, split, risks);
    expect(few?.tooFew).toBe(
      `4 events among ${few?.rows.length} test discharges of unseen patients; at least 5 of each outcome are needed`,
    );
  });
});
