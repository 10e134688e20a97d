/** compileView as a whole: purity, what is read, and where errors point. */
import { expect, test } from '@jest/globals';
import { ViewError } from '../../src/errors.ts';
import { compileView, parseViewDefinition, readViews } from '../../src/views/index.ts';

const view = (parts: Record<string, unknown>): ReturnType<typeof parseViewDefinition> =>
  parseViewDefinition({ name: 'things', status: 'active', resource: 'Patient', ...parts });

test('the same view gives the same text', () => {
  for (const definition of readViews()) {
    expect(compileView(definition).select('t')).toBe(compileView(structuredClone(definition)).select('t'));
  }
});

test('where and columns together decide what is read', () => {
  const compiled = compileView(
    view({ select: [{ column: [{ name: 'g', path: 'gender' }] }], where: [{ path: "name.family.first() = 'x'" }] }),
  );
  expect(compiled.struct).toEqual({ resourceType: 'VARCHAR', gender: 'VARCHAR', name: 'STRUCT("family" VARCHAR)[]' });
  expect(JSON.parse(compiled.jsonStructure)).toEqual({
    resourceType: 'VARCHAR',
    gender: 'VARCHAR',
    name: [{ family: 'VARCHAR' }],
  });
});

test('an element of which nothing is read stays JSON', () => {
  expect(compileView(view({ select: [{ column: [{ name: 'g', path: 'contact.exists()' }] }] })).struct['contact']).toBe('JSON[]');
});

test('columns have FHIR and SQL types', () => {
  const compiled = compileView(
    view({
      select: [
        {
          column: [
            { name: 'born', path: 'birthDate' },
            { name: 'given', path: 'name.given', collection: true },
            { name: 'n', path: 'multipleBirth.ofType(integer)' },
          ],
        },
      ],
    }),
  );
  expect(compiled.columns).toEqual([
    { name: 'born', type: 'date', sqlType: 'VARCHAR', isCollection: false },
    { name: 'given', type: 'string', sqlType: 'VARCHAR[]', isCollection: true },
    { name: 'n', type: 'integer', sqlType: 'INTEGER', isCollection: false },
  ]);
});

test('a refusal names view, column, path and what to do', () => {
  let error: unknown;
  try {
    compileView(view({ select: [{ forEach: 'contact', column: [{ name: 'phone', path: 'telecom.value' }] }] }));
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ViewError);
  expect((error as ViewError).message).toBe(
    'VIEW_MANY_VALUES: view things: the path can have many values; end it in first(), use forEach, or set collection, in path "telecom.value" of column phone',
  );
  expect((error as ViewError).details).toEqual({ view: 'things', at: 'column phone', path: 'telecom.value' });
});

test('a forEach that fails names its place', () => {
  expect(() =>
    compileView(view({ select: [{ column: [{ name: 'a', path: 'id' }] }, { select: [{ forEach: 'nome', column: [] }] }] })),
  ).toThrow(/'nome'.*in path "nome" of select\[1\]\.select\[0\]\.forEach/);
});

test('texts of a view reach SQL as literals', () => {
  const compiled = compileView(view({ select: [{ column: [{ name: 'a', path: "name.where(use = 'x\\' OR 1=1').exists()" }] }] }));
  expect(compiled.select('t')).toContain("'x'' OR 1=1'");
});

test('a query as source gets its parentheses', () => {
  const compiled = compileView(view({ select: [{ column: [{ name: 'a', path: 'id' }] }] }));
  expect(compiled.select('SELECT 1')).toContain('FROM (SELECT 1) AS r');
  expect(compiled.select('t')).toContain('FROM t AS r');
});
