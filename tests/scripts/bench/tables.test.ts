/** The tables that forests are measured on: repeatable, of the shape they are said to have, and the same numbers in float32. */
import { describe, expect, it } from '@jest/globals';
import { clinicalTable, syntheticTable } from '../../../scripts/bench/tables.ts';
import type { TrainingTable } from '../../../src/forest/index.ts';

const share = (values: ArrayLike<number>, is: (value: number) => boolean): number =>
  Array.from(values).filter(is).length / values.length;
const twoValued = (column: Float64Array): boolean => new Set(column).size <= 2;

describe.each<[string, (rows: number, seed: number) => TrainingTable, number]>([
  ['syntheticTable', syntheticTable, 60],
  ['clinicalTable', clinicalTable, 100],
])('%s', (_, make, columns) => {
  it('is the same for the same seed and another for another', () => {
    const table = make(300, 7);
    expect(make(300, 7)).toEqual(table);
    expect(make(300, 8).columns[0]).not.toEqual(table.columns[0]);
  });

  it('has one row in eight with the outcome, and only values of float32', () => {
    const table = make(20_000, 7);
    expect(table.columns).toHaveLength(columns);
    const positives = share(table.outcome, (y) => y === 1);
    expect(positives).toBeGreaterThan(0.118);
    expect(positives).toBeLessThan(0.132);
    expect(table.columns.every((column) => column.every((x) => Object.is(Math.fround(x), x)))).toBe(true);
  });
});

it('ten columns of the numeric table miss 30 % of their values', () => {
  const { columns } = syntheticTable(5000, 3);
  const missing = columns.map((column) => share(column, Number.isNaN));
  expect(missing.slice(0, 10).every((m) => m > 0.27 && m < 0.33)).toBe(true);
  expect(missing.slice(10).every((m) => m === 0)).toBe(true);
});

it('half of the clinical table is two-valued, from common to constant', () => {
  const { columns } = clinicalTable(20_000, 3);
  expect(columns.map(twoValued).filter((is) => is)).toHaveLength(50);
  expect(columns.slice(0, 50).every(twoValued)).toBe(true);
  const prevalence = columns.slice(0, 50).map((column) => share(column, (x) => x === 1));
  expect(prevalence[0]).toBeGreaterThan(0.25);
  expect(prevalence[40]).toBeLessThan(0.01);
  expect(prevalence.slice(48)).toEqual([0, 0]);
});
