/** The warehouse: what goes in and out of DuckDB, and what its errors say. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRelation, relationName, Warehouse } from '../../src/warehouse/index.ts';

let warehouse: Warehouse;
beforeAll(async () => void (warehouse = await Warehouse.open({ threads: 1 })));
afterAll(() => warehouse.close());

describe('rows', () => {
  it('come as plain values, whole numbers as numbers', async () => {
    const sql = "SELECT CAST(1577836800000 AS BIGINT) AS big, 1.5e0 AS real, 'x' AS word, NULL AS none, TRUE AS yes";
    expect(await warehouse.rows(sql)).toEqual([{ big: 1577836800000, real: 1.5, word: 'x', none: null, yes: true }]);
  });

  it('take parameters as values, never as SQL', async () => {
    const text = "'; DROP TABLE x; --";
    expect(await warehouse.rows('SELECT $1 AS text, $2 AS number, $3 AS none', [text, 2.5, null])).toEqual([
      { text, number: 2.5, none: null },
    ]);
  });

  it('name what failed, and the kind of error, without the data in it', async () => {
    const failing = warehouse.rows("SELECT CAST('Ångström' AS INTEGER)", [], 'patients');
    await expect(failing).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
      message: expect.stringMatching(/patients: .*Error/),
    });
    await failing.catch((error: unknown) => expect(String(error)).not.toContain('Ångström'));
    await expect(warehouse.run('SELECT nonsense', [], 'nonsense.sql')).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
      details: { what: 'nonsense.sql' },
    });
  });

  it('tell of memory that ran out', async () => {
    const small = await Warehouse.open({ threads: 1, memoryMb: 20 });
    await small.run("SET temp_directory = ''; SET max_temp_directory_size = '0MB'");
    const sql = 'CREATE TABLE t AS SELECT range AS a, hash(range) AS b, hash(range + 1) AS c FROM range(6000000) ORDER BY b';
    await expect(small.run(sql, [], 'big')).rejects.toMatchObject({
      code: 'WAREHOUSE_MEMORY',
      message: expect.stringContaining('--memory'),
    });
    small.close();
  });
});

describe('numericColumns', () => {
  it('streams every chunk, in order, NULL as NaN', async () => {
    const n = 5000;
    const sql = `SELECT CAST(range AS DOUBLE) AS a, CASE WHEN range % 7 = 0 THEN NULL ELSE range / 2e0 END AS b FROM range(${n}) ORDER BY range`;
    const [a, b] = await warehouse.numericColumns(sql, n);
    expect(a).toEqual(Float64Array.from({ length: n }, (_, i) => i));
    expect(b).toEqual(Float64Array.from({ length: n }, (_, i) => (i % 7 === 0 ? Number.NaN : i / 2)));
  });

  it.each([3, 5])('refuses another number of rows than was counted (%i)', async (rows) => {
    await expect(warehouse.numericColumns('SELECT CAST(range AS DOUBLE) FROM range(4)', rows, 'family')).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
    });
  });
});

describe('time zone', () => {
  it('is UTC, whatever the process has', async () => {
    const [row] = await warehouse.rows("SELECT fhir_ms('2020-07-01') AS ms, current_setting('TimeZone') AS zone");
    expect(row).toEqual({ ms: Date.UTC(2020, 6, 1), zone: 'UTC' });
  });
});
describe('relation', () => {
  it('is named after its file and carries no comment', () => {
    expect(relationName('known-stay.sql')).toBe('known_stay');
    const relation = readRelation(new URL('../../src/features/known/known-patient.sql', import.meta.url));
    expect(relation).toMatchObject({ name: 'known_patient', file: 'known-patient.sql' });
    expect(relation.sql).toMatch(/^SELECT i\.index_id/);
  });

  it('replaces a table of its name', async () => {
    await warehouse.create({ name: 'answer', sql: 'SELECT 1 AS a', file: 'answer.sql' });
    await warehouse.create({ name: 'answer', sql: 'SELECT 2 AS b', file: 'answer.sql' });
    expect(await warehouse.rows('SELECT * FROM answer')).toEqual([{ b: 2 }]);
  });
});
