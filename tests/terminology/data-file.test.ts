/** A data file is checked once for each text, and an edit in place is seen. */
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { dataFileReader } from '../../src/terminology/data-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'data-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): URL => pathToFileURL(join(folder, name));

it('gives one object for one text, and another for another of the same length and time', () => {
  const url = at('a.json');
  const read = dataFileReader(z.object({ n: z.number() }));
  writeFileSync(url, '{"n":1}');
  const { mtime } = statSync(url);
  const first = read(url);
  expect(first).toEqual({ n: 1 });
  expect(read(url)).toBe(first);
  writeFileSync(url, '{"n":2}');
  utimesSync(url, mtime, mtime);
  expect(read(url)).toEqual({ n: 2 });
});

it('keeps files apart', () => {
  const read = dataFileReader(z.object({ n: z.number() }));
  writeFileSync(at('b.json'), '{"n":1}');
  writeFileSync(at('c.json'), '{"n":3}');
  expect([read(at('b.json')).n, read(at('c.json')).n, read(at('b.json')).n]).toEqual([1, 3, 1]);
});

it('refuses what the schema refuses, every time', () => {
  const read = dataFileReader(z.object({ n: z.number() }));
  writeFileSync(at('d.json'), '{"n":"one"}');
  expect(() => read(at('d.json'))).toThrow(z.ZodError);
  expect(() => read(at('d.json'))).toThrow(z.ZodError);
});
