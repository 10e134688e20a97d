/**
 * Cohort definition: which stays count, how they are stitched, what an outcome is. One JSON document, hashed into the model.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { CohortError } from '../errors.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';

export const cohortDefinitionSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  /** Calendar days after discharge in which a return counts, both ends included. */
  horizonDays: z.int().min(1).max(365),
  /** Days before admission in which the patient's record must be complete, so that what came before can be known. */
  lookbackDays: z.int().min(0).max(3660).default(365),
  /** Whole years at admission. */
  minimumAge: z.int().min(0).max(120),
  stitching: z.strictObject({
    /** Largest gap between two encounters of one stay. */
    gapHours: z.number().min(0).max(168),
    /** Merge every gap up to that, without asking for a transfer or the same condition. */
    anyGap: z.boolean(),
  }),
  exclude: z.strictObject({
    sleepStudy: z.boolean(),
    againstAdvice: z.boolean(),
    transferOut: z.boolean(),
    detoxification: z.boolean(),
    cancerTreatment: z.boolean(),
  }),
  /** Count arranged admission types, detoxification and sterilisation as planned returns; not a CMS rule. */
  plannedByType: z.boolean(),
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
      `expected one of ${cohortDefinitionNames().join(', ')} or a .json file, found "${nameOrFile}"`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(shipped ? new URL(`${nameOrFile}.json`, folder) : nameOrFile, 'utf8'));
  } catch (cause) {
    throw new CohortError('COHORT_DEFINITION_INVALID', `${nameOrFile}: expected a readable JSON file`, { cause });
  }
  return parseCohortDefinition(value, nameOrFile);
}

/** @throws {CohortError} COHORT_DEFINITION_INVALID naming the first wrong field */
export function parseCohortDefinition(value: unknown, where: string): CohortDefinition {
  const parsed = cohortDefinitionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CohortError(
    'COHORT_DEFINITION_INVALID',
    `${where}: ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'wrong form'}`,
  );
}

/** SHA-256 of the definition with sorted keys: equal for equal rules, whatever the order they were written in. */
export function cohortDefinitionHash(definition: CohortDefinition): string {
  return sha256(stableJson(definition));
}
