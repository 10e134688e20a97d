/** Reading the audit trail: the entry of a read names whom it was about, and does not grow with the reads before it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPrincipal } from '../../../src/server/access/principal.ts';
import { noFacts, type AuditEntry } from '../../../src/server/audit/audit-trail.ts';
import { openAuditTrail, type OpenAuditTrail } from '../../../src/server/audit/open-audit-trail.ts';
import { closeAll, serve } from '../support/served.ts';

let dir: string;
let trail: OpenAuditTrail;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-routes-'));
  trail = await openAuditTrail({ dir, now: Date.now });
});
afterEach(async () => {
  await closeAll();
  await trail.close();
  await rm(dir, { recursive: true, force: true });
});

const entry = (action: AuditEntry['action'], patients: readonly string[]): AuditEntry => ({
  ...noFacts,
  action,
  patients,
  outcome: 'success',
  code: null,
  requestId: 'r',
  route: 'POST /v1/score',
  principal: null,
});

interface Page {
  readonly next: number | null;
  readonly entries: readonly { readonly action: string; readonly patients: readonly string[] }[];
}

test('an entry of a read names the patients of the accesses it told, once', async () => {
  await trail.record(entry('score', ['Patient/p1']));
  await trail.record(entry('worklist', ['Patient/p1', 'Patient/p2']));
  const { url } = await serve({ audit: trail });
  await fetch(`${url}/v1/audit`);
  const { entries } = (await (await fetch(`${url}/v1/audit`)).json()) as Page;
  expect(entries[0]).toMatchObject({ action: 'audit-read', patients: ['Patient/p1', 'Patient/p2'] });
});

test('whom an earlier read was about is not repeated by every later one', async () => {
  await trail.record(entry('worklist', ['Patient/p1', 'Patient/p2']));
  await trail.record(entry('audit-read', ['Patient/p3']));
  const { url } = await serve({ audit: trail });
  await fetch(`${url}/v1/audit`);
  const { entries } = (await (await fetch(`${url}/v1/audit`)).json()) as Page;
  expect(entries.map(({ patients }) => patients)).toEqual([
    ['Patient/p1', 'Patient/p2'],
    ['Patient/p3'],
    ['Patient/p1', 'Patient/p2'],
  ]);
});

test('whom a search is about stands in its entry, also where it finds nothing but reads', async () => {
  await trail.record(entry('audit-read', ['Patient/p3']));
  const { url } = await serve({ audit: trail });
  await fetch(`${url}/v1/audit/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ patient: 'Patient/p3' }),
  });
  const { entries } = (await (await fetch(`${url}/v1/audit`)).json()) as Page;
  expect(entries[0]).toMatchObject({ action: 'audit-read', patients: ['Patient/p3'] });
});

test('a token for one patient reads no entry that names another, an earlier read among them', async () => {
  await trail.record(entry('score', ['Patient/p1']));
  const access = { identify: () => ({ ...localPrincipal, patient: 'Patient/p1' }) };
  const { url } = await serve({ audit: trail, access });
  expect((await fetch(`${url}/v1/audit`)).status).toBe(200);
  await trail.record(entry('audit-read', ['Patient/p1', 'Patient/p2']));
  expect((await fetch(`${url}/v1/audit`)).status).toBe(403);
});

test('a page of long entries ends early and says where the next one begins', async () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `Patient/p${i}`);
  for (let n = 0; n < 5; n += 1) await trail.record(entry('job', many));
  const read: number[] = [];
  for (let before: number | undefined, pages = 0; before !== undefined || pages === 0; pages += 1) {
    const page = await trail.search({ limit: 1000, before });
    read.push(page.entries.length);
    before = page.next ?? undefined;
  }
  expect(read).toEqual([2, 2, 1]);
});
