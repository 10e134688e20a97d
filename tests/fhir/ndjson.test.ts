/** NDJSON: the ways a file can be torn, and the ways it can be odd and still right. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readNdjson, type NdjsonLine, type NdjsonOptions } from '../../src/fhir/ndjson.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ndjson-'));
});
afterAll(() => rm(dir, { recursive: true }));

let files = 0;
async function linesOf(data: string | Uint8Array, suffix = '.ndjson', options: NdjsonOptions = {}): Promise<NdjsonLine[]> {
  const path = join(dir, `f${(files += 1)}${suffix}`);
  await writeFile(path, data);
  const lines: NdjsonLine[] = [];
  for await (const line of readNdjson(path, options)) lines.push(line);
  return lines;
}

describe('accepted', () => {
  test.each<[string, string, NdjsonLine[]]>([
    ['empty file', '', []],
    ['only blank lines', '\n \r\n\t\n', []],
    [
      'last line without an end',
      '{"a":1}\n{"a":2}',
      [
        { line: 1, text: '{"a":1}' },
        { line: 2, text: '{"a":2}' },
      ],
    ],
    [
      'CRLF and blank lines, numbers as in an editor',
      '{}\r\n\r\n\n[]\r\n',
      [
        { line: 1, text: '{}' },
        { line: 4, text: '[]' },
      ],
    ],
    ['U+2028 and U+0085 do not end a line', '"\u2028\u0085"\n', [{ line: 1, text: '"\u2028\u0085"' }]],
    ['a carriage return inside a line stays', '"a\rb"\n', [{ line: 1, text: '"a\rb"' }]],
  ])('%s', async (_title, data, expected) => {
    expect(await linesOf(data)).toEqual(expected);
    expect(await linesOf(gzipSync(data), '.ndjson.gz')).toEqual(expected);
  });

  test('whole lines are all bytes of the file', async () => {
    const data = '{}\r\n\r\n \n[]\n{"last":1}';
    const lines = await linesOf(data, '.ndjson', { whole: true });
    expect(lines.map(({ text }) => text)).toEqual(['{}\r\n', '\r\n', ' \n', '[]\n', '{"last":1}']);
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  test('characters split over chunks stay whole, at every offset of the chunk border', async () => {
    const chunk = 256 * 1024;
    for (let offset = 0; offset < 8; offset += 1) {
      const text = `"${'x'.repeat(chunk - 4 - offset)}é𝄞漢"`;
      const lines = await linesOf(`${text}\n{"after":"ü"}\n`);
      expect(lines.map((l) => l.text === text || l.text)).toEqual([true, '{"after":"ü"}']);
    }
  });

  test('a gzip file of several members is read to its end', async () => {
    const data = Buffer.concat([gzipSync('{"a":1}\n{"a"'), gzipSync(':2}\n')]);
    expect((await linesOf(data, '.ndjson.gz')).map((l) => l.text)).toEqual(['{"a":1}', '{"a":2}']);
  });

  test('a line of exactly the cap', async () => {
    expect(await linesOf('12345678\n', '.ndjson', { maxLineBytes: 8 })).toHaveLength(1);
  });
});

describe('refused, naming file and line and no content', () => {
  test.each<[string, string, Uint8Array | string, string, NdjsonOptions, string]>([
    ['byte order mark', 'NDJSON_BOM', '\ufeff{}\n', '.ndjson', {}, 'line 1'],
    ['invalid UTF-8', 'NDJSON_UTF8', Buffer.from([0x7b, 0x7d, 0x0a, 0x22, 0xc3, 0x28, 0x22, 0x0a]), '.ndjson', {}, 'line 2'],
    ['UTF-8 cut inside a character', 'NDJSON_UTF8', Buffer.from([0x22, 0xc3]), '.ndjson', {}, 'line 1'],
    ['encoded surrogate', 'NDJSON_UTF8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), '.ndjson', {}, 'line 1'],
    ['line over the cap', 'NDJSON_LINE_TOO_LONG', '{}\n123456789\n', '.ndjson', { maxLineBytes: 8 }, 'line 2'],
    ['endless line', 'NDJSON_LINE_TOO_LONG', 'ZZPHI'.repeat(200_000), '.ndjson', { maxLineBytes: 1000 }, 'line 1'],
    ['torn gzip', 'NDJSON_GZIP', gzipSync('{"a":"ZZPHI"}\n').subarray(0, -9), '.ndjson.gz', {}, '.gz'],
    ['not gzip', 'NDJSON_GZIP', '{"a":"ZZPHI"}\n', '.ndjson.gz', {}, '.gz'],
  ])('%s', async (_title, code, data, suffix, options, where) => {
    const error = (await linesOf(data, suffix, options).catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ name: 'FhirError', code });
    expect(error.message).toContain(where);
    expect(error.message).not.toContain('ZZPHI');
  });

  test('a line that never ends is refused after its first bytes', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of readNdjson('/dev/zero', { maxLineBytes: 1_000_000 })) expect(_).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 'NDJSON_LINE_TOO_LONG' });
  });

  test('missing file', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of readNdjson(join(dir, 'none.ndjson'))) expect(_).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 'NDJSON_UNREADABLE' });
  });
});
