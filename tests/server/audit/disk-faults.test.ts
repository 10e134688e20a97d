/** Every call to the disk fails once, in every way: what was acknowledged stays, and the chain holds. */
import { expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk } from '../../../src/server/audit/disk.ts';
import { openAuditTrail, type OpenAuditTrail } from '../../../src/server/audit/open-audit-trail.ts';
import { verifyTrail } from '../../../src/server/audit/verify-trail.ts';
import { entry, faultyDisk, type DiskCall } from './entries.ts';

/** A life of a server: entries alone and in groups, over several files. Ends early where its disk is gone for good. */
async function live(dir: string, disk: Disk, acknowledged: string[], life: number): Promise<void> {
  let trail: OpenAuditTrail | null = null;
  for (let tries = 0; trail === null && tries < 5; tries += 1) {
    trail = await openAuditTrail({ dir, now: () => 1.7e12, maxBytes: 900, retryMs: { first: 0, longest: 1 }, disk }).catch(
      () => null,
    );
  }
  if (trail === null) return;
  for (let i = 0; i < 3; i += 1) {
    const ids = i % 2 === 0 ? [`${life}-${i}`] : [`${life}-${i}a`, `${life}-${i}b`];
    const kept = await Promise.allSettled(ids.map((id) => (trail as OpenAuditTrail).record(entry(id))));
    acknowledged.push(...ids.filter((_, at) => kept[at]?.status === 'fulfilled'));
    for (let waits = 0; !trail.healthy && waits < 5; waits += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await trail.close();
}

async function requestIds(dir: string): Promise<string[]> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.ndjson')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
  return texts
    .flatMap((text) => text.trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as { requestId?: string })
    .flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId]));
}

test.each([
  ['fails once', 1, 'EIO'],
  ['fails once although its work is done', 1, 'after:EIO'],
  ['is full for six calls', 6, 'ENOSPC'],
  ['is gone, as when the process is killed', Infinity, 'EIO'],
  ['is gone once the work is done', Infinity, 'after:EIO'],
])('the disk %s', async (_title, calls, code) => {
  const seen = new Map<DiskCall, number>();
  let n = 1;
  for (let reached = true; reached; n += 1) {
    const dir = join(await mkdtemp(join(tmpdir(), 'faults-')), 'audit');
    let at = 0;
    const disk = faultyDisk((call) => {
      at += 1;
      if (at < n || at >= n + calls) return null;
      if (at === n) seen.set(call, (seen.get(call) ?? 0) + 1);
      return at === n ? code : code.replace('after:', '');
    });
    const acknowledged: string[] = [];
    await live(dir, disk, acknowledged, 1);
    reached = at >= n;
    // Another process, on a disk that works again.
    await live(
      dir,
      faultyDisk(() => null),
      acknowledged,
      2,
    );
    const report = await verifyTrail(dir);
    const kept = await requestIds(dir);
    const context = { n, faults: report.faults, torn: report.torn, lost: acknowledged.filter((id) => !kept.includes(id)) };
    expect(context).toEqual({ n, faults: [], torn: null, lost: [] });
    expect(new Set(kept).size).toBe(kept.length);
    expect(acknowledged.filter((id) => id.startsWith('2-'))).toHaveLength(4);
    await rm(join(dir, '..'), { recursive: true });
  }
  expect(n).toBeGreaterThan(20);
  expect([...seen.keys()]).toEqual(expect.arrayContaining(['open', 'write', 'sync', 'stat', 'file.stat', 'syncFolder', 'close']));
});
