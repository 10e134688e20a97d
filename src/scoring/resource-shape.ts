/**
 * The shape of what a request brings: every element the flat tables read is of the kind FHIR says, or the request is refused.
 *
 * In      one resource of a Bundle, already JSON-parsed
 * Out     the same resource with the elements that are read, and no others; or a refusal naming entry, type and element
 * Choice  compiled from the flat tables' own views, so that what is checked is what is read. The views make the best of a value of
 *         another shape, often nothing, and a wrong value must not pass for an absent one
 * Choice  elements that are not read pass unseen, whatever they hold; null is absent, as it is for the views
 * Choice  a time is legal when the flat tables can read it (../views/fhir-time.ts): 30 February or a time without zone is refused
 */
import { ScoringError } from '../errors.ts';
import { standardMapping, type SiteMapping } from '../mapping/index.ts';
import { flatViews } from '../warehouse/index.ts';

export type JsonObject = Readonly<Record<string, unknown>>;
/** A reference as written to the key it is joined by. */
export type ResolveReference = (reference: string) => string;
/** @throws {ScoringError} SCORING_RESOURCE_INVALID */
export type ReadElements = (resource: JsonObject, entry: number, resolve: ResolveReference) => Record<string, unknown>;

/** Elements of type date, dateTime and instant, by their JSON name; these names mean nothing else in the resources that are read. */
export const timeElements: ReadonlySet<string> = new Set([
  'birthDate',
  'deceasedDateTime',
  'onsetDateTime',
  'abatementDateTime',
  'recordedDate',
  'effectiveDateTime',
  'issued',
  'performedDateTime',
  'authoredOn',
  'start',
  'end',
]);

interface ReadContext {
  readonly entry: number;
  readonly resolve: ResolveReference;
}
type Read = (value: unknown, context: ReadContext) => unknown;

/** One reader per resource type that a flat table reads. */
export type ElementReaders = ReadonlyMap<string, ReadElements>;

export function elementReaders(mapping: SiteMapping): ElementReaders {
  return new Map(
    flatViews(mapping).map((view): [string, ReadElements] => {
      const read = compile(JSON.parse(view.jsonStructure), view.resource, view.resource);
      return [view.resource, (resource, entry, resolve) => read(resource, { entry, resolve }) as Record<string, unknown>];
    }),
  );
}

/** Where no mapping is given. */
export const standardReaders: ElementReaders = elementReaders(standardMapping);

/** @param structure  as from_json takes it: an object, a list of one structure, or the name of a type */
function compile(structure: unknown, name: string, path: string): Read {
  if (typeof structure === 'string') return compileLeaf(structure, name, path);
  if (Array.isArray(structure)) {
    const item = compile(structure[0], name, path);
    return (value, context) => {
      if (!Array.isArray(value)) throw invalid(context, path, 'a list');
      return value.map((element) => (element === null ? null : item(element, context)));
    };
  }
  const fields = Object.entries(structure as JsonObject).map(
    ([field, part]) => [field, compile(part, field, `${path}.${field}`)] as const,
  );
  return (value, context) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid(context, path, 'an object');
    const read: Record<string, unknown> = {};
    for (const [field, readField] of fields) {
      const element = (value as JsonObject)[field];
      if (element !== undefined && element !== null) read[field] = readField(element, context);
    }
    return read;
  };
}

function compileLeaf(type: string, name: string, path: string): Read {
  const checked =
    (isLegal: (value: unknown) => boolean, expected: string): Read =>
    (value, context) => {
      if (isLegal(value)) return value;
      throw invalid(context, path, expected);
    };
  switch (type) {
    case 'VARCHAR': {
      if (timeElements.has(name)) return checked(isFhirTime, 'a FHIR date, dateTime with zone, or instant');
      const text = checked(isText, 'a text');
      return name === 'reference' ? (value, context) => context.resolve(text(value, context) as string) : text;
    }
    case 'DOUBLE':
      return checked((value) => Number.isFinite(value), 'a finite number');
    case 'INTEGER':
      return checked((value) => Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647, 'a whole number');
    case 'BOOLEAN':
      return checked((value) => typeof value === 'boolean', 'true or false');
    case 'JSON':
      return (value) => value;
    default:
      // A view that reads a new kind of value must say here what is legal.
      throw new ScoringError(
        'SCORING_VIEW_TYPE',
        `${path}: expected a type that can be checked, found ${type}; add it to resource-shape.ts`,
      );
  }
}

/** Half a surrogate pair is no text: DuckDB refuses it. With the u flag a proper pair does not match. */
const loneSurrogate = /\p{Surrogate}/u;

function isText(value: unknown): boolean {
  return typeof value === 'string' && !loneSurrogate.test(value);
}

/** Of a year, a month, a day or an instant; days that a month does not have are for `isFhirTime`. */
export const fhirTime =
  /^((?:\d(?:\d(?:\d[1-9]|[1-9]0)|[1-9]00)|[1-9]000))(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)))?)?)?$/;

/** True for what the flat tables read as a time: a year, a month, a day that exists, or an instant with its zone. */
export function isFhirTime(value: unknown): boolean {
  const parts = typeof value === 'string' ? fhirTime.exec(value) : null;
  if (parts === null) return false;
  const [, year, month, day] = parts;
  return day === undefined || Number(day) <= daysOf(Number(year), Number(month));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function invalid({ entry }: ReadContext, path: string, expected: string): ScoringError {
  return new ScoringError(
    'SCORING_RESOURCE_INVALID',
    `entry ${entry}: ${path}: expected ${expected}, found something else; correct the resource`,
    {
      details: { entry, element: path },
    },
  );
}
