/** Values of another shape, read as DuckDB reads them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readerOf, readItems } from '../../src/views/json-shape.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

let duck: DuckDBConnection;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.closeSync());

const VALUES = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '7',
    '-1',
    '2.5',
    '3.5',
    '-2.5',
    '-1.5',
    '0.5',
    '1.25',
    '2147483647',
    '2147483648',
    '-2147483649',
    '1e400',
  ],
  ...[
    '"x"',
    '""',
    '"7"',
    '"-7"',
    '"7.5"',
    '"1e2"',
    '".5"',
    '"true"',
    '"T"',
    '"No"',
    '"2020"',
    '"é🙂"',
    '[]',
    '[1,null]',
    '{}',
    '{"a":"é"}',
  ],
];
/** Where read_json ends the query although from_json gives a value: both count as absent. */
const READ_JSON_REFUSES: Readonly<Record<string, readonly string[]>> = { INTEGER: ['"7.5"', '"1e2"', '".5"'] };
/** JSON.parse has lost how the number was spelt. */
const SPELLING = new Set(['1e400']);

test.each(['VARCHAR', 'DOUBLE', 'INTEGER', 'BOOLEAN'])('%s', async (type) => {
  const texts = VALUES.filter((text) => !(type === 'VARCHAR' && SPELLING.has(text)));
  const rows = await rowsOf(
    duck,
    `SELECT from_json('{"v":' || t.text || '}', '{"v":"${type}"}').v AS v FROM (SELECT unnest([${texts.map((t) => `'${t}'`).join(', ')}]) AS text) AS t`,
  );
  const expected = texts.map((text, i) => [text, READ_JSON_REFUSES[type]?.includes(text) === true ? null : rows[i]?.['v']]);
  expect(texts.map((text) => [text, readerOf(type)(JSON.parse(text))])).toEqual(expected);
});

test('a list of objects: null stays, what is no object has no elements, what is no list has no items', () => {
  const object = { a: 1 };
  const read = readerOf({ a: 'INTEGER' });
  expect(readItems([object, null, 7, [1]], read)).toEqual([object, null, {}, {}]);
  expect([readItems({}, read), readItems(null, read), readItems(undefined, read), readItems('x', read)]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  const list = [object];
  expect(readItems(list, read)).toBe(list);
});

test('an element of which nothing is read is there unless it is null', () => {
  expect([7, {}, [], false, null, undefined].map((value) => readerOf('JSON')(value) !== null)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
