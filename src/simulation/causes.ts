/**
 * Causes of planted hospital stays: what a stay is for, how long it lasts and what is written in it, kept as data in ./causes.json.
 *
 * Out     causes in file order; the draw of a cause of an arranged stay
 * Choice  an acute cause begins in the emergency department and has a reason that no rule reads as planned; a planned one has none,
 *         an arranged admission type, and a procedure that makes it planned by the cohort's rule 3
 * Choice  a chronic disease that a stay brings to light is recorded once, in the first stay for it (`establishes`)
 * Source  stated in the file
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SimulationError } from '../errors.ts';
import type { RandomStream } from '../util/random.ts';

const probability = z.number().min(0).max(1);
const coded = { code: z.string().regex(/^\d+$/), display: z.string() };

const causeSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*$/),
  title: z.string(),
  kind: z.enum(['acute', 'planned']),
  /** Share among arranged stays, relative to the others; absent for acute causes. */
  weight: z.number().positive().optional(),
  /** Only people of this administrative gender. */
  sex: z.enum(['female', 'male']).optional(),
  /** SNOMED CT, type of the inpatient encounter outside intensive care. */
  admissionType: z.strictObject(coded),
  /** SNOMED CT, reason of both encounters. */
  reason: z.strictObject(coded),
  /** SNOMED CT; a condition that resolves ends with the stay. */
  condition: z.strictObject({ ...coded, resolves: z.boolean() }),
  /** A chronic condition (SNOMED CT), recorded where no condition of the value set `group` is known. */
  establishes: z.strictObject({ group: z.string(), ...coded }).optional(),
  /** Log-normal length of stay. */
  stay: z.strictObject({ medianDays: z.number().positive(), logSd: z.number().positive() }),
  intensiveCare: probability,
  /** Log odds of discharge to a skilled nursing facility, against the average cause; 0. */
  facilityLogOdds: z.number().optional(),
  /** SNOMED CT; `inIntensiveCare` replaces the probability there. */
  procedures: z.array(z.strictObject({ ...coded, probability, inIntensiveCare: probability.optional() })),
  /** RxNorm, ordered at discharge; of those with the same `choice`, side by side, at most one. */
  drugs: z.array(z.strictObject({ ...coded, probability, choice: z.string().optional() })),
  /** By analyte of ./clinical-course.json: distance from the person's usual value, on the analyte's scale. */
  values: z.record(z.string(), z.strictObject({ admission: z.number(), discharge: z.number() })),
  /** By analyte: probability of being measured, in place of the analyte's own. */
  measured: z.record(z.string(), probability).optional(),
});

const fileSchema = z
  .strictObject({ title: z.string(), version: z.string(), source: z.string(), causes: z.array(causeSchema) })
  .refine((file) => new Set(file.causes.map((cause) => cause.name)).size === file.causes.length, 'each cause once')
  .refine(
    (file) => file.causes.every((cause) => (cause.kind === 'planned') === (cause.weight !== undefined)),
    'a weight for planned causes',
  )
  .refine(
    (file) => file.causes.every((cause) => choiceSums(cause.drugs) <= 1 + 1e-9),
    'probabilities of one choice add up to at most 1',
  );

export type Cause = z.infer<typeof causeSchema>;

/** Every shipped cause, in file order. */
export function readCauses(): readonly Cause[] {
  return fileSchema.parse(JSON.parse(readFileSync(new URL('./causes.json', import.meta.url), 'utf8'))).causes;
}

/**
 * The cause of an arranged stay, by the weights of those open to this person.
 *
 * @param sex  administrative gender; a cause for one gender is never drawn where it is unknown
 */
export function drawPlannedCause(causes: readonly Cause[], sex: string | null, random: RandomStream): string {
  const open = causes.filter((cause) => cause.kind === 'planned' && (cause.sex === undefined || cause.sex === sex));
  let left = random.uniform() * open.reduce((sum, cause) => sum + (cause.weight ?? 0), 0);
  for (const cause of open) {
    left -= cause.weight ?? 0;
    if (left < 0) return cause.name;
  }
  const last = open.at(-1);
  if (last === undefined) {
    throw new SimulationError(
      'SIM_CAUSE_UNKNOWN',
      'expected a planned cause open to everyone, found none; see src/simulation/causes.json',
    );
  }
  return last.name;
}

function choiceSums(drugs: readonly { probability: number; choice?: string | undefined }[]): number {
  const sums = new Map<string, number>();
  for (const { choice, probability: share } of drugs) if (choice !== undefined) sums.set(choice, (sums.get(choice) ?? 0) + share);
  return Math.max(0, ...sums.values());
}
