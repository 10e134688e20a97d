/** Tables read from files: what was written comes back, and what R and pandas write is understood. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTable, Warehouse, writeTable, type TableColumn } from '../../src/warehouse/index.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'read-table-'))));
afterAll(() => rm(folder, { recursive: true }));

async function csv(text: string, asText: readonly string[] = []): Promise<Record<string, TableColumn['values']>> {
  const path = join(folder, 'given.csv');
  await writeFile(path, text);
  return Object.fromEntries((await readTable(path, { asText })).map(({ name, values }) => [name, values]));
}

describe('readTable', () => {
  const columns: TableColumn[] = [
    { name: 'id', values: ['b', 'a', null] },
    { name: 'x', values: Float64Array.of(0.1 + 0.2, Number.NaN, -1e-300) },
    { name: 'n', values: Float64Array.of(1, 2, 9007199254740991) },
  ];

  it.each(['csv', 'parquet'])('gives back what writeTable wrote, bit by bit and in order: %s', async (kind) => {
    const path = join(folder, `table.${kind}`);
    await writeTable(path, columns);
    expect(await readTable(path)).toEqual(columns);
  });

  it('reads a plain and a gzipped CSV alike', async () => {
    const path = join(folder, 'table.csv.gz');
    await writeFile(path, gzipSync('x,y\n1,2\n'));
    expect(await readTable(path)).toEqual([
      { name: 'x', values: Float64Array.of(1) },
      { name: 'y', values: Float64Array.of(2) },
    ]);
  });

  it('understands the empty cells of R and pandas, and true and false', async () => {
    const read = await csv('x,flag,s\n1,TRUE,a\nNA,FALSE,NA\nnan,NA,b\n,true,\n');
    expect(read['x']).toEqual(Float64Array.of(1, NaN, NaN, NaN));
    expect(read['flag']).toEqual(Float64Array.of(1, 0, NaN, 1));
    expect(read['s']).toEqual(['a', null, 'b', null]);
  });

  it('keeps keys as they are written', async () => {
    expect((await csv('who,x\n007,1\n7,2\n', ['who', 'nobody']))['who']).toEqual(['007', '7']);
    expect((await csv('who,x\n1.0,1\n1,2\n', ['who']))['who']).toEqual(['1.0', '1']);
    expect((await csv('who,x\n1.0,1\n1,2\n'))['who']).toEqual(Float64Array.of(1, 1));
  });

  it('looks at every line before it settles what a column is', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i}`);
    expect((await csv(`x\n${lines.join('\n')}\nlate\n`))['x']?.[30_000]).toBe('late');
  });

  it('gives times as ISO 8601 in UTC', async () => {
    const path = join(folder, 'times.parquet');
    const warehouse = await Warehouse.open({ threads: 1 });
    await warehouse.run(
      `COPY (SELECT DATE '2024-03-01' AS day, TIMESTAMP '2024-03-01 12:30:00.25' AS local, TIMESTAMPTZ '2024-03-01 12:30:00+02' AS instant,
       true AS flag, CAST(3 AS DECIMAL(9, 2)) AS amount, 'x' AS word) TO '${path}' (FORMAT parquet)`,
    );
    warehouse.close();
    expect(Object.fromEntries((await readTable(path)).map(({ name, values }) => [name, values[0]]))).toEqual({
      day: '2024-03-01',
      local: '2024-03-01T12:30:00.250Z',
      instant: '2024-03-01T10:30:00.000Z',
      flag: 1,
      amount: 3,
      word: 'x',
    });
  });

  it.each(['"","x"\n"1",2\n', ',x\n0,2\n'])('refuses the row number that R and pandas put in front: %j', async (text) => {
    await expect(csv(text)).rejects.toMatchObject({ code: 'TABLE_HEADER' });
  });

  it('refuses what is no table', async () => {
    await expect(readTable(join(folder, 'absent.csv'))).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
    await expect(readTable(join(folder, 'absent.parquet'))).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
    await expect(readTable('table.xlsx')).rejects.toMatchObject({ code: 'TABLE_FORMAT' });
    await writeFile(join(folder, 'odd.parquet'), 'no parquet');
    await expect(readTable(join(folder, 'odd.parquet'))).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
  });
});
