/** The trail on a real disk: what is acknowledged is there, in one chain, whatever happened on the way. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk } from '../../../src/server/audit/disk.ts';
import { openAuditTrail, type AuditEvent, type AuditTrailOptions } from '../../../src/server/audit/open-audit-trail.ts';
import { verifyTrail } from '../../../src/server/audit/verify-trail.ts';
import { entry, faultyDisk, type DiskCall } from './entries.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'trail-')), 'audit');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

const noon = Date.UTC(2024, 2, 8, 12);
const opened = (more: Partial<AuditTrailOptions> = {}) => openAuditTrail({ dir, now: () => noon, ...more });

async function lines(): Promise<Record<string, unknown>[]> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.ndjson')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as Record<string, unknown>);
}
const requestIds = async (): Promise<unknown[]> =>
  (await lines()).filter(({ kind }) => kind === 'access').map((l) => l['requestId']);
const newest = async (): Promise<string> =>
  join(
    dir,
    (await readdir(dir))
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .at(-1) ?? '',
  );

test('an acknowledged entry is on disk, as it was told, in files and a folder of our own', async () => {
  const trail = await opened();
  await trail.record(entry('r1'));
  expect((await lines()).map(({ seq, time, kind }) => [seq, time, kind])).toEqual(
    ['head', 'opened', 'access'].map((kind, i) => [i + 1, '2024-03-08T12:00:00.000Z', kind]),
  );
  expect((await lines())[2]).toMatchObject({ ...entry('r1') });
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  expect((await stat(await newest())).mode & 0o777).toBe(0o600);
  expect(await newest()).toMatch(/audit-000001-2024-03-08\.ndjson$/);
  await trail.close();
  await expect(trail.record(entry('r2'))).rejects.toMatchObject({ code: 'SERVER_AUDIT' });
  expect(await verifyTrail(dir)).toMatchObject({ files: 1, lines: 4, entries: 1, faults: [], torn: null, end: trail.end });
});

test('all that wait share one write and one sync', async () => {
  const calls: DiskCall[] = [];
  const trail = await opened({ disk: faultyDisk((call) => (calls.push(call), null)) });
  calls.length = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => trail.record(entry(`r${i}`))));
  expect(calls).toEqual(['write', 'sync', 'stat']);
  expect(await requestIds()).toEqual(Array.from({ length: 50 }, (_, i) => `r${i}`));
  await trail.close();
});

test('a full file and a new day begin the next file, which names the one before and its hash', async () => {
  let now = noon;
  const trail = await opened({ now: () => now, maxBytes: 1500 });
  for (let i = 0; i < 6; i += 1) await trail.record(entry(`r${i}`));
  now += 86_400_000;
  await trail.record(entry('next day'));
  now -= 86_400_000;
  await trail.record(entry('clock went back'));
  await trail.close();
  const files = (await readdir(dir)).filter((name) => name.endsWith('.ndjson')).sort();
  expect(files.length).toBeGreaterThan(2);
  expect(files.at(-1)).toMatch(/2024-03-09/);
  const all = await lines();
  const heads = all.flatMap((line, i) => (line['kind'] === 'head' && i > 0 ? [{ line, before: all[i - 1] }] : []));
  expect(heads.map(({ line }) => line['previous'])).toEqual(
    heads.map(({ before }, i) => ({ file: files[i], hash: before?.['hash'] })),
  );
  expect(await verifyTrail(dir)).toMatchObject({ files: files.length, entries: 8, faults: [] });
});

test('it goes on where it ended, and one process at a time has it', async () => {
  const first = await opened();
  await first.record(entry('r1'));
  await expect(opened()).rejects.toMatchObject({ code: 'SERVER_STATE_BUSY' });
  await first.close();
  const second = await opened();
  await second.record(entry('r2'));
  await second.close();
  expect(await requestIds()).toEqual(['r1', 'r2']);
  expect((await verifyTrail(dir)).faults).toEqual([]);
});

describe('after a crash', () => {
  beforeEach(async () => {
    const trail = await opened();
    await trail.record(entry('r1'));
    await trail.close();
  });

  test('half a line is moved beside the file and told, and the chain goes on', async () => {
    await appendFile(await newest(), '{"seq":5,"time":"2024-03-08T1');
    expect(await verifyTrail(dir)).toMatchObject({ faults: [], torn: { bytes: 29 } });
    const events: AuditEvent[] = [];
    const trail = await opened({ onEvent: (event) => void events.push(event) });
    await trail.record(entry('r2'));
    await trail.close();
    expect(trail.torn).toMatchObject({ bytes: 29 });
    expect(events).toContainEqual({ event: 'torn', file: 'audit-000001-2024-03-08.ndjson', bytes: 29 });
    expect(await readFile(`${await newest()}.torn`, 'utf8')).toBe('{"seq":5,"time":"2024-03-08T1');
    expect((await lines()).map(({ kind }) => kind)).toEqual([
      'head',
      'opened',
      'access',
      'closed',
      'torn',
      'opened',
      'access',
      'closed',
    ]);
    expect(await verifyTrail(dir)).toMatchObject({ faults: [], torn: null, tornBefore: 1 });
  });

  test('a whole line that lacks its line feed is kept', async () => {
    const path = await newest();
    await truncate(path, (await stat(path)).size - 1);
    expect(await verifyTrail(dir)).toMatchObject({ faults: [], torn: expect.anything() });
    await (await opened()).close();
    expect((await lines()).map(({ kind }) => kind)).toEqual(['head', 'opened', 'access', 'closed', 'opened', 'closed']);
    expect(await verifyTrail(dir)).toMatchObject({ faults: [], torn: null });
  });

  test.each(['', '{"seq":5,"ti'])('a file whose head never came to be is taken up: %j', async (begun) => {
    await writeFile(join(dir, 'audit-000002-2024-03-08.ndjson'), begun);
    const trail = await opened();
    await trail.record(entry('r2'));
    await trail.close();
    expect(await verifyTrail(dir)).toMatchObject({ files: 2, entries: 2, faults: [] });
  });

  test('a chain that does not hold is not gone on with', async () => {
    const path = await newest();
    await writeFile(path, (await readFile(path, 'utf8')).replace('"risk":0.25', '"risk":0.05'));
    await expect(opened()).rejects.toMatchObject({
      code: 'SERVER_AUDIT_CHAIN',
      details: { file: 'audit-000001-2024-03-08.ndjson', line: 3 },
    });
  });
});

describe('when somebody else has the file', () => {
  const working = async (trail: { healthy: boolean }): Promise<void> => {
    while (!trail.healthy) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  test.each([
    ['deleted', (path: string) => unlink(path), [{ file: 'audit-000001', line: null, fault: 'missing' }]],
    [
      'replaced',
      async (path: string) => {
        const copy = await readFile(path);
        await rename(path, `${path}.1`);
        await writeFile(path, copy);
      },
      [],
    ],
    ['resized', (path: string) => truncate(path, 0), [{ file: 'audit-000001-2024-03-08.ndjson', line: 1, fault: 'head' }]],
    ['resized', (path: string) => appendFile(path, 'x'), [{ file: 'audit-000001-2024-03-08.ndjson', line: 4, fault: 'form' }]],
  ])('%s: nothing is acknowledged until another file is begun, and the trail says so', async (how, meddle, faults) => {
    const events: AuditEvent[] = [];
    const trail = await opened({ retryMs: { first: 5, longest: 10 }, onEvent: (event) => void events.push(event) });
    await trail.record(entry('r1'));
    await meddle(await newest());
    await expect(trail.record(entry('r2'))).rejects.toMatchObject({ code: 'SERVER_AUDIT' });
    expect(trail.healthy).toBe(false);
    await working(trail);
    await trail.record(entry('r3'));
    await trail.close();
    expect(events.slice(1, 3)).toEqual([
      { event: 'failing', reason: how },
      { event: 'resumed', reason: how, refused: 1 },
    ]);
    const text = await readFile(join(dir, 'audit-000002-2024-03-08.ndjson'), 'utf8');
    expect(text).toContain(`"displaced":"${how}"`);
    expect(text).toContain('"requestId":"r3"');
    expect((await verifyTrail(dir)).faults).toEqual(faults);
  });
});

test('an entry that comes while it is being tried again waits for the outcome, and none is left out of the count', async () => {
  let full = false;
  let tried: (() => void) | null = null;
  const disk = faultyDisk((call) => (full && call === 'write' ? 'ENOSPC' : null));
  const held: Disk = {
    ...disk,
    open: async (path, mode) => {
      const file = await disk.open(path, mode);
      const sync = async (): Promise<void> => {
        if (tried !== null) {
          tried();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return file.sync();
      };
      return { ...file, sync };
    },
  };
  const trail = await opened({ retryMs: { first: 5, longest: 5 }, disk: held });
  full = true;
  await expect(trail.record(entry('full'))).rejects.toMatchObject({ code: 'SERVER_AUDIT' });
  full = false;
  await new Promise<void>((resolve) => (tried = resolve));
  tried = null;
  await trail.record(entry('meanwhile'));
  expect(trail.healthy).toBe(true);
  await trail.close();
  expect((await lines()).map(({ kind }) => kind)).toEqual(['head', 'opened', 'resumed', 'access', 'closed']);
  expect(await verifyTrail(dir)).toMatchObject({ faults: [], refused: 1, entries: 1 });
});

test('while the disk is full every entry is refused, and what was refused is told once it is not', async () => {
  let full = false;
  const trail = await opened({
    retryMs: { first: 5, longest: 10 },
    disk: faultyDisk((call) => (full && call === 'write' ? 'ENOSPC' : null)),
  });
  await trail.record(entry('r1'));
  full = true;
  const refused = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => trail.record(entry(`full ${i}`))));
  expect(refused.map(({ status }) => status)).toEqual(Array<string>(5).fill('rejected'));
  await expect(trail.record(entry('later'))).rejects.toMatchObject({ code: 'SERVER_AUDIT' });
  full = false;
  while (!trail.healthy) await new Promise((resolve) => setTimeout(resolve, 2));
  await trail.record(entry('r2'));
  await trail.close();
  expect(await requestIds()).toEqual(['r1', 'r2']);
  expect((await lines()).find(({ kind }) => kind === 'resumed')).toMatchObject({ reason: 'ENOSPC', refused: 6 });
  expect(await verifyTrail(dir)).toMatchObject({ faults: [], torn: null, refused: 6 });
});
