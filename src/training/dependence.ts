/**
 * How a feature's attribution goes with its value: the mean by bins of the value, and points where patients are made up.
 *
 * Choice  no bin of fewer than ten discharges is told: neighbours are joined; of recorded patients no points, and ends of bins only to two digits
 */
import type { ImportanceEvidence } from '../evaluation/index.ts';
import { LEAST_COUNT } from '../util/disclosure.ts';
import type { HeldOutAttributions } from './held-out-attributions.ts';
import type { Study } from './study.ts';

const bins = 10;
const points = 250;

type Dependence = ImportanceEvidence['dependence'][number];

/**
 * @param output  held-out output of each explained row
 * @param c       column of the matrix
 */
export function dependenceOf(study: Study, { rows, columns }: HeldOutAttributions, output: Float64Array, c: number): Dependence {
  const { matrix } = study;
  const { name, unit } = matrix.features[c]!;
  const explained = Array.from(rows, (row, i) => ({
    value: matrix.columns[c]![row] as number,
    attribution: columns[c]![i] as number,
    output: output[i] as number,
  }));
  const known = explained.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
  const missing = explained.filter(({ value }) => Number.isNaN(value));
  const every = Math.max(1, Math.ceil(explained.length / points));
  // The ends of a bin are values of single patients.
  const edge = (value: number): number => (study.manifest.synthetic ? value : Number(value.toPrecision(2)));
  const mean = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length;
  return {
    name,
    unit,
    sample: study.manifest.synthetic
      ? explained
          .filter((_, i) => i % every === 0)
          .map(({ value, attribution }) => ({ value: Number.isNaN(value) ? null : value, attribution }))
      : [],
    bins: joined(binsOf(known))
      .filter((bin) => bin.length >= LEAST_COUNT)
      .map((bin) => ({
        from: edge(bin[0]!.value),
        to: edge(bin.at(-1)!.value),
        rows: bin.length,
        mean: mean(bin.map(({ attribution }) => attribution)),
        meanOutput: mean(bin.map((row) => row.output)),
      })),
    missing: { rows: missing.length, mean: missing.length === 0 ? null : mean(missing.map(({ attribution }) => attribution)) },
  };
}

/** A bin per value where there are ten or fewer, else tenths; equal values stay together. */
function binsOf<Row extends { readonly value: number }>(sorted: readonly Row[]): Row[][] {
  const few = new Set(sorted.map(({ value }) => value)).size <= bins;
  const found: Row[][] = [];
  for (const row of sorted) {
    const last = found.at(-1);
    const same = last?.at(-1)?.value === row.value;
    const full = last !== undefined && last.length >= sorted.length / bins;
    if (last !== undefined && (same || !(few || full))) last.push(row);
    else found.push([row]);
  }
  return found;
}

/** From the lowest on, with the next where one has too few; the last with the one before. */
function joined<Row>(sorted: readonly Row[][]): Row[][] {
  const found: Row[][] = [];
  for (const bin of sorted) {
    const last = found.at(-1);
    if (last !== undefined && last.length < LEAST_COUNT) last.push(...bin);
    else found.push([...bin]);
  }
  if (found.length > 1 && found.at(-1)!.length < LEAST_COUNT) found.splice(-2, 2, found.slice(-2).flat());
  return found;
}
