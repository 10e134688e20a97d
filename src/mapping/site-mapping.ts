/**
 * The site mapping: how one hospital's records say what the cohort asks about. One JSON document, hashed into the model.
 *
 * In      a JSON file, or nothing: standard codes need no mapping
 * Out     a checked mapping; the same with every open choice settled for one source of records (`settleMapping`)
 * Choice  rules are tried in order and the first that holds decides; what no rule claims is decided by the class of the encounter
 * Choice  codes of admission and discharge are named with their system: "07" is "left against advice" in the United States and "died" in Germany
 * Choice  whether diagnoses of the index stay are known at discharge is left open (null) unless said: they are where records are made up,
 *         and are not where they come from a hospital, which codes them later
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { MappingError, ViewError } from '../errors.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import { compileView } from '../views/index.ts';
import { standardSystems } from './code-systems.ts';

/** What an encounter is for the cohort. */
export const encounterKinds = [
  /** Acute inpatient care: what stays are made of. */
  'inpatient',
  'emergency',
  'observation',
  /** Skilled nursing, even where it is recorded as inpatient. */
  'nursing',
  'outpatient',
  /** Care at home. */
  'home',
  /** Belongs to the stay of the encounter that partOf names: no stay of its own, but its end and what was done in it count there. */
  'part-of',
  /** Not looked at anywhere. */
  'ignored',
  'other',
] as const;
export type EncounterKind = (typeof encounterKinds)[number];

export const dispositionMeanings = [
  'home',
  'home-health',
  'expired',
  'against-advice',
  'acute-transfer',
  'nursing',
  'rehabilitation',
  'long-term-care',
  'psychiatric',
  'hospice',
  'other',
] as const;
export const admitSourceMeanings = [
  'emergency',
  'transfer',
  'referral',
  'home',
  'outpatient',
  'nursing',
  'birth',
  'other',
] as const;
export const priorityMeanings = ['emergency', 'urgent', 'elective', 'other'] as const;

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case words joined by hyphens');
const text = z.string().max(2000);
const path = z.string().min(1).max(2000);

const ruleSchema = z.strictObject({
  kind: z.enum(encounterKinds),
  /** FHIRPath over Encounter that gives one boolean, in the subset of src/views/README.md. */
  when: path,
  /** Also asked of the time from start to end; an encounter without one of them does not fit. */
  hours: z
    .strictObject({ atLeast: z.number().nonnegative().optional(), below: z.number().positive().optional() })
    .refine(({ atLeast, below }) => atLeast !== undefined || below !== undefined, 'expected atLeast, below, or both')
    .optional(),
  /** For the reader who has to trust it. */
  why: text.min(1),
});

const codesSchema = <M extends readonly [string, ...string[]]>(meanings: M, defaultPath: string) =>
  z
    .strictObject({
      /** FHIRPath over Encounter that gives the codings. */
      path: path.default(defaultPath),
      codes: z
        .array(
          z.strictObject({
            /** null: a coding without a system. */
            system: z.string().min(1).nullable(),
            code: z.string().min(1),
            meaning: z.enum(meanings),
            why: text.optional(),
          }),
        )
        .max(1000)
        .default([])
        .refine(
          (codes) => new Set(codes.map(({ system, code }) => `${system} ${code}`)).size === codes.length,
          'each system and code once',
        ),
    })
    .prefault({});

const aliasSchema = z.strictObject({
  /** URI as it stands in the records. */
  from: z.string().min(1),
  to: z.enum(standardSystems, `one of ${standardSystems.join(', ')}`),
  why: text.optional(),
});

const siteMappingSchema = z.strictObject({
  name,
  description: text,
  encounter: z
    .strictObject({
      rules: z.array(ruleSchema).max(50).default([]),
      disposition: codesSchema(dispositionMeanings, 'hospitalization.dischargeDisposition.coding'),
      admitSource: codesSchema(admitSourceMeanings, 'hospitalization.admitSource.coding'),
      priority: codesSchema(priorityMeanings, 'priority.coding'),
    })
    .prefault({}),
  codeSystems: z
    .array(aliasSchema)
    .max(100)
    .default([])
    .refine((list) => new Set(list.map(({ from }) => from)).size === list.length, 'each URI once'),
  conditions: z
    .strictObject({
      /** What dates a condition that has neither recordedDate nor onset but names an encounter. */
      undated: z.enum(['encounter-end', 'encounter-start', 'unknown']).default('encounter-end'),
      /** Whether diagnoses recorded for the index stay count as known at discharge; null: where the records are synthetic. */
      indexStayDiagnosesKnown: z.boolean().nullable().default(null),
    })
    .prefault({}),
});

export type SiteMapping = z.infer<typeof siteMappingSchema>;
export type EncounterRule = SiteMapping['encounter']['rules'][number];

/** A mapping with nothing left open: what records were read with, what a model stores. */
export interface SettledMapping extends SiteMapping {
  readonly conditions: SiteMapping['conditions'] & { readonly indexStayDiagnosesKnown: boolean };
}

/** Standard codes only; in force where no mapping is given. */
export const standardMapping: SiteMapping = siteMappingSchema.parse({
  name: 'standard',
  description: 'Standard codes: HL7 encounter classes, NUBC and HL7 dispositions, admit sources and priorities.',
});

/** @param synthetic  whether the records are made up, as their manifest says */
export function settleMapping(mapping: SiteMapping, synthetic: boolean): SettledMapping {
  const { conditions } = mapping;
  return { ...mapping, conditions: { ...conditions, indexStayDiagnosesKnown: conditions.indexStayDiagnosesKnown ?? synthetic } };
}

/**
 * A mapping from a JSON file.
 *
 * @throws {MappingError} MAPPING_INVALID naming the file and the first wrong place
 */
export function readSiteMapping(file: string): SiteMapping {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new MappingError('MAPPING_INVALID', `${file}: expected a readable JSON file; see src/mapping/README.md`, { cause });
  }
  return parseSiteMapping(value, file);
}

/** @throws {MappingError} MAPPING_INVALID naming the first wrong place */
export function parseSiteMapping(value: unknown, where: string): SiteMapping {
  const parsed = siteMappingSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(where, issue?.path.join('.') || 'document', issue?.message ?? 'wrong form');
  }
  const { encounter } = parsed.data;
  encounter.rules.forEach((rule, i) => requirePath(where, `encounter.rules.${i}.when`, rule.when, 'boolean'));
  for (const element of ['disposition', 'admitSource', 'priority'] as const) {
    requirePath(where, `encounter.${element}.path`, `(${encounter[element].path}).first().code`, 'code');
  }
  return parsed.data;
}

/**
 * A stored mapping, such as the one in a model's header.
 *
 * @throws {MappingError} MAPPING_INVALID when it is wrong or leaves a choice open
 */
export function parseSettledMapping(value: unknown, where: string): SettledMapping {
  const mapping = parseSiteMapping(value, where);
  const { indexStayDiagnosesKnown } = mapping.conditions;
  if (indexStayDiagnosesKnown === null) throw invalid(where, 'conditions.indexStayDiagnosesKnown', 'expected true or false');
  return { ...mapping, conditions: { ...mapping.conditions, indexStayDiagnosesKnown } };
}

/** SHA-256 of what the mapping says with sorted keys; its name, description and reasons are for people and change nothing. */
export function mappingHash(mapping: SiteMapping): string {
  const { encounter, codeSystems, conditions } = mapping;
  const codes = ({
    path: from,
    codes: list,
  }:
    | SiteMapping['encounter']['priority']
    | SiteMapping['encounter']['disposition']
    | SiteMapping['encounter']['admitSource']): object => ({
    path: from,
    codes: list.map(({ system, code, meaning }) => stableJson({ system, code, meaning })).sort(),
  });
  return sha256(
    stableJson({
      rules: encounter.rules.map(({ why: _why, ...rule }) => rule),
      disposition: codes(encounter.disposition),
      admitSource: codes(encounter.admitSource),
      priority: codes(encounter.priority),
      codeSystems: codeSystems.map(({ from, to }) => stableJson({ from, to })).sort(),
      conditions,
    }),
  );
}

/** The choices of a mapping that a reader of results must know, in words. */
export function mappingChoices({ name: called, conditions, encounter, codeSystems }: SettledMapping): string[] {
  const undated = {
    'encounter-end': 'a condition without any date counts from the end of the encounter it names',
    'encounter-start': 'a condition without any date counts from the start of the encounter it names',
    unknown: 'a condition without any date is not known',
  }[conditions.undated];
  return [
    `site mapping "${called}": ${encounter.rules.length} encounter rules, ${codeSystems.length} code-system aliases of its own`,
    conditions.indexStayDiagnosesKnown
      ? 'diagnoses recorded for the index stay count as known at discharge'
      : 'diagnoses recorded for the index stay do not count as known at discharge (they are coded later); problem-list entries do',
    undated,
  ];
}

/** Refused here rather than when records are read. */
function requirePath(where: string, place: string, expression: string, type: string): void {
  try {
    compileView({
      name: 'mapping',
      status: 'active',
      resource: 'Encounter',
      select: [{ column: [{ name: 'value', path: expression, type }] }],
    });
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw invalid(where, place, error.message, error);
  }
}

function invalid(where: string, place: string, what: string, cause?: unknown): MappingError {
  return new MappingError('MAPPING_INVALID', `${where}: ${place}: ${what}; see src/mapping/README.md`, {
    details: { place },
    ...(cause === undefined ? {} : { cause }),
  });
}
