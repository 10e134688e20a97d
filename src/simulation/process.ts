/**
 * The return process as a document: what follows a discharge, term by term, each with its form, coefficient and published source.
 *
 * In      a shipped definition (processes/NAME.json) by name, or a .json file
 * Out     the checked definition; its null (every coefficient and the frailty off); the same with intercepts frozen
 * Model   eta_s = intercept_s + sum of the terms of s + loading_s b for s = unplanned, death, planned, with b ~ N(0, sd^2) drawn once per
 *         patient; probabilities are the softmax of (eta_unplanned, eta_death, eta_planned, 0)
 * Choice  a covariate that was not recorded (NaN) leaves its term at 0, and so does its product with another
 * Choice  intercepts are null until solved on a cohort (./intercepts.ts); frozen ones are used as they are on any other
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { SimulationError } from '../errors.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import { admissionsSchema, type Admissions } from './admissions.ts';
import { readCauses } from './causes.ts';

/** What can follow a discharge and end its window, in the order of every array of three. */
export const outcomes = ['unplanned', 'death', 'planned'] as const;
export type Outcome = (typeof outcomes)[number];
export const states = [...outcomes, 'none'] as const;
export type State = (typeof states)[number];

const finite = z.number();
const positive = z.number().positive();

/** How one covariate x becomes a number; 0 where x was not recorded. */
const covariateFormSchema = z.discriminatedUnion('kind', [
  /** 1 where x > 0. */
  z.strictObject({ kind: z.literal('flag') }),
  /** (x - centre) / per, x first held between min and max. */
  z.strictObject({ kind: z.literal('linear'), centre: finite, per: positive, min: finite.optional(), max: finite.optional() }),
  /** (at - x) / per where x < at, at most cap. */
  z.strictObject({ kind: z.literal('below'), at: finite, per: positive, cap: positive.optional() }),
  /** (x - at) / per where x > at, at most cap. */
  z.strictObject({ kind: z.literal('above'), at: finite, per: positive, cap: positive.optional() }),
  /** The value of the last threshold that x has reached; 0 under the first. */
  z
    .strictObject({ kind: z.literal('steps'), from: z.array(finite).min(1), values: z.array(finite).min(1) })
    .refine(({ from, values }) => from.length === values.length, 'expected as many values as thresholds')
    .refine(({ from }) => from.every((at, i) => i === 0 || at > (from[i - 1] as number)), 'expected rising thresholds'),
]);

/** The product of two covariates, each in its own form; flags unless `of` says otherwise. */
const productFormSchema = z.strictObject({
  kind: z.literal('product'),
  of: z.tuple([covariateFormSchema, covariateFormSchema]).optional(),
});

const termSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_-]*$/),
    family: z.string(),
    outcome: z.enum(outcomes),
    /** Names of features of the catalogue: one, or two for a product. */
    covariates: z
      .array(z.string().regex(/^[a-z][a-z0-9_]*$/))
      .min(1)
      .max(2),
    form: z.union([covariateFormSchema, productFormSchema]),
    /** Log odds against no event, per unit of the form. */
    coefficient: finite,
    source: z.string().min(1),
  })
  .refine(
    ({ form, covariates }) => new Set(covariates).size === (form.kind === 'product' ? 2 : 1),
    'expected two different covariates for a product, one for any other form',
  );

const perOutcome = <T extends z.ZodType>(value: T): z.ZodObject<Record<Outcome, T>, z.core.$strict> =>
  z.strictObject({ unplanned: value, death: value, planned: value });

const processSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    version: z.string().min(1),
    description: z.string(),
    /** Calendar days after a discharge that belong to the process. */
    horizonDays: z.int().min(2).max(365),
    /** Share of index discharges that each outcome shall reach; 0 turns it off. */
    targets: perOutcome(z.number().min(0).max(0.9)).refine(
      ({ unplanned, death, planned }) => unplanned + death + planned < 1,
      'expected shares that leave room for no event',
    ),
    intercepts: perOutcome(finite).nullable(),
    frailty: z.strictObject({
      /** Standard deviation of b, in log odds. */
      sd: z.number().min(0).max(1),
      /** Quadrature nodes of the oracle. */
      nodes: z.int().min(1).max(101),
      loadings: perOutcome(finite),
    }),
    /** Day of the event: weight exp(-(day - firstDay) / decayDays) for day firstDay .. horizonDays. */
    returnDay: z.strictObject({
      /** 2 is the first calendar day that always lies more than 24 hours after the discharge. */
      firstDay: z.int().min(2).max(365),
      decayDays: positive,
    }),
    terms: z.array(termSchema),
    /** Rates of acute admissions: planted or not, they choose the causes of returns. */
    admissions: admissionsSchema,
  })
  .refine(({ returnDay, horizonDays }) => returnDay.firstDay <= horizonDays, 'expected firstDay within horizonDays')
  .refine(
    ({ frailty }) => frailty.nodes >= nodesFor(frailty.sd),
    'expected at least 21 frailty nodes up to an sd of 0.7, 61 above',
  )
  .refine(({ admissions }) => unknownCauses(admissions).length === 0, {
    error: ({ input }) =>
      `admissions: expected causes of src/simulation/causes.json, found ${unknownCauses((input as { admissions: Admissions }).admissions).join(', ')}`,
  })
  .refine(
    ({ terms }) => new Set(terms.map(({ outcome, name }) => `${outcome} ${name}`)).size === terms.length,
    'expected a name of its own for each term of an outcome',
  );

/** Quadrature nodes that hold the oracle to 1e-6 over 25 outcomes of one patient. */
function nodesFor(sd: number): number {
  return sd === 0 ? 1 : sd <= 0.7 ? 21 : 61;
}

/** Names among the rates that no acute cause has. */
function unknownCauses({ causes, sameCause }: Admissions): string[] {
  const known = new Set(readCauses().flatMap(({ name, kind }) => (kind === 'acute' ? [name] : [])));
  return [...causes.map(({ cause }) => cause), ...Object.keys(sameCause)].filter(
    (name) => name !== 'default' && !known.has(name),
  );
}

export type ProcessDefinition = z.infer<typeof processSchema>;
export type Term = z.infer<typeof termSchema>;
export type CovariateForm = z.infer<typeof covariateFormSchema>;
export type Intercepts = Readonly<Record<Outcome, number>>;

const folder = new URL('./processes/', import.meta.url);

/** Names of the shipped processes. */
export function processNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/**
 * A shipped process by name, its null by NAME-null, or a process from a JSON file.
 *
 * A document may say `extends`, a shipped name: it is then that process with its own fields in place, object by object.
 *
 * @throws {SimulationError} SIM_PROCESS_UNKNOWN, SIM_PROCESS_INVALID
 */
export function readProcess(nameOrFile: string): ProcessDefinition {
  const nullName = /^(.+)-null$/.exec(nameOrFile)?.[1];
  if (nullName !== undefined && processNames().includes(nullName)) return nullOf(readProcess(nullName));
  return parseProcess(readDocument(nameOrFile), nameOrFile);
}

function readDocument(nameOrFile: string): unknown {
  const shipped = processNames().includes(nameOrFile);
  if (!shipped && !nameOrFile.endsWith('.json')) {
    const names = processNames().flatMap((name) => [name, `${name}-null`]);
    throw new SimulationError(
      'SIM_PROCESS_UNKNOWN',
      `expected one of ${names.join(', ')} or a .json file, found "${nameOrFile}"`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(shipped ? new URL(`${nameOrFile}.json`, folder) : nameOrFile, 'utf8'));
  } catch (cause) {
    throw new SimulationError('SIM_PROCESS_INVALID', `${nameOrFile}: expected a readable JSON file`, { cause });
  }
  if (!isRecord(value) || value['extends'] === undefined) return value;
  const { extends: parent, ...own } = value;
  if (typeof parent !== 'string' || !processNames().includes(parent) || parent === nameOrFile) {
    const names = processNames().join(', ');
    throw new SimulationError('SIM_PROCESS_INVALID', `${nameOrFile}: extends: expected one of ${names}, found another value`);
  }
  return overlaid(readDocument(parent), own);
}

/** Objects field by field, terms by outcome and name; everything else replaced whole. */
function overlaid(base: unknown, own: unknown): unknown {
  if (isTerms(base) && isTerms(own)) {
    const key = (term: Record<string, unknown>): string => `${String(term['outcome'])} ${String(term['name'])}`;
    const added = new Map(own.map((term) => [key(term), term]));
    const kept = base.map((term) => overlaid(term, added.get(key(term)) ?? {}));
    const names = new Set(base.map(key));
    return [...kept, ...own.filter((term) => !names.has(key(term)))];
  }
  if (!isRecord(base) || !isRecord(own)) return own;
  const fields = Object.entries(own).map(([name, value]) => [name, overlaid(base[name], value)]);
  return { ...base, ...Object.fromEntries(fields) };
}

function isTerms(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item) && 'outcome' in item && 'name' in item);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {SimulationError} SIM_PROCESS_INVALID naming the first wrong field */
export function parseProcess(value: unknown, where: string): ProcessDefinition {
  const parsed = processSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SimulationError(
    'SIM_PROCESS_INVALID',
    `${where}: ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'wrong form'}`,
  );
}

/** The same process without any effect: who returns is chance alone. Intercepts are to be solved anew. */
export function nullOf(process: ProcessDefinition): ProcessDefinition {
  return {
    ...process,
    name: `${process.name}-null`,
    description: `${process.name} with every coefficient and the frailty at 0`,
    intercepts: null,
    frailty: { ...process.frailty, sd: 0 },
    terms: process.terms.map((term) => ({ ...term, coefficient: 0 })),
  };
}

/** The process as it is used again on another cohort. */
export function withIntercepts(process: ProcessDefinition, intercepts: Intercepts): ProcessDefinition {
  return { ...process, intercepts: { ...intercepts } };
}

/** SHA-256 of the definition with sorted keys. */
export function processHash(process: ProcessDefinition): string {
  return sha256(stableJson(process));
}
