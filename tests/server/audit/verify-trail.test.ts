/** A trail that anybody has touched does not pass, and is told by file and line. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk } from '../../../src/server/audit/disk.ts';
import { openAuditTrail } from '../../../src/server/audit/open-audit-trail.ts';
import { verifyTrail, type TrailReport } from '../../../src/server/audit/verify-trail.ts';
import { entry } from './entries.ts';

type Files = Readonly<Record<string, Buffer>>;
let whole: Files;
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'verify-'));
  const trail = await openAuditTrail({ dir, now: () => Date.UTC(2024, 2, 8), maxBytes: 1000 });
  for (let i = 0; i < 4; i += 1) await trail.record(entry(`r${i}`));
  await trail.close();
  const names = (await readdir(dir)).filter((name) => name.endsWith('.ndjson')).sort();
  whole = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const)));
  await rm(dir, { recursive: true });
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  // Pieces of odd length, so that lines are cut in between.
  for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97);
}
const verified = (files: Files, options: Parameters<typeof verifyTrail>[1] = {}): Promise<TrailReport> => {
  const disk = { list: () => Promise.resolve(Object.keys(files)), read: (path: string) => once(files[path.slice(2)] as Buffer) };
  return verifyTrail('x', { ...options, disk: disk as unknown as Disk });
};
const name = (number: number): string => `audit-00000${number}-2024-03-08.ndjson`;
const linesOf = (file: string): string[] => (whole[file] as Buffer).toString().trimEnd().split('\n');
const withLines = (file: string, lines: string[]): Files => ({ ...whole, [file]: Buffer.from(`${lines.join('\n')}\n`) });

test('as it was written it passes', async () => {
  expect(Object.keys(whole)).toEqual([name(1), name(2), name(3)]);
  expect(await verified(whole)).toMatchObject({
    files: 3,
    lines: 9,
    entries: 4,
    refused: 0,
    tornBefore: 0,
    torn: null,
    faults: [],
  });
});

test('the chain is what its rule says, followed with nothing but SHA-256', () => {
  let before = '0'.repeat(64);
  const lines = Object.keys(whole).flatMap(linesOf);
  for (const line of lines) {
    const [, content, hash] = /^(.*),"hash":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
    expect(createHash('sha256').update(`${before}${content}}`).digest('hex')).toBe(hash);
    before = hash as string;
  }
  expect(lines).toHaveLength(9);
});

test('a changed byte is found, wherever it is, and its line is named', async () => {
  let flipped = 0;
  for (const [file, bytes] of Object.entries(whole)) {
    let line = 1;
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] as number) ^ (1 << (at % 8));
      const { faults } = await verified({ ...whole, [file]: changed });
      expect([at, faults[0]?.file, faults[0]?.line]).toEqual([at, file, line]);
      flipped += 1;
      if (bytes[at] === 0x0a) line += 1;
    }
  }
  expect(flipped).toBeGreaterThan(3000);
});

test('a file that was cut does not pass; at the very end it is torn, and whole lines are missed by who noted the last', async () => {
  const { end } = await verified(whole);
  for (const [file, bytes] of Object.entries(whole)) {
    for (let length = 0; length < bytes.length; length += 7) {
      const cut = { ...whole, [file]: bytes.subarray(0, length) };
      const { faults, torn } = await verified(cut);
      if (file !== name(3)) expect(faults.length).toBeGreaterThan(0);
      else expect([faults, torn !== null]).toEqual([[], length > 0 && bytes[length - 1] !== 0x0a]);
      expect((await verified(cut, { anchors: [end ?? { seq: 0, hash: '' }] })).faults.length).toBeGreaterThan(0);
    }
  }
  expect((await verified(whole, { anchors: [end ?? { seq: 0, hash: '' }] })).faults).toEqual([]);
});

describe('lines', () => {
  test.each<[string, (lines: string[]) => string[], number, string]>([
    ['missing', ([a = '', , c = '']) => [a, c], 2, 'hash'],
    ['in another order', ([a = '', b = '', c = '']) => [a, c, b], 2, 'hash'],
    ['twice', ([a = '', b = '', c = '']) => [a, b, b, c], 3, 'hash'],
    ['not of the trail', ([a = '', b = '', c = '']) => [a, b, '{}', c], 3, 'form'],
    ['empty', ([a = '', b = '', c = '']) => [a, b, '', c], 3, 'form'],
  ])('%s', async (_title, change, line, fault) => {
    const { faults } = await verified(withLines(name(2), change(linesOf(name(2)))));
    expect(faults[0]).toEqual({ file: name(2), line, fault });
  });

  test('the first is not there', async () => {
    const { faults } = await verified(withLines(name(2), linesOf(name(2)).slice(1)));
    expect(faults).toContainEqual({ file: name(2), line: 1, fault: 'head' });
  });
});

describe('files', () => {
  const without = (file: string): Files => Object.fromEntries(Object.entries(whole).filter(([key]) => key !== file));

  test('one that is missing is named by its number', async () => {
    expect((await verified(without(name(2)))).faults).toEqual([{ file: 'audit-000002', line: null, fault: 'missing' }]);
    expect((await verified(without(name(1)))).faults).toEqual([{ file: 'audit-000001', line: null, fault: 'missing' }]);
  });

  test('older ones may be in an archive, if that is said', async () => {
    expect((await verified(without(name(1)), { firstFile: 2 })).faults).toEqual([]);
    expect((await verified(whole, { firstFile: 2 })).faults).toEqual([{ file: 'audit-000002', line: null, fault: 'missing' }]);
  });

  test('one of another trail does not follow', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'verify-'));
    const trail = await openAuditTrail({ dir, now: () => Date.UTC(2024, 2, 8), maxBytes: 1000 });
    for (let i = 0; i < 2; i += 1) await trail.record(entry(`other${i}`));
    await trail.close();
    const other = await readFile(join(dir, name(2)));
    await rm(dir, { recursive: true });
    const { faults } = await verified({ [name(1)]: whole[name(1)] as Buffer, [name(2)]: other });
    expect(faults).toEqual([{ file: name(2), line: 1, fault: 'link' }]);
  });

  test('two of one number', async () => {
    const { faults } = await verified({ ...whole, 'audit-000003-2024-03-09.ndjson': whole[name(3)] as Buffer });
    expect(faults).toEqual([{ file: 'audit-000003-2024-03-09.ndjson', line: null, fault: 'extra' }]);
  });

  test('none at all is no trail', async () => {
    await expect(verified({})).rejects.toMatchObject({ code: 'SERVER_AUDIT_MISSING' });
    await expect(verifyTrail('/nonexistent')).rejects.toMatchObject({ code: 'SERVER_AUDIT_MISSING' });
  });
});
