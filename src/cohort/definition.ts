/**
 * Cohort definition: which stays count, how they are stitched, what an outcome is. One JSON document, hashed into the model.
 *
 * Choice  what a document does not say has the meaning it had before it could be said, so that definitions inside older models keep theirs
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { CohortError } from '../errors.ts';
import { documentFault } from '../util/document-fault.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';

const hours = z.number().min(0).max(168);

const stitchingSchema = z.strictObject({
  /** Largest gap between two encounters of one stay. */
  gapHours: hours,
  /** Merge every gap up to that, without asking for a transfer or the same condition. */
  anyGap: z.boolean(),
  /** Within the gap, join an encounter whose type says transfer or move of ward. */
  transferType: z.boolean().default(true),
  /** Within the gap, join an encounter of another hospital. */
  otherHospital: z.boolean().default(true),
  /** Within the gap, join a return to the same hospital with the same principal condition. */
  sameCondition: z.boolean().default(true),
  /** How long an encounter without end keeps its stay open for later encounters; then it is taken for one that nobody closed. */
  openEncounterDays: z.int().min(1).max(3660).default(30),
});

/** Rules that keep a stay from being an index discharge; rules.json says what each means and where it is from. */
const excludeSchema = z.strictObject({
  nursing: z.boolean().default(true),
  lookBack: z.boolean().default(true),
  sleepStudy: z.boolean(),
  diedInStay: z.boolean().default(true),
  againstAdvice: z.boolean(),
  transferOut: z.boolean(),
  rehabilitation: z.boolean().default(false),
  psychiatric: z.boolean().default(false),
  detoxification: z.boolean(),
  cancerTreatment: z.boolean(),
  dayCase: z.boolean().default(false),
});

const inpatientEquivalentSchema = z.strictObject({
  /** Observation encounters (classes OBSENC and SS) count as inpatient, whatever their length. */
  observation: z.boolean().default(false),
  /** Emergency and observation encounters that lasted this long count as inpatient; null: never. */
  fromHours: z.number().min(1).max(168).nullable().default(null),
});

const outcomeSchema = z.strictObject({
  /** The target is an unplanned readmission or death, whichever is the first event; else the readmission alone. */
  composite: z.boolean().default(false),
});

/** Which file took the place of the outcome. */
const labelsSchema = z.strictObject({
  name: z.string().min(1).max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const columnName = z.string().min(1).max(200);

/** Which columns of a table were taken for what; no record was read and no rule of the definition was applied. */
const tableSchema = z.strictObject({
  label: columnName,
  /** Rows of one patient share a value of it. */
  groups: columnName,
  id: columnName.nullable(),
  time: columnName.nullable(),
  reason: columnName.nullable(),
});

const cohortDefinitionSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  /** Days after discharge in which a return counts, both ends included. */
  horizonDays: z.int().min(1).max(365),
  /** Calendar days as written in the record (CMS), or elapsed days of 24 h from the time of discharge. */
  horizonUnit: z.enum(['calendar-days', 'elapsed']).default('calendar-days'),
  /** Days before admission in which the patient's record must be complete, so that what came before can be known. */
  lookbackDays: z.int().min(0).max(3660).default(365),
  /** Whole years at admission. */
  minimumAge: z.int().min(0).max(120),
  inpatientEquivalent: inpatientEquivalentSchema.prefault({}),
  stitching: stitchingSchema,
  exclude: excludeSchema,
  /** Count arranged admission types, detoxification and sterilisation as planned returns; not a CMS rule. */
  plannedByType: z.boolean(),
  /** An emergency visit that ended at most this long before the admission led to it. */
  emergencyLinkHours: hours.default(24),
  outcome: outcomeSchema.prefault({}),
  /** Set where a researcher's own labels were read. */
  labels: labelsSchema.optional(),
  /** Set where the rows are those of a table of one's own. */
  table: tableSchema.optional(),
});

export type CohortDefinition = z.infer<typeof cohortDefinitionSchema>;

const folder = new URL('./definitions/', import.meta.url);

/** Names of the shipped definitions. */
export function cohortDefinitionNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/**
 * A shipped definition by name, or one from a JSON file.
 *
 * @throws {CohortError} COHORT_DEFINITION_UNKNOWN, COHORT_DEFINITION_INVALID
 */
export function readCohortDefinition(nameOrFile: string): CohortDefinition {
  const shipped = cohortDefinitionNames().includes(nameOrFile);
  if (!shipped && !nameOrFile.endsWith('.json')) {
    throw new CohortError(
      'COHORT_DEFINITION_UNKNOWN',
      `expected one of ${cohortDefinitionNames().join(', ')} or a .json file, found "${nameOrFile}"${didYouMean(nameOrFile, cohortDefinitionNames())}`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(shipped ? new URL(`${nameOrFile}.json`, folder) : nameOrFile, 'utf8'));
  } catch (cause) {
    throw new CohortError(
      'COHORT_DEFINITION_INVALID',
      `${nameOrFile}: expected a cohort definition as JSON, found ${isAbsent(cause) ? `no such file${didYouMeanPath(nameOrFile)}` : 'a file that is none'}`,
      { cause },
    );
  }
  return parseCohortDefinition(value, nameOrFile);
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** @throws {CohortError} COHORT_DEFINITION_INVALID naming the first wrong field */
export function parseCohortDefinition(value: unknown, where: string): CohortDefinition {
  const parsed = cohortDefinitionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { place, what } = documentFault(cohortDefinitionSchema, value, parsed.error);
  throw new CohortError('COHORT_DEFINITION_INVALID', `${where}: ${place}: ${what}`);
}

/** SHA-256 of the definition with sorted keys: equal for equal rules, whatever the order they were written in. */
export function cohortDefinitionHash(definition: CohortDefinition): string {
  return sha256(stableJson(definition));
}

/** What a model of this definition predicts, in words. */
export function outcomeOf(definition: CohortDefinition): { name: string; description: string } {
  const { horizonDays, horizonUnit, labels, outcome } = definition;
  if (labels !== undefined) {
    return { name: 'own-label', description: `label 1 of the file ${labels.name} (SHA-256 ${labels.sha256.slice(0, 12)}…)` };
  }
  const days = horizonUnit === 'elapsed' ? `${horizonDays * 24} hours` : `${horizonDays} calendar days`;
  const readmission = 'unplanned inpatient readmission';
  return outcome.composite
    ? {
        name: 'unplanned-readmission-or-death',
        description: `${readmission}, to any hospital, for any cause, or death, within ${days} of discharge`,
      }
    : {
        name: 'unplanned-readmission',
        description: `${readmission} within ${days} of discharge, to any hospital, for any cause`,
      };
}
