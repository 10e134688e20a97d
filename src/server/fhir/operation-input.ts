/**
 * What $readmission-risk is asked with: a Parameters resource, checked and taken apart.
 *
 * In      a JSON value; the id of the encounter where the path names it
 * Out     encounter, and the Bundle of its patient's records or the patient to fetch them for
 * Choice  a parameter that the operation does not have is refused: a misspelt asOf that is passed over would change the answer
 * Choice  a fault is told by the FHIRPath of its parameter, never by its value; only names of the operation are repeated
 * Source  FHIR R4 operations.html (invoking an operation), parameters.html (inv-1)
 */
import { z } from 'zod';
import { ScoringError } from '../../errors.ts';
import { bundleRequestSchema, type BundleRequest } from '../../scoring/index.ts';
import { patientOfBundle } from './bundle-keys.ts';

export interface OperationInput {
  /** Id. */
  readonly encounter: string;
  /** Id; null where neither a parameter nor the Bundle names one. */
  readonly patient: string | null;
  readonly bundle: BundleRequest['bundle'] | null;
  readonly asOf: string | undefined;
  /** undefined where the request does not say. */
  readonly covers: BundleRequest['covers'];
}

const id = '[A-Za-z0-9\\-.]{1,64}';
const reference = (type: string) =>
  z
    .looseObject({ reference: z.string().regex(new RegExp(`^${type}/${id}$`)) })
    .transform((value) => value.reference.slice(type.length + 1));
const { asOf: dateTime, covers, bundle } = bundleRequestSchema.shape;

/** What each parameter holds, by name: the element and its schema. */
const inputs = {
  bundle: { element: 'resource', max: 1, schema: bundle, words: 'a Bundle' },
  encounter: { element: 'valueReference', max: 1, schema: reference('Encounter'), words: 'a reference of the form Encounter/id' },
  patient: { element: 'valueReference', max: 1, schema: reference('Patient'), words: 'a reference of the form Patient/id' },
  asOf: { element: 'valueDateTime', max: 1, schema: dateTime.unwrap(), words: 'a dateTime, with a zone where it has a time' },
  coveredType: { element: 'valueCode', max: 1000, schema: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/), words: 'a resource type' },
  coveredFrom: { element: 'valueDate', max: 1, schema: covers.unwrap().shape.from.unwrap(), words: 'a date of whole days' },
} as const;

type InputName = keyof typeof inputs;
type Inputs = { [N in InputName]?: z.infer<(typeof inputs)[N]['schema']>[] };

const parametersSchema = z.looseObject({
  resourceType: z.literal('Parameters'),
  parameter: z
    .array(z.looseObject({ name: z.string() }))
    .max(1100)
    .optional(),
});

/**
 * @param pathEncounter  id; undefined at the level of the type
 * @throws {ScoringError} SCORING_REQUEST_INVALID; SCORING_BUNDLE_PATIENT where the Bundle is of another patient than `patient`
 */
export function readOperationInput(body: unknown, pathEncounter: string | undefined): OperationInput {
  const given = readInputs(body);
  const encounter = pathEncounter ?? given.encounter?.[0];
  if (encounter === undefined) {
    throw invalid('encounter', 'expected a parameter "encounter", as the path names none; or ask at /fhir/Encounter/{id}');
  }
  if (pathEncounter !== undefined && given.encounter !== undefined && given.encounter[0] !== pathEncounter) {
    throw invalid('encounter', 'expected no parameter "encounter", or the one that the path names');
  }
  const ofBundle = given.bundle?.[0] === undefined ? null : patientOfBundle(given.bundle[0]);
  const patient = given.patient?.[0] ?? ofBundle;
  if (ofBundle !== null && patient !== ofBundle) {
    const what = 'expected records of the patient that the parameter "patient" names, found a Bundle of another one';
    throw new ScoringError('SCORING_BUNDLE_PATIENT', what, { details: { element: pathOf('patient') } });
  }
  return { encounter, patient, bundle: given.bundle?.[0] ?? null, asOf: given.asOf?.[0], covers: coverageOf(given) };
}

function coverageOf({ bundle: records, coveredType, coveredFrom }: Inputs): OperationInput['covers'] {
  if (coveredType === undefined && coveredFrom === undefined) return undefined;
  if (records === undefined) {
    throw invalid(
      'coveredType',
      'expected to be told what was searched only of a Bundle; what this server fetches it knows itself',
    );
  }
  if (coveredType === undefined)
    throw invalid('coveredType', 'expected "coveredType" beside "coveredFrom": the types searched from then');
  return { types: coveredType, from: coveredFrom?.[0] ?? null };
}

function readInputs(body: unknown): Inputs {
  const parsed = parametersSchema.safeParse(body);
  if (!parsed.success) {
    throw new ScoringError(
      'SCORING_REQUEST_INVALID',
      'expected a Parameters resource, found another value; a Bundle goes into its parameter "bundle"',
      {
        details: { element: 'Parameters' },
      },
    );
  }
  const given: Partial<Record<InputName, unknown[]>> = {};
  for (const { name, ...rest } of parsed.data.parameter ?? []) {
    if (!isInput(name)) {
      throw new ScoringError(
        'SCORING_REQUEST_INVALID',
        `expected parameters of the operation only (${Object.keys(inputs).join(', ')}), found another`,
        {
          details: { element: 'Parameters.parameter.name' },
        },
      );
    }
    const { element, max, schema, words } = inputs[name];
    const content = Object.keys(rest).filter((key) => /^(value[A-Z]|resource$|part$)/.test(key));
    const value = content.length === 1 && content[0] === element ? schema.safeParse(rest[element]) : undefined;
    if (value?.success !== true) throw invalid(name, `${name}: expected ${words} as ${element}, found something else or nothing`);
    const list = (given[name] ??= []);
    list.push(value.data);
    if (list.length > max) throw invalid(name, `${name}: expected it once, found it again`);
  }
  return given as Inputs;
}

function isInput(name: string): name is InputName {
  return Object.hasOwn(inputs, name);
}

function pathOf(name: InputName): string {
  return `Parameters.parameter.where(name='${name}')`;
}

function invalid(name: InputName, what: string): ScoringError {
  return new ScoringError('SCORING_REQUEST_INVALID', what, { details: { element: pathOf(name) } });
}
