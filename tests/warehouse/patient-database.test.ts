/** SQLite for one patient: what it lacks is given to it with DuckDB's meaning. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PatientDatabase, Warehouse } from '../../src/warehouse/index.ts';

let patient: PatientDatabase;
let warehouse: Warehouse;
beforeAll(async () => {
  patient = await PatientDatabase.open();
  warehouse = await Warehouse.open({ threads: 1 });
});
afterAll(() => {
  patient.close();
  warehouse.close();
});

const days = Array.from({ length: 400 }, (_, i) => {
  const day = new Date(Date.UTC(1899, 11, 25) + i * 120 * 86_400_000 + (i % 7) * 86_400_000);
  return Number(day.toISOString().slice(0, 10).replaceAll('-', ''));
});

describe('the same expression in both engines', () => {
  it.each([
    ...['GREATEST(1, 2)', 'GREATEST(NULL, 2)', 'GREATEST(3, NULL)', 'LEAST(1, 2)', 'LEAST(NULL, 2)', 'LEAST(1.5e0, -2)'],
    ...['CAST(FLOOR(-1.5e0) AS INTEGER)', '7 / 86400000e0', "SUBSTR('observation_sodium', 13)", "COALESCE(NULL, 'x')"],
    ...['ymd_day(20200300)', 'ymd_day(20200229)', 'ymd_day(19691231)', 'ymd_day(10101)', 'ymd_day(20000000)'],
  ])('%s', async (expression) => {
    const sql = `SELECT ${expression} AS value`;
    expect(patient.prepare(sql, 'expression').rows()).toEqual(await warehouse.rows(sql));
  });

  it('counts the days of 130 years alike', async () => {
    const sql = days.map((ymd) => `SELECT ${ymd} AS ymd, ymd_day(${ymd}) AS day`).join(' UNION ALL ');
    const byDate = `SELECT d.ymd, d.day FROM (${sql}) d ORDER BY d.ymd, d.day`;
    expect(patient.prepare(byDate, 'days').rows()).toEqual(await warehouse.rows(byDate));
  });
});

describe('errors', () => {
  it('name the statement, not its values', () => {
    expect(() => patient.run("SELECT nothing FROM nowhere WHERE x = 'Canary'", [], 'some.sql')).toThrow(
      /WAREHOUSE_SQL: some.sql/,
    );
    expect(() => patient.prepare("SELECT nothing FROM nowhere WHERE x = 'Canary'", 'some.sql')).toThrow(/^(?!.*Canary)/);
  });

  it('leave what was appended before a rollback nowhere', () => {
    patient.run('CREATE TABLE held (x INTEGER, word VARCHAR, yes BOOLEAN)');
    patient.run('BEGIN');
    patient.append('held', [
      [1, 'a', true],
      [null, null, false],
    ]);
    const read = patient.prepare('SELECT h.x, h.word, h.yes FROM held h', 'held');
    expect(read.rows()).toEqual([
      { x: 1, word: 'a', yes: 1 },
      { x: null, word: null, yes: 0 },
    ]);
    patient.run('ROLLBACK');
    expect(read.rows()).toEqual([]);
  });
});
