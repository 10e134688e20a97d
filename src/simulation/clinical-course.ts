/**
 * Laboratory values and vital signs of a planted stay: from how ill the person came to how well the person left.
 *
 * In      cause, age, sex, chronic conditions, last recorded values, severity; the person's own constant deviations
 * Out     per analyte the values at admission and near discharge, NaN where not measured
 * Model   usual value = mean + effects of sex, age and chronic conditions + the person's own deviation, drawn towards the last recorded
 *         value; discharge = usual + what the cause leaves + severity + noise; admission = usual + the cause's shift, larger the severer
 * Scale   skewed analytes on the natural logarithm; shifts and spreads of ./causes.json and ./clinical-course.json are on that scale
 * Choice  values are missing at random, by analyte and stay: what was not measured says nothing about the person
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { RandomStream } from '../util/random.ts';
import type { Cause } from './causes.ts';
import { happens, normal } from './planted-chance.ts';

const analyteSchema = z.strictObject({
  /** Name of the value set without `observation_`. */
  name: z.string(),
  /** LOINC. */
  codes: z.array(z.strictObject({ code: z.string(), display: z.string() })).min(1),
  /** UCUM. */
  unit: z.string(),
  category: z.enum(['laboratory', 'vital-signs']),
  /** Decimals as written. */
  digits: z.int().min(0),
  /** Values are held inside, in the unit. */
  range: z.tuple([z.number(), z.number()]),
  scale: z.enum(['linear', 'log']),
  /** Of men of 70 without the conditions in `groups`. */
  mean: z.number(),
  /** Standard deviation between people, and within one person from stay to stay. */
  between: z.number().nonnegative(),
  within: z.number().nonnegative(),
  female: z.number(),
  /** Per ten years of age beyond 70. */
  perDecade: z.number(),
  perSeverity: z.number(),
  /** By value set of chronic conditions. */
  groups: z.record(z.string(), z.number()),
  /** How far the last recorded value draws the usual one, 0 to 1. */
  recordWeight: z.number().min(0).max(1),
  /** Probability of being measured in a stay, and then of being measured again near discharge. */
  measured: z.number().min(0).max(1),
  again: z.number().min(0).max(1),
});

const fileSchema = z.strictObject({
  title: z.string(),
  version: z.string(),
  source: z.string(),
  analytes: z.array(analyteSchema),
});

export type CourseAnalyte = z.infer<typeof analyteSchema>;

/** What the records say of a person when a stay begins. */
export interface PatientContext {
  readonly ageYears: number;
  /** Administrative gender. */
  readonly sex: string | null;
  /** Value sets of chronic conditions: `charlson_chf`, `elixhauser_carit`. */
  readonly groups: ReadonlySet<string>;
  /** Last recorded value by analyte, in the catalogue's unit. */
  readonly recorded: Readonly<Record<string, number | null | undefined>>;
}

/** Values in the unit and with the digits of the record, in the order of the analytes; NaN: not measured. */
export interface ClinicalCourse {
  readonly admission: Float64Array;
  readonly discharge: Float64Array;
}

/** Every shipped analyte, in file order. */
export function readCourseAnalytes(): readonly CourseAnalyte[] {
  return fileSchema.parse(JSON.parse(readFileSync(new URL('./clinical-course.json', import.meta.url), 'utf8'))).analytes;
}

/**
 * @param deviations  the person's own, standard normal, one per analyte, the same in every stay
 * @param severity    of this stay, about standard normal
 */
export function drawCourse(
  analytes: readonly CourseAnalyte[],
  cause: Cause,
  patient: PatientContext,
  deviations: Float64Array,
  severity: number,
  random: RandomStream,
): ClinicalCourse {
  const admission = new Float64Array(analytes.length).fill(NaN);
  const discharge = new Float64Array(analytes.length).fill(NaN);
  const illness = Math.max(0.3, 1 + 0.3 * severity);
  analytes.forEach((analyte, i) => {
    const usual = usualValue(analyte, patient, deviations[i] ?? 0);
    const shift = cause.values[analyte.name];
    const last = normal(random);
    const first = 0.6 * last + 0.8 * normal(random);
    const measured = happens(random, cause.measured?.[analyte.name] ?? analyte.measured);
    const again = happens(random, analyte.again);
    if (!measured) return;
    const ill = usual + (shift?.admission ?? 0) * illness + 1.3 * analyte.perSeverity * severity + analyte.within * first;
    admission[i] = written(analyte, ill);
    if (!again) return;
    discharge[i] = written(analyte, usual + (shift?.discharge ?? 0) + analyte.perSeverity * severity + analyte.within * last);
  });
  return { admission, discharge };
}

function usualValue(analyte: CourseAnalyte, patient: PatientContext, deviation: number): number {
  let expected = analyte.mean + (analyte.perDecade * (patient.ageYears - 70)) / 10;
  if (patient.sex === 'female') expected += analyte.female;
  for (const group in analyte.groups) if (patient.groups.has(group)) expected += analyte.groups[group] ?? 0;
  const recorded = patient.recorded[analyte.name];
  if (recorded === null || recorded === undefined || !(recorded > 0)) return expected + analyte.between * deviation;
  const weight = analyte.recordWeight;
  const distance = (analyte.scale === 'log' ? Math.log(recorded) : recorded) - expected;
  return expected + weight * distance + Math.sqrt(1 - weight * weight) * analyte.between * deviation;
}

function written(analyte: CourseAnalyte, value: number): number {
  const plain = analyte.scale === 'log' ? Math.exp(value) : value;
  const held = Math.min(Math.max(plain, analyte.range[0]), analyte.range[1]);
  const power = 10 ** analyte.digits;
  return Math.round(held * power) / power;
}
