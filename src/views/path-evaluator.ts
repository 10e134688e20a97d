/**
 * FHIRPath trees to functions over parsed JSON: what ./path-compiler.ts is to SQL.
 *
 * In      the Expression that the SQL is compiled from, the value it starts from, the view's constants
 * Out     PathValue
 * Choice  nothing is refused here: a view reaches this module only after it was compiled to SQL, which refuses what it must. Texts
 *         are ordered by their UTF-8 bytes and logic is three-valued, as in DuckDB
 */
import { parseFhirPath, type BinaryOperator, type Expression } from './fhirpath-parser.ts';
import { evaluateCall } from './path-function-evaluator.ts';
import { itemAt, notCompiled, single, stepInto, type EvaluatorScope, type PathValue, type Read } from './path-value.ts';
import { elementsOf } from './r4-elements.ts';

/** @throws {ViewError} VIEW_INVALID for a path that compileView would have refused */
export function evaluatePath(text: string, focus: PathValue, scope: EvaluatorScope): PathValue {
  return evaluate(parseFhirPath(text), focus, scope);
}

function evaluate(tree: Expression, focus: PathValue, scope: EvaluatorScope): PathValue {
  switch (tree.kind) {
    case 'this':
      return focus;
    case 'literal': {
      const value = literalValue(tree.type, tree.text);
      return single(() => value, tree.type);
    }
    case 'constant':
      return scope.constants.get(tree.name) ?? notCompiled(`%${tree.name}`);
    case 'member': {
      const isTypePrefix = tree.base.kind === 'this' && tree.name === scope.resource && focus === scope.root;
      return isTypePrefix ? focus : member(evaluate(tree.base, focus, scope), tree.name);
    }
    case 'index':
      return itemAt(evaluate(tree.base, focus, scope), tree.index);
    case 'call':
      return evaluateCall(tree, evaluate(tree.base, focus, scope), scope, (argument, from) => evaluate(argument, from, scope));
    case 'binary':
      return binary(tree.operator, evaluate(tree.left, focus, scope), evaluate(tree.right, focus, scope));
  }
}

function literalValue(type: 'string' | 'boolean' | 'integer' | 'decimal', text: string): string | boolean | number {
  if (type === 'string') return text;
  return type === 'boolean' ? text === 'true' : Number(text);
}

function member(base: PathValue, name: string): PathValue {
  const element = elementsOf(base.type)?.get(name) ?? notCompiled(name);
  const type = element.types[0] ?? '';
  return element.isChoice ? { ...base, type, choice: { base, element } } : stepInto(base, element.name, type, element.isMany);
}

function binary(operator: BinaryOperator, left: PathValue, right: PathValue): PathValue {
  if (operator === 'and' || operator === 'or') return single(connective(left.read, right.read, operator === 'or'), 'boolean');
  const compare = COMPARISONS[operator];
  // 2020 and 2020-03 are neither equal nor unequal: dates of different precision compare to empty.
  const isDate = left.type === 'date' || right.type === 'date';
  return single((at) => {
    const [a, b] = [left.read(at), right.read(at)] as [Comparable | null, Comparable | null];
    if (a === null || b === null) return null;
    return isDate && [...(a as string)].length !== [...(b as string)].length ? null : compare(a, b);
  }, 'boolean');
}

/** `or` where `decides` is true, `and` where it is false: one operand of that value settles it, else one that is empty does. */
function connective(left: Read, right: Read, decides: boolean): Read {
  return (at) => {
    const a = left(at);
    if (a === decides) return decides;
    const b = right(at);
    if (b === decides) return decides;
    return a === null || b === null ? null : !decides;
  };
}

type Comparable = string | number | boolean;
const COMPARISONS: Readonly<Record<Exclude<BinaryOperator, 'and' | 'or'>, (a: Comparable, b: Comparable) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => order(a, b) < 0,
  '>': (a, b) => order(a, b) > 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>=': (a, b) => order(a, b) >= 0,
};

function order(a: Comparable, b: Comparable): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a < b ? -1 : 1;
}
