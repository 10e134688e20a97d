/**
 * A search as asked: names and values turned into tests, or refused.
 *
 * In      the type and its parameters, from a query string or a form, in order
 * Out     criteria (all must hold; within one, any alternative), sort keys, page size, includes
 * Choice  an unknown parameter, a modifier, a chain or a repeated single parameter is a 400, never ignored: an ignored filter
 *         answers a different question with status 200
 * Choice  `_count` above the maximum is clamped, as R4 lets a server do, and the self link says so; `_count=0` counts
 * Source  FHIR R4 search.html
 */
import { parseDateTest, type DateTest } from './date-parameter.ts';
import { printable, RequestRefusal } from './operation-outcome.ts';
import { localReference } from './references.ts';
import {
  searchParametersOf,
  type DateParameter,
  type ReferenceParameter,
  type SearchParameter,
  type TokenParameter,
} from './search-parameters.ts';
import { parseTokenTest, type TokenTest } from './token-parameter.ts';

export type Criterion =
  | { readonly kind: 'id'; readonly ids: readonly string[] }
  | { readonly kind: 'token'; readonly parameter: TokenParameter; readonly tests: readonly TokenTest[] }
  | { readonly kind: 'date'; readonly parameter: DateParameter; readonly tests: readonly DateTest[] }
  /** keys are "Type/id". */
  | {
      readonly kind: 'reference';
      readonly name: string;
      readonly parameter: ReferenceParameter;
      readonly keys: readonly string[];
    };

export interface SortKey {
  /** "_id", or a date parameter of the type. */
  readonly name: string;
  readonly paths: readonly string[];
  readonly descending: boolean;
}

/** `_include=Encounter:patient:Patient`, or `_revinclude=Condition:encounter`. */
export interface Include {
  /** The type that holds the reference. */
  readonly type: string;
  readonly name: string;
  readonly parameter: ReferenceParameter;
  /** Only references to this type; undefined for all. */
  readonly target: string | undefined;
}

export interface SearchRequest {
  readonly type: string;
  readonly criteria: readonly Criterion[];
  readonly sort: readonly SortKey[];
  readonly count: number;
  /** Only the number of matches is asked for. */
  readonly countOnly: boolean;
  readonly total: boolean;
  readonly includes: readonly Include[];
  readonly revIncludes: readonly Include[];
  /** As understood, for the self link. */
  readonly parameters: readonly (readonly [string, string])[];
}

export interface SearchLimits {
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
  /** A larger page is refused: includes can bring any number of resources. */
  readonly maxPageBytes: number;
}

const single = new Set(['_count', '_sort', '_summary', '_total', '_format']);

/**
 * @param types  the types the server holds
 * @param bases  bases of absolute references that mean this server
 * @throws {RequestRefusal} 400, naming the parameter and what is supported
 */
export function parseSearch(
  type: string,
  parameters: readonly (readonly [string, string])[],
  limits: SearchLimits,
  types: ReadonlySet<string>,
  bases: readonly string[],
): SearchRequest {
  const supported = searchParametersOf(type);
  const criteria: Criterion[] = [];
  const includes: Include[] = [];
  const revIncludes: Include[] = [];
  const understood: [string, string][] = [];
  const seen = new Set<string>();
  let sort: SortKey[] = [];
  let count = limits.defaultPageSize;
  let countOnly = false;
  let total = false;

  for (const [name, value] of parameters) {
    if (single.has(name) && seen.has(name)) throw new RequestRefusal(400, 'invalid', `${name}: expected once, found twice`);
    seen.add(name);
    if (name === '_format') continue;
    if (value === '') throw new RequestRefusal(400, 'value', `${printable(name)}: expected a value, found none`);
    let shown = value;
    if (name === '_count') {
      count = Math.min(wholeNumber(name, value), limits.maxPageSize);
      countOnly ||= count === 0;
      shown = String(count);
    } else if (name === '_sort') sort = parseSort(type, value, supported);
    else if (name === '_summary') countOnly = oneOf(name, value, ['false', 'count']) === 'count' || countOnly;
    else if (name === '_total') total = oneOf(name, value, ['none', 'estimate', 'accurate']) !== 'none';
    else if (name === '_include') includes.push(parseInclude(name, value, type, types));
    else if (name === '_revinclude') revIncludes.push(parseInclude(name, value, type, types));
    else criteria.push(parseCriterion(type, name, value, supported, bases));
    understood.push([name, shown]);
  }
  return { type, criteria, sort, count, countOnly, total, includes, revIncludes, parameters: understood };
}

/** @throws {RequestRefusal} 400 when the value is not a whole number of 0 or more */
export function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new RequestRefusal(400, 'value', `${name}: expected a whole number of 0 or more`);
  return Number(value);
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new RequestRefusal(400, 'not-supported', `${name}: the value is not supported; use one of ${allowed.join(', ')}`);
}

function parseCriterion(
  type: string,
  name: string,
  value: string,
  supported: ReadonlyMap<string, SearchParameter>,
  bases: readonly string[],
): Criterion {
  const parameter = supported.get(name);
  if (parameter === undefined) throw unknownParameter(type, name, supported);
  const alternatives = splitEscaped(value, ',');
  if (name === '_id') return { kind: 'id', ids: alternatives.map(unescape) };
  switch (parameter.kind) {
    case 'date':
      return { kind: 'date', parameter, tests: alternatives.map((text) => parseDateTest(text, name)) };
    case 'token':
      return {
        kind: 'token',
        parameter,
        tests: alternatives.map((text) => parseTokenTest(splitEscaped(text, '|').map(unescape), name)),
      };
    case 'reference':
      return {
        kind: 'reference',
        name,
        parameter,
        keys: alternatives.flatMap((text) => keysOf(name, unescape(text), parameter, bases)),
      };
  }
}

function unknownParameter(type: string, name: string, supported: ReadonlyMap<string, SearchParameter>): RequestRefusal {
  const stem = name.split(/[:.]/)[0] ?? '';
  const isResultParameter = single.has(stem) || stem === '_include' || stem === '_revinclude';
  if (name !== stem && (supported.has(stem) || isResultParameter)) {
    const kind = name.charAt(stem.length) === ':' ? 'modifiers' : 'chained parameters';
    return new RequestRefusal(400, 'not-supported', `${printable(name)}: ${kind} are not supported; use ${stem} alone`);
  }
  const list = [...supported.keys()].join(', ');
  return new RequestRefusal(
    400,
    'not-supported',
    `${printable(name)}: not a search parameter of ${type} here; supported are ${list}`,
  );
}

/** "Type/id" for each type the value may mean: `id`, `Type/id`, or an absolute reference to this server. */
function keysOf(name: string, value: string, parameter: ReferenceParameter, bases: readonly string[]): string[] {
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(value)) return parameter.targets.map((type) => `${type}/${value}`);
  const local = localReference(value, bases);
  if (local !== null && parameter.targets.includes(local.split('/')[0] ?? '')) return [local];
  const types = parameter.targets.join(', ');
  throw new RequestRefusal(400, 'value', `${name}: expected an id or a reference to ${types}; found something else`);
}

function parseSort(type: string, value: string, supported: ReadonlyMap<string, SearchParameter>): SortKey[] {
  return value.split(',').map((text) => {
    const descending = text.startsWith('-');
    const name = descending ? text.slice(1) : text;
    const parameter = supported.get(name);
    if (name === '_id') return { name, paths: ['id'], descending };
    if (parameter?.kind === 'date') return { name, paths: parameter.paths, descending };
    const sortable = [...supported].filter(([n, p]) => p.kind === 'date' || n === '_id').map(([n]) => n);
    const what = `_sort: ${printable(name)} is not a sort key of ${type} here; supported are ${sortable.join(', ')}`;
    throw new RequestRefusal(400, 'not-supported', what);
  });
}

function parseInclude(name: '_include' | '_revinclude', value: string, searched: string, types: ReadonlySet<string>): Include {
  const [type = '', parameterName = '', target, ...rest] = value.split(':');
  const parameter = types.has(type) ? searchParametersOf(type).get(parameterName) : undefined;
  const sourceFits = name === '_revinclude' || type === searched;
  const targetFits =
    parameter?.kind === 'reference' &&
    (target === undefined || parameter.targets.includes(target)) &&
    (name === '_include' || parameter.targets.includes(searched));
  if (rest.length > 0 || !sourceFits || !targetFits) {
    const source = name === '_include' ? searched : 'another type';
    const what = `${name}: ${printable(value)} is not supported; expected Type:parameter[:Target], a reference parameter of ${source}`;
    throw new RequestRefusal(400, 'not-supported', what);
  }
  if (name === '_revinclude' && target !== undefined && target !== searched) {
    throw new RequestRefusal(400, 'not-supported', `_revinclude: the target type must be ${searched}`);
  }
  return { type, name: parameterName, parameter, target };
}

/** Splits at a separator that no backslash precedes; the parts keep their escapes. */
function splitEscaped(value: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let i = 0; i < value.length; i += 1) {
    const character = value.charAt(i);
    if (character === separator) parts.push('');
    else if (character === '\\' && i + 1 < value.length) {
      parts[parts.length - 1] += character + value.charAt(i + 1);
      i += 1;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}

function unescape(text: string): string {
  return text.replace(/\\([\\,|$])/g, '$1');
}
