/** Learning curve: whole patients, nested shares, the same discharges asked about, and a last point that is the cross-validation. */
import { describe, expect, it } from '@jest/globals';
import { foldAuroc, groupedRisks } from '../../src/training/validation.ts';
import { learningCurve, rowsOfShare } from '../../src/training/learning-curve.ts';
import type { Study } from '../../src/training/study.ts';
import { syntheticStudy } from './synthetic-study.ts';

const small = { trees: 10, minLeafRows: 5, workers: 1, seed: 3 };
const study = syntheticStudy(61, 300, (_, row) => `reason-${row % 5}`);
const options = { folds: 3, seed: 3, draws: 50 };

describe('learningCurve', () => {
  it('counts patients in the mean of the folds, and rises where there is something to learn', async () => {
    const points = await learningCurve(study, small, { ...options, shares: [0.05, 0.3, 1] });
    expect(points.map(({ share, patients }) => [share, patients])).toEqual([
      [0.05, 10],
      [0.3, 60],
      [1, 200],
    ]);
    expect(points[2]?.events).toBeGreaterThan(4 * (points[1]?.events as number) * 0.6);
    const [least, , most] = points.map(({ auroc }) => auroc.estimate as number);
    expect(most).toBeGreaterThan((least as number) + 0.05);
    for (const { auroc } of points) {
      expect(auroc.lower as number).toBeLessThan(auroc.estimate as number);
      expect(auroc.upper as number).toBeGreaterThan(auroc.estimate as number);
    }
  });

  it('ends at the cross-validation, made anew or taken over', async () => {
    const risks = await groupedRisks(study, small, options);
    const auroc = foldAuroc(study, options)(study.matrix.outcome, risks.forest)(new Float64Array(study.matrix.rows).fill(1));
    const [point] = await learningCurve(study, small, { ...options, shares: [1] });
    expect(point?.auroc.estimate).toBe(auroc);
    expect(await learningCurve(study, small, { ...options, shares: [1], whole: risks.forest })).toEqual([point]);
  });

  it('has no figure where there are too few events to learn from', async () => {
    let events = 0;
    const outcome = study.matrix.outcome.map((y) => (y === 1 && (events += 1) <= 8 ? 1 : 0));
    const quiet: Study = { ...study, matrix: { ...study.matrix, outcome } };
    const [few, all] = await learningCurve(quiet, small, { ...options, shares: [0.02, 1] });
    expect(few).toMatchObject({ share: 0.02, auroc: { estimate: null, lower: null, upper: null } });
    expect(all?.auroc.estimate).not.toBeNull();
  });

  it('takes whole patients, the fewer from among the more', () => {
    const { groups } = study.matrix;
    const train = Int32Array.from(groups.keys()).filter((row) => (groups[row] as number) % 3 !== 0);
    const taken = [0.1, 0.2, 0.4, 0.7, 1].map((share) => rowsOfShare(groups, train, share, 3, 1));
    for (const rows of taken) {
      const patients = new Set(Array.from(rows, (row) => groups[row]));
      expect(rows).toEqual(train.filter((row) => patients.has(groups[row])));
    }
    taken.reduce((fewer, more) => {
      expect(new Set(more)).toEqual(new Set([...fewer, ...more]));
      expect(more.length).toBeGreaterThan(fewer.length);
      return more;
    });
    expect(taken[4]).toEqual(train);
    expect(rowsOfShare(groups, train, 0.4, 3, 2)).not.toEqual(taken[2]);
  });
});
