/** No answer about a patient without its entry: what clients and monitors see while the trail cannot be written. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditTrail } from '../../../src/server/audit/open-audit-trail.ts';
import { verifyTrail } from '../../../src/server/audit/verify-trail.ts';
import { closeAll, serve } from '../support/served.ts';
import { faultyDisk } from './entries.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'answers-'));
});
afterEach(async () => {
  await closeAll();
  await rm(dir, { recursive: true, force: true });
});

const request = { features: { age_years: 70 } };

test('an answer is given when its entry is on disk, and the entry names the request', async () => {
  const order: string[] = [];
  const trail = await openAuditTrail({ dir, now: Date.now, disk: faultyDisk((call) => (order.push(call), null)) });
  const { score } = await serve({ audit: trail });
  order.length = 0;
  const response = await score(request);
  order.push('answer');
  expect(response.status).toBe(200);
  expect(order).toEqual(['write', 'sync', 'stat', 'answer']);
  const [name = ''] = (await readdir(dir)).filter((file) => file.endsWith('.ndjson'));
  const last = JSON.parse((await readFile(join(dir, name), 'utf8')).trimEnd().split('\n').at(-1) ?? '') as object;
  expect(last).toMatchObject({
    kind: 'access',
    action: 'score',
    requestId: response.headers.get('x-request-id'),
    scores: [{ encounter: null, risk: 0.3, band: 'high' }],
  });
  await trail.close();
});

test('while the disk is full: 503 for every score, not ready, counted; then it goes on by itself', async () => {
  let full = false;
  const disk = faultyDisk((call) => (full && call === 'write' ? 'ENOSPC' : null));
  const trail = await openAuditTrail({ dir, now: Date.now, disk, retryMs: { first: 5, longest: 20 } });
  const { score, url, log } = await serve({ audit: trail });
  expect((await score(request)).status).toBe(200);
  full = true;
  const answers = await Promise.all(Array.from({ length: 20 }, () => score(request)));
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'SERVER_AUDIT' });
    expect(body).not.toContain('risk');
  }
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'audit-failing' }]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^readmission_audit_entries_total 1$/m);
  expect(metrics).toMatch(/^readmission_audit_failures_total 20$/m);
  full = false;
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await score(request)).status).toBe(200);
  await trail.close();
  expect(await verifyTrail(dir)).toMatchObject({ entries: 2, refused: 20, faults: [], torn: null });
  expect(log.filter((line) => line.includes('SERVER_AUDIT'))).toHaveLength(20);
});

test('a refusal is an access too: it leaves an entry, and without one it is not told either', async () => {
  let full = false;
  const trail = await openAuditTrail({
    dir,
    now: Date.now,
    disk: faultyDisk((call) => (full && call === 'sync' ? 'EIO' : null)),
  });
  const { score } = await serve({ audit: trail });
  expect((await score({})).status).toBe(422);
  full = true;
  expect((await score({})).status).toBe(503);
  full = false;
  await trail.close();
  expect(await verifyTrail(dir)).toMatchObject({ entries: 1, faults: [] });
});
