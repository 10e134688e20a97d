/** Logistic regression against scikit-learn (scripts/golden/logistic.py), its laws, and the choice of its penalty by brute force. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { fitLogistic, logisticRisk, penaltyGrid, type LogisticTable } from '../../src/baseline/index.ts';
import { choleskyFactor, choleskySolve } from '../../src/baseline/cholesky.ts';
import { logLoss } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

interface Case {
  title: string;
  c: number;
  train: (number | null)[][];
  outcome: number[];
  other: (number | null)[][];
  expect: { coefficients: number[]; intercept: number; risk: number[] };
}
const cases = JSON.parse(readFileSync(new URL('./golden/logistic.json', import.meta.url), 'utf8')) as Case[];
const columnsOf = (cells: (number | null)[][]): Float64Array[] =>
  cells.map((column) => Float64Array.from(column, (v) => v ?? Number.NaN));
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] ?? Number.NaN))), 0);

test('the golden file has its cases', () => expect(cases).toHaveLength(4));

describe.each(cases)('$title', ({ c, train, outcome, other, expect: golden }) => {
  const table = { columns: columnsOf(train), outcome: Uint8Array.from(outcome), groups: Int32Array.from(outcome.keys()) };
  const model = fitLogistic(table, { seed: 1, grid: [c] });

  it('keeps the columns, coefficients and intercept', () => {
    expect(model.columns.map(({ feature, missing }) => `${feature}${missing ? ' missing' : ''}`)).toEqual(
      // Constant (5), all missing (6) and, but for its gaps, constant (7) columns go; their indicators stay where they vary.
      ['0', '1', '2', '2 missing', '3', '4', '4 missing', '7 missing'],
    );
    expect(model.coefficients).toHaveLength(golden.coefficients.length);
    expect(furthest(model.coefficients, golden.coefficients)).toBeLessThan(1e-6);
    expect(Math.abs(model.intercept - golden.intercept)).toBeLessThan(1e-6);
  });

  it('gives other rows the same risks', () => {
    expect(furthest(logisticRisk(model, columnsOf(other), golden.risk.length), golden.risk)).toBeLessThan(1e-6);
  });
});

/** Four columns, one of them with gaps; patients of three rows. */
function made(seed: number, rows: number, strength: number): LogisticTable {
  const stream = randomStream(seed, 0);
  const columns = Array.from({ length: 4 }, () => Float64Array.from({ length: rows }, () => stream.below(9)));
  columns[3]?.forEach((v, r, column) => (column[r] = v > 5 ? Number.NaN : v));
  const outcome = Uint8Array.from({ length: rows }, (_, r) => {
    const eta = -1.5 + strength * ((columns[0]?.[r] as number) - 4);
    return stream.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
  });
  return { columns, outcome, groups: Int32Array.from({ length: rows }, (_, r) => Math.floor(r / 3)) };
}

describe('the choice of the penalty', () => {
  /** Held-out log loss of whole patients, with nothing shared between the folds. */
  function lossOf(table: LogisticTable, c: number, seed: number): number {
    const fold = table.groups.map((g) => randomStream(seed, g).below(3));
    const losses = [0, 1, 2].map((k) => {
      const part = (inside: boolean): LogisticTable => {
        const keep = (_: number, r: number): boolean => (fold[r] === k) === inside;
        return {
          columns: table.columns.map((column) => column.filter(keep)),
          outcome: table.outcome.filter(keep),
          groups: table.groups.filter(keep),
        };
      };
      const test = part(true);
      const risk = logisticRisk(fitLogistic(part(false), { seed, grid: [c] }), test.columns, test.outcome.length);
      return logLoss(test.outcome, risk) * test.outcome.length;
    });
    return losses.reduce((sum, loss) => sum + loss, 0);
  }

  it.each([
    ['a strong signal', 0.8, 600],
    ['a weak signal', 0.1, 600],
    ['none', 0, 90],
  ])('is the least held-out loss of whole patients: %s', (_, strength, rows) => {
    const table = made(11, rows, strength);
    const losses = penaltyGrid.map((c) => lossOf(table, c, 7));
    expect(fitLogistic(table, { seed: 7 }).c).toBe(penaltyGrid[losses.indexOf(Math.min(...losses))]);
  });

  it('shrinks less where there is more to learn', () => {
    const strong = fitLogistic(made(12, 900, 0.8), { seed: 1 }).c as number;
    expect(strong).toBeGreaterThan(fitLogistic(made(12, 900, 0), { seed: 1 }).c as number);
  });
});

describe('a fit', () => {
  it('does not change with the order of rows', () => {
    const table = made(13, 300, 0.5);
    const turned = {
      columns: table.columns.map((column) => column.toReversed()),
      outcome: table.outcome.toReversed(),
      groups: table.groups.toReversed(),
    };
    const [a, b] = [fitLogistic(table, { seed: 1 }), fitLogistic(turned, { seed: 1 })];
    expect(b.c).toBe(a.c);
    expect(furthest(b.coefficients, a.coefficients)).toBeLessThan(1e-9);
  });

  it('does not change with the units of a column', () => {
    const table = made(14, 300, 0.5);
    const other = { ...table, columns: table.columns.map((column, j) => (j === 0 ? column.map((v) => 1000 - 37 * v) : column)) };
    const risk = logisticRisk(fitLogistic(table, { seed: 1 }), table.columns, 300);
    expect(furthest(logisticRisk(fitLogistic(other, { seed: 1 }), other.columns, 300), risk)).toBeLessThan(1e-9);
  });

  it('has a mean risk of the event rate, for the intercept is free', () => {
    const table = made(15, 300, 0.5);
    const risk = logisticRisk(fitLogistic(table, { seed: 1 }), table.columns, 300);
    const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(risk)).toBeCloseTo(mean(table.outcome), 10);
  });

  it('gives a discharge its own risk, whatever stands beside it', () => {
    const table = made(16, 200, 0.5);
    const model = fitLogistic(table, { seed: 1 });
    const all = logisticRisk(model, table.columns, 200);
    const one = table.columns.map((column) => column.subarray(9, 10));
    expect(logisticRisk(model, one, 1)[0]).toBe(all[9]);
  });

  it('gives the base rate where there is one outcome, or nothing to learn from', () => {
    const table = made(17, 30, 0.5);
    const none = fitLogistic({ ...table, outcome: new Uint8Array(30) }, { seed: 1 });
    expect(logisticRisk(none, table.columns, 30)[0]).toBeCloseTo(0.5 / 31, 12);
    const flat = { ...table, columns: [new Float64Array(30).fill(4), new Float64Array(30).fill(Number.NaN)] };
    const rate = table.outcome.reduce((sum, y) => sum + y, 0) / 30;
    expect(logisticRisk(fitLogistic(flat, { seed: 1 }), flat.columns, 30)[3]).toBeCloseTo(rate, 12);
  });

  it('shrinks most where the inner folds have too few events to choose by', () => {
    const table = { ...made(18, 60, 0.5), groups: new Int32Array(60) };
    expect(fitLogistic(table, { seed: 1 }).c).toBe(penaltyGrid[0]);
  });
});

describe('Cholesky', () => {
  it('solves a system worked out by hand', () => {
    // [4 2; 2 3] = [2 0; 1 √2] [2 1; 0 √2]; x = (1, 2) gives (8, 8).
    const factor = choleskyFactor(Float64Array.of(4, 0, 2, 3), 2) as Float64Array;
    expect([...factor]).toEqual([2, 0, 1, Math.SQRT2]);
    const [x, y] = choleskySolve(factor, Float64Array.of(8, 8));
    expect(x).toBeCloseTo(1, 14);
    expect(y).toBeCloseTo(2, 14);
  });

  it('has no factor of a matrix that is not positive definite', () => {
    expect(choleskyFactor(Float64Array.of(1, 0, 2, 1), 2)).toBeUndefined();
  });
});
