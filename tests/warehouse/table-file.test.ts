/** Tables as CSV and Parquet: what is written is what is read back. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Warehouse, writeTable, type TableColumn } from '../../src/warehouse/index.ts';

const columns: TableColumn[] = [
  { name: 'id', values: ['a', null, '=1+1', 'say "x", y', '-5', '@z'] },
  { name: 'value', values: Float64Array.of(0.1 + 0.2, Number.NaN, -0, 1e300, 5e-324, -7) },
];
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'readmission-table-'))));
afterAll(() => rm(folder, { recursive: true }));

describe('writeTable', () => {
  it('writes CSV with quotes, empty cells and no formula', async () => {
    const path = join(folder, 'table.csv');
    await writeTable(path, columns);
    expect((await readFile(path, 'utf8')).split('\n')).toEqual([
      'id,value',
      'a,0.30000000000000004',
      ',',
      "'=1+1,0",
      '"say ""x"", y",1e+300',
      "'-5,5e-324",
      "'@z,-7",
      '',
    ]);
  });

  it('writes Parquet that reads back to the same values', async () => {
    const path = join(folder, 'table.parquet');
    await writeTable(path, columns);
    const warehouse = await Warehouse.open({ threads: 1 });
    const rows = await warehouse.rows(`SELECT id, value FROM read_parquet('${path}')`);
    warehouse.close();
    expect(rows.map((row) => row['id'])).toEqual(columns[0]?.values);
    expect(rows.map((row) => row['value'])).toEqual([0.1 + 0.2, null, 0, 1e300, 5e-324, -7]);
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('refuses another ending', async () => {
    await expect(writeTable(join(folder, 'table.xlsx'), columns)).rejects.toMatchObject({ code: 'TABLE_FORMAT' });
  });
});
