/** The flattener against the SQL it stands in for: real records, records of wrong shapes, and what it promises by itself. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  compileView,
  createFlattener,
  flatTableSql,
  jsonSource,
  parseViewDefinition,
  readJsonSource,
  readViews,
} from '../../src/views/index.ts';
import type { FlatRow, ViewDefinition } from '../../src/views/index.ts';
import { openDuck } from './memory-duck.ts';

let duck: DuckDBConnection;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.closeSync());

async function sqlRows(sql: string): Promise<{ columns: string[]; rows: unknown[][] }> {
  const reader = await duck.runAndReadAll(sql);
  const types = reader.columnTypes().map(String);
  return {
    columns: reader.columnNames().map((name, i) => `${name} ${types[i] ?? ''}`),
    rows: reader.getRowsJS().map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell))),
  };
}

function flatten(view: ViewDefinition, resources: readonly unknown[]): { columns: string[]; rows: FlatRow[] } {
  const flattener = createFlattener(view);
  return {
    columns: flattener.columns.map(({ name, type }) => `${name} ${type}`),
    rows: resources.flatMap((resource) => flattener.rows(resource)),
  };
}

async function fromTexts(view: ViewDefinition, lines: readonly string[]): ReturnType<typeof sqlRows> {
  await duck.run(`CREATE OR REPLACE TABLE held AS SELECT unnest(from_json($1, '["VARCHAR"]')) AS json`, [JSON.stringify(lines)]);
  const compiled = compileView(view);
  return sqlRows(flatTableSql(compiled, jsonSource(compiled, 'held', 'json')));
}

const view = (parts: Record<string, unknown>): ViewDefinition =>
  parseViewDefinition({ name: 'things', status: 'active', resource: 'Patient', ...parts });
const columns = (...paths: string[]): Record<string, unknown>[] => paths.map((path, i) => ({ name: `c${i}`, path }));

describe.each(readViews())('$name', (definition) => {
  const file = fileURLToPath(new URL(`../fixtures/synthea-raw/fhir/${definition.resource}.ndjson.gz`, import.meta.url));
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');

  test('every raw Synthea resource gives the cells of the SQL, in its order', async () => {
    expect(lines.length).toBeGreaterThanOrEqual(5);
    const compiled = compileView(definition);
    const expected = await sqlRows(flatTableSql(compiled, readJsonSource(compiled, [file])));
    const found = flatten(
      definition,
      lines.map((line) => JSON.parse(line)),
    );
    expect(found.columns).toEqual(expected.columns);
    expect(expected.rows.length).toBeGreaterThanOrEqual(lines.length);
    expect(found.rows).toEqual(expected.rows);
  });

  test('so does one with an element replaced by a value of another shape', async () => {
    const odd = [null, 7, 2.5, -1, true, false, '', 'text', '7', 'yes', [], [null], [7], ['text'], [{}], {}, { code: [{}] }];
    const mutants = lines.slice(0, 12).flatMap((line, i) =>
      placesIn(JSON.parse(line)).map((path, j) => {
        const resource = JSON.parse(line) as Json;
        put(resource, path, odd[(i * 7 + j) % odd.length]!);
        return JSON.stringify(resource);
      }),
    );
    expect(mutants.length).toBeGreaterThan(100);
    const expected = await fromTexts(definition, mutants);
    const found = flatten(
      definition,
      mutants.map((line) => JSON.parse(line)),
    );
    expect(found.rows).toEqual(expected.rows);
  });
});

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
function placesIn(json: Json, at: readonly string[] = []): (readonly string[])[] {
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([key, value]) => [[...at, key], ...placesIn(value as Json, [...at, key])]);
}
function put(json: Json, path: readonly string[], value: unknown): void {
  let parent = json as Record<string, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  parent[path.at(-1)!] = value;
}

describe('the flattener', () => {
  const first = (parts: Record<string, unknown>, resource: unknown): FlatRow[] => createFlattener(view(parts)).rows(resource);

  test('a time becomes four cells, inside rows too', () => {
    const select = [
      { column: [{ name: 'born', path: 'birthDate' }] },
      { forEachOrNull: 'contact', column: [{ name: 'since', path: 'period.start' }] },
    ];
    const born = [-631152000000, -599616000001, 19500000, 1];
    expect(first({ select }, { resourceType: 'Patient', birthDate: '1950' })).toEqual([[...born, null, null, null, null]]);
    const contact = [{ period: { start: '2020-02-30' } }, { period: { start: '1970-01-01T00:00:00.001Z' } }];
    expect(first({ select }, { resourceType: 'Patient', birthDate: '1950', contact })).toEqual([
      [...born, null, null, null, null],
      [...born, 1, 1, 19700101, 4],
    ]);
    expect(createFlattener(view({ select })).columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...['born_ms BIGINT', 'born_latest_ms BIGINT', 'born_ymd INTEGER', 'born_precision TINYINT'],
      ...['since_ms BIGINT', 'since_latest_ms BIGINT', 'since_ymd INTEGER', 'since_precision TINYINT'],
    ]);
  });

  test.each([null, undefined, 7, 'Patient', [], {}, { resourceType: 'Encounter' }, [{ resourceType: 'Patient' }]])(
    'no rows for %j',
    (resource) => {
      expect(first({ select: [{ column: columns('id') }] }, resource)).toEqual([]);
    },
  );

  test('rows are fresh and the resource stays as it was', () => {
    const resource = { resourceType: 'Patient', id: 'a', name: [{ given: ['x', null, 'y'] }, null, { given: 7 }] };
    const before = structuredClone(resource);
    const flattener = createFlattener(
      view({ select: [{ column: columns('id') }, { forEach: 'name.given', column: [{ name: 'g', path: '$this' }] }] }),
    );
    const rows = flattener.rows(resource);
    rows[0]![0] = 'changed';
    expect(flattener.rows(resource)).toEqual([
      ['a', 'x'],
      ['a', 'y'],
    ]);
    expect(resource).toEqual(before);
  });

  test('refuses what the compiler refuses, in its words', () => {
    const many = view({ select: [{ column: columns('name.family') }] });
    const refusal = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        return String(error);
      }
      return 'nothing was refused';
    };
    expect(refusal(() => createFlattener(many))).toContain('VIEW_MANY_VALUES: view things:');
    expect(refusal(() => createFlattener(many))).toBe(refusal(() => compileView(many)));
  });

  test('refuses a column of lists, which is no single cell', () => {
    const lists = view({ select: [{ column: [{ name: 'given', path: 'name.given', collection: true }] }] });
    expect(() => createFlattener(lists)).toThrow(
      expect.objectContaining({ code: 'VIEW_UNSUPPORTED', message: expect.stringContaining('collection column given') }),
    );
  });
});

test('references of every form, and texts near them, have the key of the SQL', async () => {
  const id = 'a'.repeat(64);
  const references = [
    ...[
      'Patient/1',
      'Patient/',
      'Patient',
      'patient/1',
      'Patient/a/b',
      'Patient//',
      'Patient/1/_history/2',
      'Patient/1/_history/',
      '',
    ],
    ...[
      'http://h/Patient/1',
      'https://h/x/Patient/1/_history/2',
      'http:/h/Patient/1',
      'http://h/Patient/1/Patient/2',
      'ftp://h/Patient/1',
    ],
    ...['http://h\nh/Patient/1', 'http://h\rh/Patient/1', 'http://h\u2028h/Patient/1', 'Patient/1\n', 'Patient/é', 'Patient/a b'],
    ...[`Patient/${id}`, `Patient/${id}b`, `Patient/${'é'.repeat(32)}`, `Patient/${'é'.repeat(33)}`, `http://h/Patient/${id}b`],
    ...[
      'Patient?identifier=1',
      'Patient/?x',
      'urn:uuid:1',
      '#p',
      'Group/1',
      'Practitioner/1',
      'xPatient/1',
      'http://h/xPatient/1',
      '/Patient/1',
    ],
  ];
  const typed = view({
    select: [{ column: columns('managingOrganization.getReferenceKey(Patient)', 'managingOrganization.getReferenceKey()') }],
  });
  const lines = references.map((reference) => JSON.stringify({ resourceType: 'Patient', managingOrganization: { reference } }));
  const found = flatten(
    typed,
    lines.map((line) => JSON.parse(line)),
  );
  expect(found.rows.map((row, i) => [references[i], ...row])).toEqual(
    (await fromTexts(typed, lines)).rows.map((row, i) => [references[i], ...row]),
  );
  expect(found.rows.filter((row) => row[0] !== null).length).toBeGreaterThan(8);
});

test('an order of texts is that of their bytes', async () => {
  const texts = ['a', 'A', '', 'é', '\uFFFD', '\u{1F642}', 'ab', 'b'];
  const select = [
    { column: columns("gender < 'a'", "gender >= '\uFFFD'", "gender <= 'é'", "gender > ''", "gender = 'A'", "gender != 'A'") },
  ];
  const lines = texts.map((gender) => JSON.stringify({ resourceType: 'Patient', gender }));
  const found = flatten(
    view({ select }),
    lines.map((line) => JSON.parse(line)),
  );
  expect(found.rows).toEqual((await fromTexts(view({ select }), lines)).rows);
});

test('views beyond the shipped ones, over nulls, holes and numbers no double holds', async () => {
  const select = [
    {
      column: columns(
        'contact.name.exists()',
        'contact.name.family.first()',
        'contact[1].exists()',
        'name.given[1]',
        'name.given.join()',
      ),
    },
    {
      forEach: '$this',
      column: [
        { name: 'key', path: 'getResourceKey()' },
        { name: 'id', path: 'Patient.id' },
      ],
    },
    { column: [{ name: 'amount', path: "extension('x').value.ofType(decimal).first()" }] },
    {
      forEachOrNull: 'contact.name',
      column: [
        { name: 'family', path: 'family' },
        { name: 'any', path: 'given.exists()' },
      ],
    },
    {
      unionAll: [
        { forEach: 'name.given', column: [{ name: 'word', path: '$this' }] },
        { column: [{ name: 'word', path: "iif(active, 'in use', 'not')" }] },
      ],
    },
    {
      column: [
        { name: 'kept', path: 'name.where(family.empty()).exists()' },
        { name: 'odd', path: 'contact.where(name.empty())[0].exists()' },
      ],
    },
  ];
  const resources = [
    '{"id":"1","contact":[{"name":{"family":"A"}},{},{"name":{"given":[null]}}],"name":[{"given":["x",null]},null,{"family":"F","given":["y"]}]}',
    '{"id":"2","contact":[null,{"name":null}],"extension":[{"url":"x","valueDecimal":1e400}],"active":true}',
    '{"id":"3","contact":[],"name":[null],"extension":[{"url":"y","valueDecimal":2},null,{"url":"x","valueDecimal":2.50}],"active":false}',
    '{"contact":7,"name":{"given":["z"]},"extension":[{"url":"x"},{"url":"x","valueDecimal":-3}]}',
  ].map((text) => text.replace('{', '{"resourceType":"Patient",'));
  const definition = view({ select });
  const expected = await fromTexts(definition, resources);
  const found = flatten(
    definition,
    resources.map((text) => JSON.parse(text)),
  );
  expect(found.columns).toEqual(expected.columns);
  expect(found.rows).toEqual(expected.rows);
  expect(found.rows.length).toBeGreaterThan(8);
});
