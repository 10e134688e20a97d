/** Every case in cases/: the view over NDJSON files, over a table of JSON texts and over parsed resources gives the expected rows, or refusal. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ViewError } from '../../src/errors.ts';
import { stableJson } from '../../src/util/stable-json.ts';
import { evaluateView } from '../../src/views/evaluate-view.ts';
import { compileView, jsonSource, parseViewDefinition, readJsonSource } from '../../src/views/index.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

interface Case {
  readonly title: string;
  readonly view: Record<string, unknown>;
  readonly expect?: readonly Record<string, unknown>[];
  readonly expectError?: string;
  readonly mention?: readonly string[];
}
interface CaseFile {
  readonly title: string;
  readonly resources: readonly Record<string, unknown>[];
  readonly tests: readonly Case[];
}

const folder = new URL('./cases/', import.meta.url);
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile);
const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => stableJson(row)).sort();

let duck: DuckDBConnection;
let scratch: string;
beforeAll(async () => {
  duck = await openDuck();
  scratch = mkdtempSync(join(tmpdir(), 'view-cases-'));
});
afterAll(() => {
  duck.closeSync();
  rmSync(scratch, { recursive: true });
});

test('there are cases', () => {
  expect(files.flatMap((file) => file.tests).length).toBeGreaterThan(80);
});

describe.each(files)('$title', ({ title, resources, tests }) => {
  const table = `"${title}"`;
  let ndjson: string;
  beforeAll(async () => {
    const lines = resources.map((resource) => JSON.stringify(resource));
    ndjson = join(scratch, `${title}.ndjson`);
    writeFileSync(ndjson, lines.join('\n'));
    await duck.run(`CREATE TABLE ${table} (json VARCHAR)`);
    for (const line of lines) await duck.run(`INSERT INTO ${table} VALUES ($1)`, [line]);
  });

  test.each(tests)('$title', async ({ view: part, expect: expected, expectError, mention }) => {
    const definition = (): ReturnType<typeof parseViewDefinition> =>
      parseViewDefinition({ name: 'v', status: 'active', ...part });
    if (expectError !== undefined) {
      const error = refusal(() => compileView(definition()));
      expect(error.code).toBe(expectError);
      for (const text of ['view v', ...(mention ?? [])]) expect(error.message).toContain(text);
      expect(refusal(() => evaluateView(definition())).message).toBe(error.message);
      return;
    }
    const view = compileView(definition());
    const names = view.columns.map((column) => column.name);
    const evaluated = evaluateView(definition());
    const fromResources = resources
      .flatMap((resource) => evaluated.rows(resource))
      .map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
    const fromFiles = await rowsOf(duck, view.select(readJsonSource(view, [ndjson])));
    const fromTable = await rowsOf(duck, view.select(jsonSource(view, table, 'json')));
    expect(sorted(fromFiles)).toEqual(sorted(expected ?? []));
    expect(sorted(fromTable)).toEqual(sorted(expected ?? []));
    expect(fromResources).toEqual(fromTable);
    const first = fromFiles[0];
    if (first !== undefined) expect(Object.keys(first)).toEqual(names);
  });
});

function refusal(work: () => unknown): ViewError {
  try {
    work();
  } catch (error) {
    if (error instanceof ViewError) return error;
    throw error;
  }
  throw new Error('expected a ViewError, found none');
}
