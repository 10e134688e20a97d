/**
 * Seeded tables to measure forests on: a plain numeric one, and one of the shape that clinical records give.
 *
 * In      rows and a seed; two seeds give two samples of the same population
 * Out     Float64 columns, NaN where a value is missing, and an outcome that about one row in eight has
 * Choice  every value is one of float32, so that libraries that work in float32 see the very same numbers
 */
import type { TrainingTable } from '../../src/forest/index.ts';
import { randomStream, type RandomStream } from '../../src/util/random.ts';

/** Changes when a generator changes, so that tables kept on disk are made anew. */
export const tablesVersion = 2;

const numericColumns = 60;

function gaussian(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * 60 columns: 50 continuous, of which the first 10 miss 30 % of their values, and 10 of 0 and 1. Twelve columns carry the signal, with a
 * step, an interaction and a curve; the intercept gives 12.5 % positives.
 */
export function syntheticTable(rows: number, seed: number): TrainingTable {
  const random = randomStream(seed, 0);
  const columns = Array.from({ length: numericColumns }, () => new Float64Array(rows));
  const outcome = new Uint8Array(rows);
  const x = new Float64Array(numericColumns);
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < numericColumns; f++) {
      x[f] = f >= 50 ? Number(random.uniform() < 0.1 + 0.02 * (f - 50)) : Math.fround(gaussian(random.uniform));
    }
    const signal =
      0.5 * x[0]! +
      0.4 * x[1]! -
      0.3 * x[2]! +
      (x[3]! > 0.5 ? 0.6 : 0) +
      0.4 * x[4]! * x[5]! +
      0.8 * x[50]! +
      0.2 * x[6]! * x[6]!;
    outcome[row] = Number(random.uniform() < logistic(signal - 2.75));
    for (let f = 0; f < numericColumns; f++) columns[f]![row] = f < 10 && random.uniform() < 0.3 ? NaN : x[f]!;
  }
  return { featureCount: numericColumns, rows, columns, outcome };
}

/** How a column of the clinical table comes about, given how ill the patient is (a standard normal). */
type Draw = (illness: number, random: RandomStream) => number;

const flag =
  (prevalence: number): Draw =>
  (illness, random) =>
    Number(prevalence > 0 && random.uniform() < logistic(Math.log(prevalence / (1 - prevalence)) + 0.7 * illness));

/** Poisson by Knuth's product of uniforms; the means here are below ten. */
const count =
  (mean: number): Draw =>
  (illness, random) => {
    const limit = Math.exp(-Math.min(mean * Math.exp(0.5 * illness), 60));
    let n = 0;
    for (let product = random.uniform(); product > limit; product *= random.uniform()) n++;
    return n;
  };

const level =
  (levels: number): Draw =>
  (_, random) =>
    random.below(levels);

const laboratory =
  (missing: number, decimals: number): Draw =>
  (illness, random) => {
    const value = 10 + 2 * gaussian(random.uniform) + 0.8 * illness;
    return random.uniform() < missing ? NaN : Math.fround(Number(value.toFixed(decimals)));
  };

/** Whole days since something that not everybody has had. */
const daysSince =
  (never: number): Draw =>
  (illness, random) =>
    random.uniform() < never - 0.05 * illness ? NaN : Math.floor(-200 * Math.log(1 - random.uniform()));

const age: Draw = (illness, random) => Math.max(18, Math.min(100, Math.round(62 + 16 * gaussian(random.uniform) + 4 * illness)));

/** 50 two-valued columns from 30 % down to 1 in 2000 and two that are always 0; 50 of counts, levels, laboratory values and days. */
const clinicalDraws: readonly Draw[] = [
  ...Array.from({ length: 48 }, (_, f) => flag(0.3 * (1 / 600) ** (f / 47))),
  ...Array.from({ length: 2 }, () => flag(0)),
  ...Array.from({ length: 15 }, (_, f) => count(0.2 * 1.3 ** f)),
  age,
  ...Array.from({ length: 9 }, (_, f) => level(3 + f)),
  ...Array.from({ length: 15 }, (_, f) => laboratory(0.2 + 0.035 * f, f % 3)),
  ...Array.from({ length: 10 }, (_, f) => daysSince(0.4 + 0.04 * f)),
];

const orElse = (value: number, fallback: number): number => (Number.isNaN(value) ? fallback : value);

/** 100 columns, half of them flags of varied prevalence, as diagnoses and drugs give; 12.5 % positives. */
export function clinicalTable(rows: number, seed: number): TrainingTable {
  const random = randomStream(seed, 1);
  const columns = clinicalDraws.map(() => new Float64Array(rows));
  const outcome = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const illness = gaussian(random.uniform);
    clinicalDraws.forEach((draw, f) => (columns[f]![row] = draw(illness, random)));
    const at = (f: number): number => columns[f]![row]!;
    const signal =
      0.5 * at(2) +
      0.6 * at(8) +
      0.8 * at(16) +
      1.2 * at(24) -
      0.4 * at(5) +
      0.35 * Math.min(at(50), 3) +
      0.08 * Math.min(at(56), 10) +
      0.02 * (at(65) - 62) +
      0.12 * (orElse(at(75), 10) - 10) +
      (at(2) === 1 && at(51) > 1 ? 0.7 : 0) +
      (orElse(at(90), 1000) < 60 ? 0.6 : 0) +
      0.3 * illness;
    outcome[row] = Number(random.uniform() < logistic(signal - 2.69));
  }
  return { featureCount: columns.length, rows, columns, outcome };
}
