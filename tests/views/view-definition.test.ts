/** The shape of a ViewDefinition: what passes, and what is refused with its place. */
import { expect, test } from '@jest/globals';
import { parseViewDefinition } from '../../src/views/index.ts';

const valid = { name: 'v', status: 'active', resource: 'Patient', select: [{ column: [{ name: 'id', path: 'id' }] }] };

test('the least view, and one with metadata', () => {
  expect(parseViewDefinition(valid)).toEqual(valid);
  const described = {
    ...valid,
    resourceType: 'ViewDefinition',
    url: 'http://x/v',
    title: 'V',
    publisher: 'P',
    fhirVersion: ['4.0.1'],
    constant: [{ name: 'c', valueCode: 'x' }],
    where: [{ path: 'active', description: 'in use' }],
    select: [
      { column: [{ name: 'id', path: 'id', type: 'id', description: 'key', tag: [{ name: 'ansi/type', value: 'VARCHAR' }] }] },
    ],
  };
  expect(parseViewDefinition(described)).toEqual(described);
});

test.each([
  ['no object', 7, 'top level'],
  ['another resource', { ...valid, resourceType: 'Patient' }, 'resourceType'],
  ['no name', { ...valid, name: undefined }, 'name'],
  ['a name that is no identifier', { ...valid, name: 'a-b' }, 'name: must match'],
  ['a status that does not exist', { ...valid, status: 'done' }, 'status'],
  ['no select', { ...valid, select: [] }, 'select'],
  ['a misspelt key of a select', { ...valid, select: [{ colum: [] }] }, 'select.0'],
  [
    'a misspelt key of a column',
    { ...valid, select: [{ column: [{ name: 'id', path: 'id', collections: true }] }] },
    'select.0.column.0',
  ],
  ['a column name with a space', { ...valid, select: [{ column: [{ name: 'a b', path: 'id' }] }] }, 'select.0.column.0.name'],
  [
    'a misspelt key deep in a union',
    { ...valid, select: [{ unionAll: [{ select: [{ foreach: 'name' }] }] }] },
    'select.0.unionAll.0.select.0',
  ],
  ['a constant without a value', { ...valid, constant: [{ name: 'c' }] }, 'exactly one value[x]'],
  ['a constant with two', { ...valid, constant: [{ name: 'c', valueCode: 'x', valueString: 'y' }] }, 'exactly one value[x]'],
  ['a constant of another type', { ...valid, constant: [{ name: 'c', valueInteger: 1.5 }] }, 'constant.0.valueInteger'],
])('%s is refused', (_title, view, place) => {
  expect(() => parseViewDefinition(view)).toThrow(
    expect.objectContaining({ code: 'VIEW_INVALID', message: expect.stringContaining(place) }),
  );
});
