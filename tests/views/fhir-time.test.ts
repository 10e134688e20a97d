/** Times read in TypeScript: by hand, and text by text equal to the macros of the prelude. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { NOT_A_TIME, timeParts, type TimeParts } from '../../src/views/fhir-time.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

let duck: DuckDBConnection;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.closeSync());

async function macros(texts: readonly string[]): Promise<unknown[]> {
  await duck.run(`CREATE OR REPLACE TABLE texts AS SELECT unnest(from_json($1, '["VARCHAR"]')) AS x`, [JSON.stringify(texts)]);
  return rowsOf(
    duck,
    'SELECT x AS text, fhir_ms(x) AS ms, fhir_latest_ms(x) AS "latestMs", fhir_ymd(x) AS ymd, fhir_precision(x) AS "precision" FROM texts',
  );
}
const read = (texts: readonly string[]): unknown[] => texts.map((text) => ({ text, ...timeParts(text) }));

test.each<[string | null, TimeParts]>([
  ['2020', { ms: 1577836800000, latestMs: 1609459199999, ymd: 20200000, precision: 1 }],
  ['2020-03', { ms: 1583020800000, latestMs: 1585699199999, ymd: 20200300, precision: 2 }],
  ['2020-02-29', { ms: 1582934400000, latestMs: 1583020799999, ymd: 20200229, precision: 3 }],
  ['2020-03-05T23:30:00-05:00', { ms: 1583469000000, latestMs: 1583469000000, ymd: 20200305, precision: 4 }],
  ['2016-12-31T23:59:60.2Z', { ms: 1483228799999, latestMs: 1483228799999, ymd: 20161231, precision: 4 }],
  ['1969-12-31T23:59:59.9999Z', { ms: -1, latestMs: -1, ymd: 19691231, precision: 4 }],
  ['1900-02-29', NOT_A_TIME],
  ['2020-03-05T24:00:00Z', NOT_A_TIME],
  ['2020-03-05T10:00:00', NOT_A_TIME],
  ['', NOT_A_TIME],
  [null, NOT_A_TIME],
])('%s', (text, parts) => {
  expect(timeParts(text)).toEqual(parts);
});

test('every month, both sides of its end, in years of each kind', async () => {
  const two = (n: number): string => String(n).padStart(2, '0');
  const texts = ['0001', '0004', '0100', '1600', '1899', '1900', '1969', '1970', '2000', '2023', '2024', '9999'].flatMap((year) =>
    [0, 1, 2, 3, 4, 6, 9, 11, 12, 13].flatMap((month) => [
      year,
      `${year}-${two(month)}`,
      ...[0, 1, 28, 29, 30, 31, 32].flatMap((day) => {
        const date = `${year}-${two(month)}-${two(day)}`;
        return [date, `${date}T00:00:00+14:00`, `${date}T23:59:59.9999-14:00`];
      }),
    ]),
  );
  expect(read(texts)).toEqual(await macros(texts));
});

test('every zone near the last, and fractions of every length', async () => {
  const zones = ['+', '-'].flatMap((sign) =>
    ['00:00', '13:59', '13:60', '14:00', '14:01', '15:00', '1:00', '0100'].map((zone) => sign + zone),
  );
  const fractions = ['', '.', '.0', '.9', '.09', '.009', '.0009', '.9999999999', ':9', '.9x'];
  const texts = [...zones, 'Z', 'z', ''].flatMap((zone) => fractions.map((fraction) => `1969-07-20T20:17:40${fraction}${zone}`));
  expect(read(texts)).toEqual(await macros(texts));
});

test('2,000 texts near a time: the four parts of the macros', async () => {
  const forms = [
    ...['2020', '0001', '2020-03', '9999-12', '2020-03-05', '2000-02-29', '1950-06-01T00:00:00+01:00', '2016-12-31T23:59:60.7Z'],
    ...['2020-03-05T10:11:12Z', '2020-03-05T10:11:12.5Z', '2020-03-05T10:11:12.123456789-03:00', '2020-03-05T00:00:00+14:00'],
    ...['2020-03-05T23:59:59-13:59', '9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00+00:00', '2017-01-01T00:59:60+01:00'],
  ];
  const puts = ['', '0', '1', '2', '3', '4', '5', '6', '9', '-', '+', ':', 'T', 't', 'Z', ' ', '.', '٣', '🙂', '00', '\n'];
  const edit = fc.record({ at: fc.nat(40), put: fc.constantFrom(...puts), isReplaced: fc.boolean() });
  const mutated = fc.tuple(fc.constantFrom(...forms), fc.array(edit, { minLength: 0, maxLength: 2 })).map(([form, edits]) =>
    edits.reduce((text, { at, put, isReplaced }) => {
      const i = at % (text.length + 1);
      return text.slice(0, i) + put + text.slice(isReplaced ? i + 1 : i);
    }, form),
  );
  // Halves of a character are no text for DuckDB.
  const texts = fc.sample(mutated, { numRuns: 2000, seed: 11 }).filter((text) => !/\p{Surrogate}/u.test(text));
  const found = texts.map((text) => timeParts(text));
  expect(read(texts)).toEqual(await macros(texts));
  expect(found.filter((parts) => parts.ms !== null).length).toBeGreaterThan(400);
  expect(found.filter((parts) => parts.ms === null).length).toBeGreaterThan(400);
});
