/**
 * The FHIRPath functions of the subset, one entry each.
 *
 * In      a call: its input value, its arguments as trees, the scope
 * Out     SqlValue
 * Choice  a function that is not in the table is refused by name. Keys are `Type/id`. getReferenceKey gives NULL for what is
 *         not a literal reference to a resource of a type: urn:uuid, #contained, `Type?identifier=…`, identifier only. resolve() finds what
 *         the resource itself contains (#id) and nothing else: other resources are joined by their keys
 * Source  FHIRPath N1 section 5; FHIR R4, resolve(); SQL-on-FHIR v2, getResourceKey and getReferenceKey
 */
import { ViewError } from '../errors.ts';
import type { Expression } from './fhirpath-parser.ts';
import { booleanSql, typed, type Evaluate, type PathScope } from './path-scope.ts';
import { choiceName, isResourceType, primitiveSqlType } from './r4-elements.ts';
import { existsSql, itemAt, itemOf, mapItems, scalar, stepInto, withoutHoles, type SqlValue } from './sql-value.ts';
import { sqlString } from './sql-text.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type PathFunction = (input: SqlValue, args: readonly Expression[], scope: PathScope, evaluate: Evaluate) => SqlValue;

const FUNCTIONS: Readonly<Record<string, { readonly min: number; readonly max: number; readonly run: PathFunction }>> = {
  first: { min: 0, max: 0, run: (input, _args, scope) => itemAt(typed(input), scope.names, 0) },
  exists: {
    min: 0,
    max: 1,
    run: (input, [criteria], scope, evaluate) => {
      const value = criteria === undefined ? input : where(input, criteria, scope, evaluate);
      return scalar(value.choice === null ? existsSql(value, scope.names) : anyVariantExists(value, scope), 'boolean');
    },
  },
  empty: {
    min: 0,
    max: 0,
    run: (input, _args, scope) =>
      scalar(`(NOT ${input.choice === null ? existsSql(input, scope.names) : anyVariantExists(input, scope)})`, 'boolean'),
  },
  not: { min: 0, max: 0, run: (input) => scalar(`(NOT ${booleanSql(input, 'input of not()')})`, 'boolean') },
  where: { min: 1, max: 1, run: (input, [criteria], scope, evaluate) => where(input, criteria!, scope, evaluate) },
  ofType: { min: 1, max: 1, run: (input, [type], scope) => ofType(input, typeName(type!, 'ofType'), scope) },
  extension: { min: 1, max: 1, run: (input, [url], scope, evaluate) => extension(input, url!, scope, evaluate) },
  iif: { min: 2, max: 3, run: iif },
  join: { min: 0, max: 1, run: join },
  startsWith: {
    min: 1,
    max: 1,
    run: (input, [prefix]) =>
      scalar(`starts_with(${textSql(input, 'startsWith')}, ${sqlString(textLiteral(prefix!, 'startsWith'))})`, 'boolean'),
  },
  upper: {
    min: 0,
    max: 0,
    run: (input) => scalar(`translate(${textSql(input, 'upper')}, ${asciiLower}, ${asciiUpper})`, 'string'),
  },
  replace: { min: 2, max: 2, run: replace },
  resolve: { min: 0, max: 0, run: (input, _args, scope) => resolve(input, scope) },
  getResourceKey: { min: 0, max: 0, run: (input, _args, scope) => resourceKey(input, scope) },
  getReferenceKey: {
    min: 0,
    max: 1,
    run: (input, [type], scope) => referenceKey(input, type === undefined ? null : typeName(type, 'getReferenceKey'), scope),
  },
};

/**
 * @throws {ViewError} VIEW_UNSUPPORTED for a function outside the subset; VIEW_SYNTAX for a wrong number of arguments
 */
export function callFunction(call: Call, input: SqlValue, scope: PathScope, evaluate: Evaluate): SqlValue {
  const known = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (known === undefined) {
    throw new ViewError('VIEW_UNSUPPORTED', `the function ${call.name}(); supported: ${Object.keys(FUNCTIONS).join(', ')}`);
  }
  if (call.args.length < known.min || call.args.length > known.max) {
    const expected = known.min === known.max ? String(known.min) : `${known.min} to ${known.max}`;
    throw new ViewError('VIEW_SYNTAX', `expected ${expected} argument(s) of ${call.name}(), found ${call.args.length}`);
  }
  return known.run(input, call.args, scope, evaluate);
}

function where(input: SqlValue, criteria: Expression, scope: PathScope, evaluate: Evaluate): SqlValue {
  const value = typed(input);
  if (!value.isMany) {
    const condition = booleanSql(evaluate(criteria, value), 'criteria');
    return { ...value, sql: `CASE WHEN ${condition} THEN ${value.sql} END` };
  }
  const name = scope.names.next();
  const condition = booleanSql(evaluate(criteria, itemOf(value, name)), 'criteria');
  return { ...value, sql: `list_filter(${value.sql}, lambda ${name}: ${condition})` };
}

function ofType(input: SqlValue, type: string, scope: PathScope): SqlValue {
  if (input.choice === null && input.types[0] === anyResource) return resourceOfType(input, type, scope);
  if (input.choice === null) {
    throw new ViewError('VIEW_UNSUPPORTED', `ofType(${type}) on ${input.types[0]}, which is not a choice element`);
  }
  const { base, element } = input.choice;
  if (!element.types.includes(type)) {
    throw new ViewError(
      'VIEW_UNKNOWN_ELEMENT',
      `expected one of ${element.types.join(', ')} in ${element.name}.ofType(), found ${type}`,
    );
  }
  return stepInto(base, scope.names, choiceName(element.name, type), type, element.isMany);
}

/** The type of what resolve() gives, until ofType() says more. */
const anyResource = 'Resource';

function resourceOfType(input: SqlValue, type: string, scope: PathScope): SqlValue {
  if (!isResourceType(type)) {
    throw new ViewError('VIEW_UNSUPPORTED', `the resource type ${type}; its elements are not in r4-elements.ts`);
  }
  const typeOf = (one: SqlValue): string => stepInto(one, scope.names, 'resourceType', 'code', false).sql;
  if (!input.isMany)
    return { ...input, types: [type], sql: `CASE WHEN ${typeOf(input)} = ${sqlString(type)} THEN ${input.sql} END` };
  const name = scope.names.next();
  const isWanted = `${typeOf(itemOf(input, name))} = ${sqlString(type)}`;
  return { ...input, types: [type], sql: `list_filter(${input.sql}, lambda ${name}: ${isWanted})`, hasHoles: false };
}

/** A reference `#id` to the contained resource of that id; empty for any other reference. */
function resolve(input: SqlValue, scope: PathScope): SqlValue {
  const reference = stepInto(referenceOf(input, 'resolve'), scope.names, 'reference', 'string', false);
  const contained = { ...stepInto(scope.root, scope.names, 'contained', anyResource, true), isJson: true, tree: null };
  const found = mapItems(reference, scope.names, anyResource, (sql) => {
    const name = scope.names.next();
    const id = stepInto(itemOf(contained, name), scope.names, 'id', 'id', false);
    return `list_filter(${contained.sql}, lambda ${name}: '#' || ${id.sql} = ${sql})[1]`;
  });
  return { ...found, isJson: true };
}

function referenceOf(input: SqlValue, of: string): SqlValue {
  const base = typed(input);
  if (base.types[0] === 'Reference') return base;
  throw new ViewError('VIEW_TYPE_MISMATCH', `expected a Reference as input of ${of}(), found ${base.types[0]}`);
}

function anyVariantExists(choice: SqlValue, scope: PathScope): string {
  return `(${choice.types.map((type) => existsSql(ofType(choice, type, scope), scope.names)).join(' OR ')})`;
}

function extension(input: SqlValue, argument: Expression, scope: PathScope, evaluate: Evaluate): SqlValue {
  const base = typed(input);
  const type = base.types[0] ?? '';
  if (primitiveSqlType(type) !== undefined) {
    throw new ViewError('VIEW_UNSUPPORTED', `extension() on the primitive type ${type}`);
  }
  const url = evaluate(argument, base);
  if (url.isMany || url.tree !== null || primitiveSqlType(url.types[0] ?? '') !== 'VARCHAR') {
    throw new ViewError('VIEW_TYPE_MISMATCH', 'expected the url as a literal or a constant in extension()');
  }
  const all = stepInto(base, scope.names, 'extension', 'Extension', true);
  const name = scope.names.next();
  const itsUrl = stepInto(itemOf(all, name), scope.names, 'url', 'uri', false);
  return { ...all, sql: `list_filter(${all.sql}, lambda ${name}: ${itsUrl.sql} = ${url.sql})`, hasHoles: false };
}

function iif(
  input: SqlValue,
  [criterion, then, otherwise]: readonly Expression[],
  _scope: PathScope,
  evaluate: Evaluate,
): SqlValue {
  const condition = booleanSql(evaluate(criterion!, input), 'criterion of iif()');
  const yes = typed(evaluate(then!, input));
  if (otherwise === undefined) return { ...yes, tree: null, sql: `CASE WHEN ${condition} THEN ${yes.sql} END` };
  const no = typed(evaluate(otherwise, input));
  const sqlTypes = [yes, no].map((value) => primitiveSqlType(value.types[0] ?? '') ?? 'complex');
  if (yes.isMany || no.isMany || sqlTypes[0] === 'complex' || sqlTypes[0] !== sqlTypes[1]) {
    throw new ViewError(
      'VIEW_TYPE_MISMATCH',
      `expected two single primitive values of one type in iif(), found ${yes.types[0]} and ${no.types[0]}; select elements, use first()`,
    );
  }
  return scalar(`CASE WHEN ${condition} THEN ${yes.sql} ELSE ${no.sql} END`, yes.types[0] ?? '');
}

function join(input: SqlValue, [separator]: readonly Expression[], scope: PathScope): SqlValue {
  const value = typed(input);
  if (primitiveSqlType(value.types[0] ?? '') !== 'VARCHAR') {
    throw new ViewError('VIEW_TYPE_MISMATCH', `expected texts as input of join(), found ${value.types[0]}`);
  }
  if (separator !== undefined && (separator.kind !== 'literal' || separator.type !== 'string')) {
    throw new ViewError('VIEW_UNSUPPORTED', 'join() with a separator that is not a literal');
  }
  if (!value.isMany) return scalar(value.sql, 'string');
  const text = sqlString(separator?.text ?? '');
  return scalar(`nullif(array_to_string(${withoutHoles(value, scope.names).sql}, ${text}), '')`, 'string');
}

/** ASCII letters only: how other letters change case differs between engines. */
const asciiLower = sqlString('abcdefghijklmnopqrstuvwxyz');
const asciiUpper = sqlString('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

function replace(input: SqlValue, [pattern, substitution]: readonly Expression[]): SqlValue {
  const from = textLiteral(pattern!, 'replace');
  if (from === '') throw new ViewError('VIEW_UNSUPPORTED', 'replace() of the empty text');
  const to = textLiteral(substitution!, 'replace');
  return scalar(`replace(${textSql(input, 'replace')}, ${sqlString(from)}, ${sqlString(to)})`, 'string');
}

function textSql(input: SqlValue, of: string): string {
  const value = typed(input);
  if (value.isMany) {
    throw new ViewError(
      'VIEW_MANY_VALUES',
      `expected one text as input of ${of}(), found a path that can have many; use first()`,
    );
  }
  if (primitiveSqlType(value.types[0] ?? '') !== 'VARCHAR') {
    throw new ViewError('VIEW_TYPE_MISMATCH', `expected a text as input of ${of}(), found ${value.types[0]}`);
  }
  return value.sql;
}

function textLiteral(expression: Expression, of: string): string {
  if (expression.kind === 'literal' && expression.type === 'string') return expression.text;
  throw new ViewError('VIEW_UNSUPPORTED', `${of}() with an argument that is not a text literal`);
}

function resourceKey(input: SqlValue, scope: PathScope): SqlValue {
  if (input !== scope.root) throw new ViewError('VIEW_UNSUPPORTED', 'getResourceKey() on something that is not the resource');
  const id = stepInto(input, scope.names, 'id', 'id', false);
  return scalar(`${sqlString(`${scope.resource}/`)} || ${id.sql}`, 'string');
}

function referenceKey(input: SqlValue, type: string | null, scope: PathScope): SqlValue {
  const base = referenceOf(input, 'getReferenceKey');
  if (type !== null && !/^[A-Za-z]+$/.test(type))
    throw new ViewError('VIEW_SYNTAX', `expected a resource type in getReferenceKey(), found ${type}`);
  const reference = stepInto(base, scope.names, 'reference', 'string', false);
  return mapItems(reference, scope.names, 'string', (sql) => referenceKeySql(sql, type));
}

/**
 * `Type/id` of a reference that is relative, absolute or versioned; else NULL. Nearly all references are relative to a known type,
 * and four cheap tests find those; the regular expression, five times as dear, sees the rest. The characters of the id are checked
 * only there, where they decide which part of a URL it is.
 */
function referenceKeySql(sql: string, type: string | null): string {
  const id = '[A-Za-z0-9.\\-]{1,64}';
  const pattern = sqlString(`^(?:https?://.*/)?(${type ?? '[A-Z][A-Za-z]+'}/${id})(?:/_history/${id})?$`);
  const key = `nullif(regexp_extract(${sql}, ${pattern}, 1), '')`;
  if (type === null) return key;
  const isPlain =
    `starts_with(${sql}, ${sqlString(`${type}/`)}) AND NOT contains(${sql}, '?') AND ${sql} NOT LIKE ${sqlString(`${type}/%/%`)} ` +
    `AND strlen(${sql}) BETWEEN ${type.length + 2} AND ${type.length + 65}`;
  return `CASE WHEN ${isPlain} THEN ${sql} ELSE ${key} END`;
}

function typeName(expression: Expression, of: string): string {
  if (expression.kind === 'member') {
    if (expression.base.kind === 'this') return expression.name;
    const base = expression.base;
    if (base.kind === 'member' && base.base.kind === 'this' && (base.name === 'FHIR' || base.name === 'System'))
      return expression.name;
  }
  throw new ViewError('VIEW_SYNTAX', `expected the name of a type in ${of}(), found another expression`);
}
