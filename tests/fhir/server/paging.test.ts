/** Pages: whole, disjoint, in order, stable; gone when their time is over. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { SearchResults } from '../../../src/fhir/server/search-results.ts';
import { ask, form, idsOf, nextOf, pagesFrom } from './fhir-request.ts';
import { smallHospital, writeLanding, type Resource } from './small-landing.ts';

const many: Resource[] = Array.from({ length: 57 }, (_, i) => ({
  resourceType: 'Observation',
  id: `m${i}`,
  subject: { reference: `Patient/${i % 2 ? 'ann' : 'bob'}` },
}));

let dir: string;
let server: FhirServer;
let clock = 0;
beforeAll(async () => {
  dir = await writeLanding([...smallHospital, ...many]);
  server = await startFhirServer({
    landing: dir,
    maxPageSize: 20,
    maxPageBytes: 4000,
    defaultPageSize: 10,
    pagingTimeoutMs: 1000,
    now: () => clock,
  });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

describe('the pages together are the result', () => {
  test.each([1, 2, 7, 19, 20])('_count=%i', async (count) => {
    const pages = await pagesFrom(`${server.url}/Observation?patient=ann,bob&_sort=-_id&_count=${count}`);
    const ids = pages.flatMap((page) => idsOf(page));
    const expected = [...many, ...smallHospital.filter((r) => ['o1', 'o2', 'o3', 'o4'].includes(r.id))]
      .map((r) => r.id)
      .sort()
      .reverse();
    expect(ids).toEqual(expected);
    expect(pages).toHaveLength(Math.ceil(expected.length / count));
    expect(pages.slice(0, -1).every((page) => page.entry?.length === count)).toBe(true);
  });

  test('a POST search pages by GET, and its pages carry their includes', async () => {
    const first = await ask(`${server.url}/Encounter/_search`, form('patient=ann,bob&_count=2&_include=Encounter:patient'));
    expect([idsOf(first.json), idsOf(first.json, 'include')]).toEqual([['e1', 'e2'], ['ann']]);
    const second = await ask(nextOf(first.json) ?? '');
    expect([idsOf(second.json), idsOf(second.json, 'include'), nextOf(second.json)]).toEqual([['e3', 'e4'], ['bob'], undefined]);
  });

  test('$everything pages too', async () => {
    const pages = await pagesFrom(`${server.url}/Patient/ann/$everything?_count=3`);
    const ids = pages.flatMap((page) => idsOf(page));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(pages[0]?.total);
  });
});

test('the next link is the base, without type or trailing slash, under the host the client used', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const { json } = await ask(`http://${host}:${server.port}/fhir/Observation`);
    expect(nextOf(json)).toMatch(new RegExp(`^http://${host}:${server.port}/fhir\\?_getpages=[0-9a-f-]{36}&`));
    expect(json.entry?.[0]?.fullUrl).toBe(`http://${host}:${server.port}/fhir/Observation/o1`);
  }
});

test('_count is clamped, and the self link says so; 10 when absent', async () => {
  const { json } = await ask(`${server.url}/Observation?_count=5000&patient=ann`);
  expect(json.entry).toHaveLength(20);
  expect(json.link?.find((link) => link.relation === 'self')?.url).toBe(`${server.url}/Observation?_count=20&patient=ann`);
  expect((await ask(`${server.url}/Observation`)).json.entry).toHaveLength(10);
});

test('total on every page when it is asked for, on none when it is not; _count=0 counts', async () => {
  const asked = await pagesFrom(`${server.url}/Observation?_count=20&_total=accurate`);
  expect(asked.map((page) => page.total)).toEqual([63, 63, 63, 63]);
  const plain = await pagesFrom(`${server.url}/Observation?_count=20`);
  expect(plain.map((page) => page.total)).toEqual([undefined, undefined, undefined, undefined]);
  const { json } = await ask(`${server.url}/Observation?_count=0`);
  expect(Object.keys(json).sort()).toEqual(['id', 'meta', 'resourceType', 'total', 'type']);
});

test('beyond the end a page is empty, without entry and without next', async () => {
  const next = new URL(nextOf((await ask(`${server.url}/Observation`)).json) ?? '');
  next.searchParams.set('_getpagesoffset', '63');
  const { json, status } = await ask(next.href);
  expect([status, json.entry, nextOf(json)]).toEqual([200, undefined, undefined]);
});

test('a link answers the same each time, and 410 once nobody used it for the paging time', async () => {
  const next = nextOf((await ask(`${server.url}/Observation`)).json) ?? '';
  const pages = [];
  for (const step of [0, 900, 900]) {
    clock += step;
    pages.push(idsOf((await ask(next)).json));
  }
  expect(pages[1]).toEqual(pages[0]);
  expect(pages[2]).toEqual(pages[0]);
  clock += 1001;
  expect((await ask(next)).status).toBe(410);
});

test('results make room for newer ones: the least recently used goes first', () => {
  const results = new SearchResults(Infinity, () => 0);
  const big = { type: 'Observation', rows: new Int32Array(12 * 1024 * 1024), total: undefined, includes: [], revIncludes: [] };
  const [a, b] = [results.keep(big), results.keep(big)];
  results.get(a);
  const c = results.keep(big);
  expect([a, b, c].map((id) => results.get(id) !== undefined)).toEqual([true, false, true]);
});

test('a page larger than the server allows is refused, and a smaller _count is the remedy', async () => {
  const large = await ask(`${server.url}/Patient?_revinclude=Observation:patient`);
  expect([large.status, large.json.issue?.[0]?.code]).toEqual([400, 'too-costly']);
  expect((await ask(`${server.url}/Patient?_revinclude=Observation:patient&_id=cyd`)).status).toBe(200);
});
