/**
 * FHIRPath trees to SQL values.
 *
 * In      an Expression, the value it starts from, the view's constants
 * Out     SqlValue; every element read is recorded for the JSON reader
 * Choice  operators take one value on each side: a path that can have many needs first() there (FHIRPath would compare whole
 *         collections). Comparison of dateTime, instant and time is refused: text order is not time order across zones
 * Source  SQL-on-FHIR v2, shareable subset of FHIRPath; three-valued logic of FHIRPath is that of SQL
 */
import { ViewError } from '../errors.ts';
import { parseFhirPath, type BinaryOperator, type Expression } from './fhirpath-parser.ts';
import { callFunction } from './path-functions.ts';
import { booleanSql, typed, type PathScope } from './path-scope.ts';
import { choiceName, elementsOf, primitiveSqlType } from './r4-elements.ts';
import { itemAt, scalar, stepInto, type Names, type SqlValue } from './sql-value.ts';
import { sqlString } from './sql-text.ts';

/**
 * @param text   FHIRPath
 * @param focus  what the path starts from
 * @throws {ViewError} VIEW_SYNTAX, VIEW_UNSUPPORTED, VIEW_UNKNOWN_ELEMENT, VIEW_UNKNOWN_CONSTANT, VIEW_MANY_VALUES, VIEW_TYPE_MISMATCH
 */
export function compilePath(text: string, focus: SqlValue, scope: PathScope): SqlValue {
  return typed(compileExpression(parseFhirPath(text), focus, scope));
}

function compileExpression(expression: Expression, focus: SqlValue, scope: PathScope): SqlValue {
  switch (expression.kind) {
    case 'this':
      return focus;
    case 'literal':
      return scalar(expression.type === 'string' ? sqlString(expression.text) : literalSql(expression), expression.type);
    case 'constant': {
      const constant = scope.constants.get(expression.name);
      if (constant !== undefined) return constant;
      const isReserved = ['resource', 'rootResource', 'context', 'rowIndex', 'ucum', 'sct', 'loinc'].includes(expression.name);
      if (isReserved) throw new ViewError('VIEW_UNSUPPORTED', `the variable %${expression.name}`);
      throw new ViewError(
        'VIEW_UNKNOWN_CONSTANT',
        `expected a constant of the view, found %${expression.name}; declare it in "constant"`,
      );
    }
    case 'member': {
      const isTypePrefix = expression.base.kind === 'this' && expression.name === scope.resource && focus === scope.root;
      return isTypePrefix ? focus : member(compileExpression(expression.base, focus, scope), expression.name, scope.names);
    }
    case 'index':
      return itemAt(typed(compileExpression(expression.base, focus, scope)), scope.names, expression.index);
    case 'call':
      return callFunction(expression, compileExpression(expression.base, focus, scope), scope, (argument, from) =>
        compileExpression(argument, from, scope),
      );
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, focus, scope);
  }
}

function literalSql(literal: { readonly type: string; readonly text: string }): string {
  if (literal.type === 'boolean') return literal.text.toUpperCase();
  return literal.type === 'decimal' ? `${literal.text}e0` : literal.text;
}

function member(value: SqlValue, name: string, names: Names): SqlValue {
  const base = typed(value);
  const type = base.types[0] ?? '';
  const elements = elementsOf(type);
  if (elements === undefined) {
    const what = primitiveSqlType(type) === undefined ? `type ${type}` : `the primitive type ${type}`;
    throw new ViewError(
      'VIEW_UNKNOWN_ELEMENT',
      `expected an element, found '${name}' on ${what}, of which no elements are known here`,
    );
  }
  const element = elements.get(name);
  if (element === undefined)
    throw unknownElement(
      type,
      name,
      [...elements.values()].filter((e) => e.isChoice),
    );
  if (element.isChoice) return { ...base, types: element.types, choice: { base, element } };
  return stepInto(base, names, element.name, element.types[0] ?? '', element.isMany);
}

function unknownElement(
  type: string,
  name: string,
  choices: readonly { readonly name: string; readonly types: readonly string[] }[],
): ViewError {
  for (const choice of choices) {
    const variant = choice.types.find((t) => choiceName(choice.name, t) === name);
    if (variant !== undefined) {
      return new ViewError(
        'VIEW_UNKNOWN_ELEMENT',
        `expected an element of ${type}, found '${name}'; write ${choice.name}.ofType(${variant})`,
      );
    }
  }
  return new ViewError('VIEW_UNKNOWN_ELEMENT', `expected an element of ${type} (FHIR R4), found '${name}'; correct the path`);
}

type Kind = 'number' | 'boolean' | 'text' | 'date' | 'time' | 'complex';
const NUMBERS = new Set(['integer', 'positiveInt', 'unsignedInt', 'decimal']);
const TIMES = new Set(['dateTime', 'instant', 'time']);

function kindOf(type: string): Kind {
  if (NUMBERS.has(type)) return 'number';
  if (type === 'boolean' || type === 'date') return type;
  if (TIMES.has(type)) return 'time';
  return primitiveSqlType(type) === undefined ? 'complex' : 'text';
}

function binary(
  operator: BinaryOperator,
  leftTree: Expression,
  rightTree: Expression,
  focus: SqlValue,
  scope: PathScope,
): SqlValue {
  const left = typed(compileExpression(leftTree, focus, scope));
  const right = typed(compileExpression(rightTree, focus, scope));
  if (operator === 'and' || operator === 'or') {
    const what = `operand of '${operator}'`;
    return scalar(`(${booleanSql(left, what)} ${operator.toUpperCase()} ${booleanSql(right, what)})`, 'boolean');
  }
  if (left.isMany || right.isMany) {
    throw new ViewError(
      'VIEW_MANY_VALUES',
      `expected one value on each side of '${operator}', found a path that can have many; use first() or where()`,
    );
  }
  const [a, b] = [kindOf(left.types[0] ?? ''), kindOf(right.types[0] ?? '')];
  const isDate = (a === 'date' || b === 'date') && [a, b].every((kind) => kind === 'date' || kind === 'text');
  if (a === 'time' || b === 'time' || (isDate && operator !== '=' && operator !== '!=')) {
    throw new ViewError(
      'VIEW_UNSUPPORTED',
      `operator '${operator}' on times; select the time and compare its _ms or _ymd column downstream`,
    );
  }
  if (a === 'complex' || b === 'complex')
    throw new ViewError('VIEW_UNSUPPORTED', `operator '${operator}' on complex types; compare their elements`);
  if (a !== b && !isDate) {
    throw new ViewError(
      'VIEW_TYPE_MISMATCH',
      `expected equal types on both sides of '${operator}', found ${left.types[0]} and ${right.types[0]}`,
    );
  }
  if (a === 'boolean' && operator !== '=' && operator !== '!=') {
    throw new ViewError('VIEW_TYPE_MISMATCH', `expected numbers or texts around '${operator}', found boolean`);
  }
  const comparison = `(${left.sql} ${operator === '!=' ? '<>' : operator} ${right.sql})`;
  // 2020 and 2020-03 are neither equal nor unequal: dates of different precision compare to empty.
  return scalar(isDate ? `CASE WHEN length(${left.sql}) = length(${right.sql}) THEN ${comparison} END` : comparison, 'boolean');
}
