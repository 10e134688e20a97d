/** A feature's values against its attributions: bins, missing rows, and points of made-up patients alone. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { predictRow } from '../../src/forest/index.ts';
import { dependenceOf } from '../../src/training/dependence.ts';
import { heldOutOutputs } from '../../src/training/held-forest.ts';
import { take } from '../../src/training/held-out.ts';
import { gatherImportance, type Study } from '../../src/training/index.ts';
import { heldForests, mean, options, rowOf, withColumns } from './held-forests.ts';
import { syntheticStudy } from './synthetic-study.ts';

const plain = syntheticStudy(3, 260, () => null);
const age = plain.matrix.columns[0] as Float64Array;

describe('dependence', () => {
  const study = withColumns(plain, [
    ['driver', 'a', (row) => age[row] as number],
    ['few', 'a', (_row, stream) => stream.below(4)],
    ['tied', 'a', (_row, stream) => (stream.below(2) === 0 ? 3 : stream.uniform() * 10)],
    ['gaps', 'a', (_row, stream) => (stream.below(3) === 0 ? Number.NaN : stream.uniform())],
    ['absent', 'a', () => Number.NaN],
  ]);
  const synthetic = (made: boolean): Study => ({ ...study, manifest: { ...study.manifest, synthetic: made } });
  let made: Awaited<ReturnType<typeof heldForests>>;
  let output: Float64Array;
  beforeAll(async () => {
    made = await heldForests(study);
    output = take(heldOutOutputs(study.matrix, made.held), made.attributions.rows);
  });
  const explained = (c: number) =>
    Array.from(made.attributions.rows, (row, i) => ({
      value: study.matrix.columns[c]![row] as number,
      attribution: made.attributions.columns[c]![i] as number,
      output: output[i] as number,
    }));

  it('takes each output from the forest that did not see the row', () => {
    let compared = 0;
    for (const { forest, rows } of made.held) {
      for (const row of rows) {
        expect(output[made.attributions.rows.indexOf(row)]).toBe(predictRow(forest, rowOf(study, row)));
        compared += 1;
      }
    }
    expect(compared).toBe(study.matrix.rows);
  });

  it.each([0, 1, 2, 3])('keeps equal values in one bin, and has the means of its rows (column %i)', (c) => {
    const { bins, missing } = dependenceOf(study, made.attributions, output, c);
    const rows = explained(c);
    const known = rows.filter(({ value }) => !Number.isNaN(value));
    expect(bins.length).toBeGreaterThan(2);
    expect(bins.length).toBeLessThanOrEqual(10);
    bins.forEach((bin, b) => {
      expect(bin.from).toBeLessThanOrEqual(bin.to);
      if (b > 0) expect(bins[b - 1]!.to).toBeLessThan(bin.from);
      const inside = known.filter(({ value }) => value >= bin.from && value <= bin.to);
      expect(bin.rows).toBe(inside.length);
      expect(bin.mean).toBeCloseTo(mean(inside.map(({ attribution }) => attribution)), 12);
      expect(bin.meanOutput).toBeCloseTo(mean(inside.map((row) => row.output)), 12);
    });
    expect(bins.reduce((total, bin) => total + bin.rows, 0)).toBe(known.length);
    expect(missing.rows).toBe(rows.length - known.length);
  });

  it('has a bin for each of few values', () => {
    const { bins } = dependenceOf(study, made.attributions, output, 1);
    expect(bins.map(({ from, to }) => [from, to])).toEqual([0, 1, 2, 3].map((value) => [value, value]));
  });

  it('joins a bin of fewer than ten discharges with its neighbour, of made-up patients too', () => {
    const rare = study.matrix.columns[1]!.map((value, row) => (row % 80 === 0 ? 9 : value));
    const columns = study.matrix.columns.map((column, c) => (c === 1 ? rare : column));
    const changed = synthetic(true);
    const { bins } = dependenceOf({ ...changed, matrix: { ...changed.matrix, columns } }, made.attributions, output, 1);
    const rows = made.attributions.rows;
    expect([...rows].filter((row) => rare[row] === 9).length).toBeGreaterThan(0);
    expect([...rows].filter((row) => rare[row] === 9).length).toBeLessThan(10);
    expect(bins.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 9],
    ]);
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length);
  });

  it('tells missing rows apart', () => {
    const { missing, sample } = dependenceOf(study, made.attributions, output, 3);
    const gone = explained(3).filter(({ value }) => Number.isNaN(value));
    expect(gone.length).toBeGreaterThan(50);
    expect(missing).toEqual({ rows: gone.length, mean: expect.closeTo(mean(gone.map(({ attribution }) => attribution)), 12) });
    expect(sample.filter(({ value }) => value === null).length).toBeGreaterThan(10);
    const absent = dependenceOf(study, made.attributions, output, 4);
    expect(absent).toMatchObject({ bins: [], missing: { rows: study.matrix.rows, mean: 0 } });
    expect(dependenceOf(study, made.attributions, output, 0).missing).toEqual({ rows: 0, mean: null });
  });

  it('shows points of made-up patients alone, at most 250 of them', () => {
    const shown = dependenceOf(synthetic(true), made.attributions, output, 0).sample;
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.length).toBeLessThanOrEqual(250);
    const rows = explained(0);
    for (const { value, attribution } of shown) expect(rows).toContainEqual(expect.objectContaining({ value, attribution }));
    const { sample, ...real } = dependenceOf(synthetic(false), made.attributions, output, 0);
    expect(sample).toEqual([]);
    expect(dependenceOf(synthetic(true), made.attributions, output, 0)).toMatchObject(real);
  });

  it('is told of the strongest features, in their order', () => {
    const { features, dependence } = gatherImportance(study, made.held, made.attributions, { ...options, draws: 2 });
    expect(dependence.map(({ name }) => name)).toEqual(features.slice(0, 8).map(({ name }) => name));
    expect(dependence[0]).toEqual(dependenceOf(study, made.attributions, output, 0));
    // The driver raises the output from low to high.
    expect(dependence[0]!.bins.at(-1)!.mean).toBeGreaterThan(0);
    expect(dependence[0]!.bins[0]!.mean).toBeLessThan(0);
  });
});
