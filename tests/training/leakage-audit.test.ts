import { describe, expect, it } from '@jest/globals';
import type { LeakageCheck } from '../../src/evaluation/index.ts';
import { auditStudy, type Study } from '../../src/training/index.ts';
import { permutationVerdict, reasonCheck } from '../../src/training/leakage-audit.ts';
import { randomStream } from '../../src/util/random.ts';
import { syntheticStudy } from './synthetic-study.ts';

const forest = { trees: 20, minLeafRows: 20, workers: 1, seed: 1 };
const options = { folds: 3, seed: 1, draws: 100 };
const study = syntheticStudy(1, 300, (patient) => (patient % 2 === 0 ? 'heart failure' : null));
const figure = (estimate: number, lower: number, upper: number) => ({ estimate, lower, upper });

async function audited(change: Partial<Study>): Promise<{ verdict: string; of: (check: string) => LeakageCheck }> {
  const { checks, verdict } = await auditStudy({ ...study, ...change }, forest, options);
  return { verdict, of: (name) => checks.find(({ check }) => check === name) as LeakageCheck };
}
const withColumns = (columns: Float64Array[]): Partial<Study> => ({ matrix: { ...study.matrix, columns } });

describe('the leakage audit of a study', () => {
  it('passes a sound study but for the age its outcome is made of, and says what it could not assess', async () => {
    const { verdict, of } = await audited({});
    const checks = ['duplicate-patients', 'calendar-time', 'record-length', 'label-permutation'];
    expect(checks.map((check) => of(check).verdict)).toEqual(checks.map(() => 'pass'));
    expect(of('single-feature')).toMatchObject({ verdict: 'warn', features: ['age_years'] });
    expect(of('as-of')).toMatchObject({ verdict: 'not-assessed', finding: 'the sample was not drawn' });
    expect(of('reason-only').figures['forestAuroc']).toBeGreaterThan(0.65);
    expect(Math.abs((of('reason-only').figures['reasonAuroc'] as number) - 0.5)).toBeLessThan(0.1);
    expect(of('record-length').bound).toContain('given age_years');
    expect(verdict).toBe('warn');
  });

  it('fails a column made of the outcome', async () => {
    const stream = randomStream(5, 0);
    const [age, prior] = study.matrix.columns as [Float64Array, Float64Array];
    const leak = Float64Array.from(study.matrix.outcome, (y) => y + 0.7 * stream.uniform());
    const { verdict, of } = await audited(withColumns([age, prior, leak]));
    expect(verdict).toBe('fail');
    expect(of('single-feature')).toMatchObject({ verdict: 'fail', features: ['last_sodium', 'age_years'] });
  });

  it('fails a column that is the year, and patients under two ids', async () => {
    const [age, prior] = study.matrix.columns as [Float64Array, Float64Array];
    const dated = await audited(withColumns([age, prior, study.matrix.dischargeMs]));
    expect(dated.of('calendar-time')).toMatchObject({ verdict: 'fail', features: ['last_sodium'] });
    const { matrix } = study;
    const copy = <T extends Float64Array>(values: T): Float64Array =>
      values.map((v, i, all) => (i === 0 ? all[matrix.rows - 1]! : v));
    const twin = { ...matrix, columns: matrix.columns.map(copy), dischargeMs: copy(matrix.dischargeMs) };
    expect((await audited({ matrix: twin })).of('duplicate-patients')).toMatchObject({ verdict: 'fail', figures: { rows: 1 } });
  });

  it('fails features that changed with what came later, and tells of a sample with nothing to take away', async () => {
    const trial = { discharges: 50, removed: 12, changedValues: 3, changed: ['last_sodium'] };
    const { of } = await audited({ asOfTrial: trial });
    expect(of('as-of')).toMatchObject({ verdict: 'fail', features: ['last_sodium'] });
    expect((await audited({ asOfTrial: { ...trial, removed: 0, changedValues: 0, changed: [] } })).of('as-of').verdict).toBe(
      'not-assessed',
    );
  });

  it('has no lookup where no discharge has a reason', async () => {
    const { of } = await audited({ matrix: { ...study.matrix, reasons: study.matrix.reasons.map(() => null) } });
    expect(of('reason-only')).toMatchObject({ verdict: 'not-assessed', finding: 'no reason of admission is recorded' });
  });
});

describe('verdicts', () => {
  it.each([
    [figure(0.51, 0.46, 0.56), null, 'pass'],
    [figure(0.56, 0.52, 0.6), figure(0.51, 0.47, 0.55), 'warn'],
    [figure(0.56, 0.52, 0.6), figure(0.44, 0.4, 0.48), 'warn'],
    [figure(0.56, 0.52, 0.6), figure(0.57, 0.53, 0.61), 'fail'],
    [figure(0.44, 0.4, 0.48), null, 'pass'],
    [figure(NaN, NaN, NaN), null, 'not-assessed'],
  ])('on permuted labels %j, then %j: %s', (first, second, verdict) => {
    const interval = (f: typeof first | null) => (f === null ? null : { ...f, draws: 100 });
    expect(permutationVerdict(interval(first)!, interval(second)).verdict).toBe(verdict);
  });

  it('of the reason: a lookup too good to be true fails, a model that adds nothing is told', () => {
    const check = (reason: ReturnType<typeof figure>, forestAuroc: number, gap: ReturnType<typeof figure>): string =>
      reasonCheck({
        headline: {
          forest: { auroc: figure(forestAuroc, 0, 1), withinReasonAuroc: figure(0.6, 0.55, 0.65) },
          reason: { auroc: reason },
        },
        reasonDifference: gap,
      }).verdict;
    expect(check(figure(0.6, 0.58, 0.62), 0.7, figure(0.1, 0.05, 0.15))).toBe('pass');
    expect(check(figure(0.6, 0.58, 0.62), 0.61, figure(0.01, -0.02, 0.04))).toBe('warn');
    expect(check(figure(0.9, 0.87, 0.93), 0.95, figure(0.05, 0.02, 0.08))).toBe('fail');
  });
});
