/**
 * What flattening costs: CPU and wall time of our views in DuckDB, beside JSON.parse of the same bytes.
 *
 * In      a folder of NDJSON, one or more files per resource type: npx tsx scripts/bench/flatten.ts FOLDER [--threads 2] [--repeat 3] [--json]
 * Out     one line per view: megabytes, rows, CPU milliseconds per megabyte for both, their ratio, and megabytes per second
 * Choice  CPU is that of the whole process, all threads. `read` is DuckDB's JSON reader alone, below which no view can come; `select` is
 *         the view as the ViewDefinition says it; `flat` adds four integers per time column; `table` also keeps the result as a table.
 *         The least of the repeats counts
 * Choice  JSON.parse builds every object and DuckDB only the elements a view names: that is the point for this job, not a comparison
 *         of parsers. Gzipped files are unpacked first and not counted
 */
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { compileView, flatTableSql, prelude, readJsonSource } from '../../src/views/index.ts';
import { mappedViews, standardMapping } from '../../src/mapping/index.ts';

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The least cost of each work, taking turns, so that a busy minute of the machine falls on all of them. */
async function leastCosts<K extends string>(
  works: Readonly<Record<K, () => Promise<unknown>>>,
  repeat: number,
): Promise<Record<K, Cost>> {
  const least = new Map<string, Cost>();
  for (let i = 0; i < repeat; i += 1) {
    for (const [name, work] of Object.entries<() => Promise<unknown>>(works)) {
      const { cpuMs, wallMs } = await costOnce(work);
      const { cpuMs: cpu, wallMs: wall } = least.get(name) ?? { cpuMs: Infinity, wallMs: Infinity };
      least.set(name, { cpuMs: Math.min(cpu, cpuMs), wallMs: Math.min(wall, wallMs) });
    }
  }
  return Object.fromEntries(least) as Record<K, Cost>;
}

async function costOnce(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  await work();
  const used = process.cpuUsage(cpu);
  return { cpuMs: (used.user + used.system) / 1e3, wallMs: Number(process.hrtime.bigint() - wall) / 1e6 };
}

/** The folder itself, or a temporary copy with its gzipped files unpacked; removed at the end. */
function unpacked(folder: string): string {
  const packed = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));
  if (packed.length === 0) return folder;
  const copy = mkdtempSync(join(tmpdir(), 'bench-flatten-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const name of packed) writeFileSync(join(copy, name.replace(/\.gz$/, '')), gunzipSync(readFileSync(join(folder, name))));
  return copy;
}

/** Splits chunks at line ends and parses each line; nothing is kept. */
async function parseAll(files: readonly string[]): Promise<number> {
  let resources = 0;
  for (const file of files) {
    let rest = Buffer.alloc(0);
    for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) {
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      let start = 0;
      for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
        JSON.parse(bytes.toString('utf8', start, end));
        resources += 1;
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  }
  return resources;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      threads: { type: 'string', default: '2' },
      repeat: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const given = positionals[0];
  if (given === undefined) throw new Error('expected a folder of NDJSON files; npx tsx scripts/bench/flatten.ts FOLDER');
  const folder = unpacked(given);
  const instance = await DuckDBInstance.create(':memory:', { threads: values.threads });
  const connection: DuckDBConnection = await instance.connect();
  await connection.run(prelude);
  const repeat = Number(values.repeat);
  const lines = [];
  const measured = [];
  for (const definition of mappedViews(standardMapping)) {
    const view = compileView(definition);
    const pattern = new RegExp(`^${view.resource}(\\..*)?\\.ndjson$`);
    const files = readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
    if (files.length === 0) continue;
    const megabytes = files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
    const source = readJsonSource(view, files);
    const flat = flatTableSql(view, source);
    const counted = (sql: string) => (): Promise<unknown> => connection.run(`SELECT count(COLUMNS(*)) FROM (${sql})`);
    const costs = {
      parse: () => parseAll(files),
      read: counted(`SELECT * FROM ${source}`),
      select: counted(view.select(source)),
      flat: counted(flat),
      table: () => connection.run(`CREATE OR REPLACE TEMP TABLE flat_ AS ${flat}`),
    };
    const least = await leastCosts(costs, repeat);
    const { parse, read, select, flat: columns, table } = least;
    measured.push({ view: view.name, megabytes, costs: least });
    const rows = Number((await connection.runAndReadAll('SELECT count(*) FROM flat_')).getRows()[0]?.[0]);
    await connection.run('DROP TABLE flat_');
    const perMegabyte = (c: Cost): number => Number((c.cpuMs / megabytes).toFixed(3));
    const speed = (c: Cost): number => Math.round((megabytes / c.wallMs) * 1e3);
    lines.push({
      view: view.name,
      megabytes: Math.round(megabytes),
      rows,
      parseCpu: perMegabyte(parse),
      readCpu: perMegabyte(read),
      selectCpu: perMegabyte(select),
      flatCpu: perMegabyte(columns),
      tableCpu: perMegabyte(table),
      readRatio: Number((parse.cpuMs / read.cpuMs).toFixed(1)),
      selectRatio: Number((parse.cpuMs / select.cpuMs).toFixed(1)),
      flatRatio: Number((parse.cpuMs / columns.cpuMs).toFixed(1)),
      parseSpeed: speed(parse),
      selectSpeed: speed(select),
      flatSpeed: speed(columns),
      tableSpeed: speed(table),
    });
  }
  if (values.json) console.log(JSON.stringify({ threads: Number(values.threads), lines, measured }));
  else {
    console.log(`CPU in ms per MB, speed in MB/s, ${values.threads} threads`);
    console.table(lines);
  }
}

await main();
