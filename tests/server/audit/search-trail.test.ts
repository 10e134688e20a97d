/** Reading the trail back: over files and pieces, by time, patient and tenant, page by page; and over HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditQuery } from '../../../src/server/audit/audit-trail.ts';
import type { StoredLine } from '../../../src/server/audit/chain-line.ts';
import { openAuditTrail, type OpenAuditTrail } from '../../../src/server/audit/open-audit-trail.ts';
import { scopes, type Principal } from '../../../src/server/access/principal.ts';
import { closeAll, serve } from '../support/served.ts';
import { entry } from './entries.ts';

let dir: string;
let trail: OpenAuditTrail;
const hour = 3_600_000;
const start = Date.UTC(2024, 2, 8, 20);
const principal = (tenant: string | null) => ({ subject: 'dr-1', issuer: null, client: null, tenant, patient: null });
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'search-'));
  let now = start;
  trail = await openAuditTrail({ dir, now: () => now, maxBytes: 1_000_000 });
  for (let i = 0; i < 10; i += 1) {
    now = start + i * hour;
    // Longer than a piece, and half of them without the patient that is looked for.
    const patients = i === 4 ? Array.from({ length: 20_000 }, (_, p) => `Patient/many-${p}`) : [`Patient/p${i % 2}`];
    await trail.record(entry(`r${i}`, { patients, principal: principal(i % 3 === 0 ? 'north' : 'south') }));
  }
});
afterAll(async () => {
  await trail.close();
  await rm(dir, { recursive: true });
});

const found = async (query: Partial<AuditQuery>) => {
  const { entries, next } = await trail.search({ limit: 100, ...query });
  return { ids: (entries as (StoredLine & { requestId: string })[]).map(({ requestId }) => requestId), next, entries };
};
const at = (i: number): string => new Date(start + i * hour).toISOString();

describe('search', () => {
  test('newest first, over files and pieces, as stored', async () => {
    expect((await readdir(dir)).filter((name) => name.endsWith('.ndjson'))).toHaveLength(2);
    const { ids, next, entries } = await found({});
    expect(ids).toEqual(['r9', 'r8', 'r7', 'r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0']);
    expect(next).toBeNull();
    expect(entries[0]).toMatchObject({
      ...entry('r9'),
      patients: ['Patient/p1'],
      principal: principal('north'),
      kind: 'access',
      time: at(9),
    });
  });

  test.each<[string, Partial<AuditQuery>, string[]]>([
    ['by time, both ends included', { from: at(2), to: at(4) }, ['r4', 'r3', 'r2']],
    ['in another offset', { from: '2024-03-09T05:00:00+02:00', to: '2024-03-09T05:00:00+02:00' }, ['r7']],
    ['by patient', { patient: 'Patient/p1' }, ['r9', 'r7', 'r5', 'r3', 'r1']],
    ['a patient of whom others are a part of the name', { patient: 'Patient/many-1' }, ['r4']],
    ['nobody', { patient: 'Patient/p' }, []],
    ['by tenant', { tenant: 'north' }, ['r9', 'r6', 'r3', 'r0']],
    ['a day without any', { from: '2025-01-01T00:00:00Z' }, []],
  ])('%s', async (_title, query, ids) => {
    expect((await found(query)).ids).toEqual(ids);
  });

  test('page by page', async () => {
    const pages: string[][] = [];
    for (let before: number | null | undefined = undefined; before !== null;) {
      const { ids, next } = await found({ limit: 4, before });
      pages.push(ids);
      before = next;
    }
    expect(pages).toEqual([
      ['r9', 'r8', 'r7', 'r6'],
      ['r5', 'r4', 'r3', 'r2'],
      ['r1', 'r0'],
    ]);
  });

  test('what is not acknowledged yet is not told', async () => {
    const last =
      (await readdir(dir))
        .filter((name) => name.endsWith('.ndjson'))
        .sort()
        .at(-1) ?? '';
    const other = await mkdtemp(join(tmpdir(), 'search-'));
    const begun = await openAuditTrail({ dir: other, now: () => start });
    await begun.record(entry('kept'));
    await appendFile(join(other, last.replace(/\d{6}-.*$/, '000001-2024-03-08.ndjson')), '{"seq":4,"time":"x","kind":"access"\n');
    expect((await begun.search({ limit: 10 })).entries).toHaveLength(1);
    await begun.close();
    await rm(other, { recursive: true });
  });
});

describe('over HTTP', () => {
  afterEach(closeAll);
  const post = (url: string, body: object): Promise<Response> =>
    fetch(`${url}/v1/audit/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const ids = async (response: Response): Promise<string[]> =>
    ((await response.json()) as { entries: { requestId: string }[] }).entries.map(({ requestId }) => requestId);

  test('the newest, and a search; each leaves an entry that says whom it told about', async () => {
    const { url, audited } = await serve({
      audit: { record: (told) => Promise.resolve(void audited.push(told)), search: (query) => trail.search(query) },
    });
    expect(await ids(await fetch(`${url}/v1/audit`))).toHaveLength(10);
    const response = await post(url, { patient: 'Patient/p1', limit: 2 });
    expect(response.status).toBe(200);
    const page = (await response.json()) as { next: number };
    expect(await ids(await post(url, { patient: 'Patient/p1', limit: 2, before: page.next }))).toEqual(['r5', 'r3']);
    expect(audited.map(({ action, outcome }) => [action, outcome])).toEqual(Array(3).fill(['audit-read', 'success']));
    expect(audited[2]?.patients).toEqual(['Patient/p1']);
    expect(audited[0]?.patients).toHaveLength(20_002);
  });

  test('who belongs to a tenant reads its entries only', async () => {
    const caller: Principal = { ...principal('north'), scopes: new Set(scopes) };
    const { url } = await serve({
      access: { identify: () => caller },
      audit: { record: () => Promise.resolve(), search: (query) => trail.search(query) },
    });
    expect(await ids(await fetch(`${url}/v1/audit`))).toEqual(['r9', 'r6', 'r3', 'r0']);
    expect(await ids(await post(url, { from: at(1), to: at(5) }))).toEqual(['r3']);
  });

  test.each([
    [{ limit: 0 }, 422],
    [{ limit: 1001 }, 422],
    [{ from: 'yesterday' }, 422],
    [{ patient: 'p1' }, 422],
    [{ name: 'Smith' }, 422],
  ])('%j is refused', async (body, status) => {
    const { url } = await serve({ audit: { record: () => Promise.resolve(), search: (query) => trail.search(query) } });
    const response = await post(url, body);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/yesterday|Smith/);
  });

  test('without a trail that can be read there is nothing here', async () => {
    const { url } = await serve();
    expect((await fetch(`${url}/v1/audit`)).status).toBe(404);
  });
});
