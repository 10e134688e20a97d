/** Precedence and shape of FHIRPath trees, and what is refused with its name and position. */
import { describe, expect, test } from '@jest/globals';
import { ViewError } from '../../src/errors.ts';
import { parseFhirPath, type Expression } from '../../src/views/fhirpath-parser.ts';

/** A tree as text, fully parenthesised. */
function show(tree: Expression): string {
  switch (tree.kind) {
    case 'this':
      return '$';
    case 'literal':
      return tree.type === 'string' ? JSON.stringify(tree.text) : tree.text;
    case 'constant':
      return `%${tree.name}`;
    case 'member':
      return `${show(tree.base)}.${tree.name}`;
    case 'index':
      return `${show(tree.base)}[${tree.index}]`;
    case 'call':
      return `${show(tree.base)}.${tree.name}(${tree.args.map(show).join(', ')})`;
    case 'binary':
      return `(${show(tree.left)} ${tree.operator} ${show(tree.right)})`;
  }
}

test.each([
  ['a.b[2].c', '$.a.b[2].c'],
  ["a.where(b = 'x').first()", '$.a.where(($.b = "x")).first()'],
  ['a = 1 or b = 2 and c > 3', '(($.a = 1) or (($.b = 2) and ($.c > 3)))'],
  ['a or b or c', '(($.a or $.b) or $.c)'],
  ['(a or b) and c', '(($.a or $.b) and $.c)'],
  ['a > 1 = true', '(($.a > 1) = true)'],
  ['a != -1.50', '($.a != -1.50)'],
  ['$this', '$'],
  ['$this.a', '$.a'],
  ['%c.x', '%c.x'],
  ['%`odd name`', '%odd name'],
  ['`and`.`true`', '$.and.true'],
  ["'it\\'s \\u0041\\n\\\\'", JSON.stringify("it's A\n\\")],
  ['f(a, g(b))', '$.f($.a, $.g($.b))'],
  ['value.ofType(FHIR.Quantity)', '$.value.ofType($.FHIR.Quantity)'],
  ['a /* why */ . b // end', '$.a.b'],
  ['contains.in', '$.contains.in'],
])('%s', (text, tree) => {
  expect(show(parseFhirPath(text))).toBe(tree);
});

describe('refusals', () => {
  test.each([
    ['a + 1', 'VIEW_UNSUPPORTED', "operator '+' at position 2"],
    ['a - 1', 'VIEW_UNSUPPORTED', "operator '-'"],
    ['a * 2', 'VIEW_UNSUPPORTED', "operator '*'"],
    ['a div 2', 'VIEW_UNSUPPORTED', "operator 'div'"],
    ['a & b', 'VIEW_UNSUPPORTED', "operator '&'"],
    ['a | b', 'VIEW_UNSUPPORTED', "operator '|'"],
    ['a is Quantity', 'VIEW_UNSUPPORTED', "operator 'is'"],
    ['a as Quantity', 'VIEW_UNSUPPORTED', "operator 'as'"],
    ['a in b', 'VIEW_UNSUPPORTED', "operator 'in'"],
    ['a contains b', 'VIEW_UNSUPPORTED', "operator 'contains'"],
    ['a ~ b', 'VIEW_UNSUPPORTED', "operator '~'"],
    ['a !~ b', 'VIEW_UNSUPPORTED', "operator '!~'"],
    ['a implies b', 'VIEW_UNSUPPORTED', "operator 'implies'"],
    ['a xor b', 'VIEW_UNSUPPORTED', "operator 'xor'"],
    ['-a', 'VIEW_UNSUPPORTED', "operator '-'"],
    ['a = {}', 'VIEW_UNSUPPORTED', "'{}'"],
    ['a = @2020-01-01', 'VIEW_UNSUPPORTED', 'date literal at position 4'],
    ['$index', 'VIEW_UNSUPPORTED', "'$index'"],
    ['a[b]', 'VIEW_UNSUPPORTED', 'index'],
    ['', 'VIEW_SYNTAX', 'the end at position 0'],
    ['a b', 'VIEW_SYNTAX', "'b' at position 2"],
    ['a..b', 'VIEW_SYNTAX', "'.'"],
    ['a.', 'VIEW_SYNTAX', 'the end'],
    ['f(a', 'VIEW_SYNTAX', "expected ')'"],
    ['f(a,)', 'VIEW_SYNTAX', "')'"],
    ['a[1', 'VIEW_SYNTAX', "expected ']'"],
    ["'open", 'VIEW_SYNTAX', 'position 0'],
    ['a ; b', 'VIEW_SYNTAX', 'position 2'],
    ['a = ', 'VIEW_SYNTAX', 'the end'],
  ])('%s', (text, code, part) => {
    let error: unknown;
    try {
      parseFhirPath(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ViewError);
    expect((error as ViewError).code).toBe(code);
    expect((error as ViewError).message).toContain(part);
  });
});
