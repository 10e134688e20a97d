/** The two sources: quoting, and what happens on lines that are not as expected. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import { compileView, jsonSource, parseViewDefinition, readJsonSource } from '../../src/views/index.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

const view = compileView(
  parseViewDefinition({
    name: 'v',
    status: 'active',
    resource: 'Observation',
    select: [
      {
        column: [
          { name: 'id', path: 'id' },
          { name: 'v', path: 'value.ofType(Quantity).value' },
          { name: 'c', path: 'code.coding.code.first()' },
        ],
      },
    ],
  }),
);
const line = (fields: string): string => `{"resourceType":"Observation"${fields}}`;
let duck: DuckDBConnection;
let folder: string;
beforeAll(async () => {
  duck = await openDuck();
  folder = mkdtempSync(join(tmpdir(), "it's a [folder] "));
});
afterAll(() => {
  duck.closeSync();
  rmSync(folder, { recursive: true });
});
let files = 0;
async function read(text: string): Promise<Record<string, unknown>[]> {
  const file = join(folder, `f${++files}.ndjson`);
  writeFileSync(file, text);
  return rowsOf(duck, view.select(readJsonSource(view, [file.replaceAll('[', '[[]')])));
}

describe('read_json', () => {
  test('only the elements the view reads, each with its type', () => {
    expect(view.struct).toEqual({
      resourceType: 'VARCHAR',
      id: 'VARCHAR',
      valueQuantity: 'STRUCT("value" DOUBLE)',
      code: 'STRUCT("coding" STRUCT("code" VARCHAR)[])',
    });
    const sql = readJsonSource(view, ['a', "b'c"]);
    expect(sql).toContain("['a', 'b''c']");
    expect(sql).not.toMatch(/ignore_errors|auto/);
    expect(readJsonSource(view.struct, ['a', "b'c"])).toBe(sql);
  });

  test('several files, plain and gzip, in a folder with quotes and spaces', async () => {
    const inside = join(folder, "o'b");
    mkdirSync(inside);
    writeFileSync(join(inside, 'a.ndjson'), `${line(',"id":"1"')}\n\n${line(',"id":"2"')}`);
    writeFileSync(join(inside, 'b.ndjson.gz'), gzipSync(`${line(',"id":"3"')}\n`));
    const paths = ['a.ndjson', 'b.ndjson.gz'].map((name) => join(inside, name).replaceAll('[', '[[]'));
    const rows = await rowsOf(duck, `${view.select(readJsonSource(view, paths))} ORDER BY id`);
    expect(rows.map((row) => row['id'])).toEqual(['1', '2', '3']);
  });

  test('a type seen late changes nothing: unknown elements are not looked at', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => line(`,"id":"${i}","note":[{"text":"x"}]`));
    const rows = await read([...many, line(',"id":"last","note":7,"valueQuantity":{"value":2,"value2":[[[1]]]}')].join('\n'));
    expect(rows.length).toBe(3001);
    expect(rows.at(-1)).toEqual({ id: 'last', v: 2, c: null });
  });

  test('depth costs nothing', async () => {
    const deep = `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`;
    expect(await read(line(`,"id":"1","extension":[{"x":${deep}}]`))).toEqual([{ id: '1', v: null, c: null }]);
  });

  test('element names are case-sensitive', async () => {
    expect(await read(line(',"ID":"upper","Code":{"coding":[{"code":"x"}]}'))).toEqual([{ id: null, v: null, c: null }]);
  });

  test.each([
    ['a torn line', `${line(',"id":"1"')}\n{"resourceType":"Observ`],
    ['a key that occurs twice', line(',"id":"1","id":"2"')],
    ['a text where a number is due', line(',"id":"1","valueQuantity":{"value":"high"}')],
    ['an object where an array is due', line(',"id":"1","code":{"coding":{"code":"x"}}')],
    ['an array where an object is due', line(',"id":"1","code":[{"coding":[]}]')],
  ])('%s ends the query', async (_title, text) => {
    await expect(read(text)).rejects.toThrow(/JSON/);
  });

  test('a number no double can hold is NULL', async () => {
    expect(await read(line(',"id":"1","valueQuantity":{"value":1e400}'))).toEqual([{ id: '1', v: null, c: null }]);
  });

  test('no files, no query', () => {
    expect(() => readJsonSource(view, [])).toThrow(expect.objectContaining({ code: 'VIEW_INVALID' }));
  });

  test('a NUL in a path is refused', () => {
    expect(() => readJsonSource(view, ['a\0b'])).toThrow(expect.objectContaining({ code: 'VIEW_INVALID' }));
  });
});

describe('from_json', () => {
  test('a prepared statement over a table that is refilled', async () => {
    await duck.run('CREATE TABLE held (resource JSON)');
    const statement = await duck.prepare(view.select(jsonSource(view, 'held', 'resource')));
    for (const id of ['1', '2']) {
      await duck.run('DELETE FROM held');
      await duck.run('INSERT INTO held VALUES ($1)', [line(`,"id":"${id}","code":{"coding":[{},{"code":"x"}]}`)]);
      const reader = await statement.runAndReadAll();
      expect(reader.getRowObjectsJS()).toEqual([{ id, v: null, c: 'x' }]);
    }
  });

  test('a query as relation, and a quoted column', async () => {
    const relation = `SELECT '${line(',"id":"1"')}' AS "the json"`;
    expect(await rowsOf(duck, view.select(jsonSource(view, relation, 'the json')))).toEqual([{ id: '1', v: null, c: null }]);
  });

  test('a value of another shape is NULL here', async () => {
    const relation = `SELECT '${line(',"id":"1","valueQuantity":{"value":"high"}')}' AS j`;
    expect(await rowsOf(duck, view.select(jsonSource(view, relation, 'j')))).toEqual([{ id: '1', v: null, c: null }]);
  });
});
