/** The pull against a server that pages badly, forgets, repeats, caps and lies: nothing lost, nothing twice, nothing unsaid. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLanding } from '../../src/fhir/landing.ts';
import { pull } from '../../src/fhir/pull.ts';
import type { PullOptions } from '../../src/fhir/pull-options.ts';
import { cohort, meta, outcome, sendJson, startFake, type FakeServer } from './support/fake-server.ts';

let fake: FakeServer;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pull-'));
  fake = await startFake(cohort(12, 6));
});
afterEach(async () => {
  await fake.close();
  await rm(dir, { recursive: true, force: true });
});

const run = (more: Partial<PullOptions> = {}) =>
  pull({
    server: fake.url,
    out: join(dir, 'out'),
    types: ['Encounter', 'Observation'],
    patientsPerQuery: 5,
    pageSize: 10,
    timeoutMs: 500,
    sleep: () => Promise.resolve(),
    ...more,
  });
const lines = async (type: string, out = 'out'): Promise<string[]> =>
  (await readFile(join(dir, out, `${type}.ndjson`), 'utf8')).split('\n').slice(0, -1);
const ids = async (type: string): Promise<string[]> => (await lines(type)).map((line) => (JSON.parse(line) as { id: string }).id);
const dataFiles = async (out: string): Promise<Record<string, string>> => {
  const names = (await readdir(join(dir, out))).filter((name) => name !== 'manifest.json').sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, out, name), 'utf8')])));
};
const isPage = (request: { params: URLSearchParams }): boolean => request.params.get('_summary') === null;
const isObservationPage = (request: { path: string; params: URLSearchParams }): boolean =>
  request.path === 'Observation' && isPage(request);

describe('a good server', () => {
  test('all records come, in order of id, as the server wrote them, and the numbers add up', async () => {
    const report = await run();
    expect(report.types).toEqual({
      Encounter: { expected: 72, received: 72, stored: 72, duplicate: 0, quarantined: 0 },
      Observation: { expected: 72, received: 72, stored: 72, duplicate: 0, quarantined: 0 },
      Patient: { expected: 12, received: 12, stored: 12, duplicate: 0, quarantined: 0 },
    });
    expect(report).toMatchObject({ patients: 12, retries: 0, warnings: [], incomplete: [] });
    for (const type of ['Encounter', 'Observation', 'Patient']) {
      const expected = fake.resources.filter((r) => r.resourceType === type).sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(await lines(type)).toEqual(expected.map((r) => JSON.stringify(r)));
    }
    const manifest = await verifyLanding(join(dir, 'out'));
    expect(manifest).toEqual(report.manifest);
    expect(manifest).toMatchObject({
      synthetic: true,
      coverage: { types: ['Encounter', 'Observation', 'Patient'], from: null },
      source: { kind: 'fhir-search', url: fake.url },
    });
    expect(await readdir(join(dir, 'out'))).toEqual([
      'Encounter.ndjson',
      'Observation.ndjson',
      'Patient.ndjson',
      'manifest.json',
    ]);
  });

  test('counts come before pages; patients are asked for by POST, a few at a time', async () => {
    await run();
    for (const [i, request] of fake.requests.entries()) {
      if (request.params.has('_getpages')) continue;
      expect(request.method).toBe('POST');
      expect(request.url).toMatch(/^\/fhir\/[A-Z]\w+\/_search$/);
      const asked = request.params.get('patient')?.split(',') ?? [];
      expect(asked.length).toBeLessThanOrEqual(5);
      if (!isPage(request)) continue;
      const counts = fake.requests.slice(0, i).filter((r) => !isPage(r) && r.path === request.path);
      expect(counts.map((r) => r.params.get('patient'))).toContain(request.params.get('patient'));
    }
  });

  test('the same bytes whatever the page size, the parallelism and the whitespace of the server', async () => {
    await run({ parallel: 1 });
    await run({ out: join(dir, 'two'), pageSize: 7, parallel: 8, patientsPerQuery: 3 });
    expect(await dataFiles('two')).toEqual(await dataFiles('out'));
    fake.hook = (request, response) => {
      if (!isObservationPage(request) || request.params.get('patient') === null) return false;
      const entry = fake.resources
        .filter(
          (r) =>
            r.resourceType === 'Observation' &&
            request.params.get('patient')?.includes((r['subject'] as { reference: string }).reference.slice(8)),
        )
        .map((resource) => ({ resource }));
      sendJson(response, JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }, null, 2));
      return true;
    };
    await run({ out: join(dir, 'three') });
    const values = (files: Record<string, string>): unknown =>
      files['Observation.ndjson']
        ?.trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    expect(values(await dataFiles('three'))).toEqual(values(await dataFiles('out')));
  });

  test('decimals keep their digits', async () => {
    fake.hook = (request, response) => {
      if (!isObservationPage(request)) return false;
      const text =
        '{"resourceType":"Observation","id":"d","subject":{"reference":"Patient/p000"},"valueQuantity":{"value":0.10}}';
      sendJson(response, `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":${text}}]}`);
      return true;
    };
    fake.resources = fake.resources.filter((r) => r.resourceType !== 'Observation');
    fake.resources.push({ resourceType: 'Observation', id: 'd', subject: { reference: 'Patient/p000' } });
    await run();
    expect((await lines('Observation'))[0]).toContain('"value":0.10}');
  });

  test('transactionTime is the server’s clock at the first answer', async () => {
    fake.hook = (request, response) => {
      response.setHeader('date', new Date(Date.UTC(2024, 5, 1, 12, 0, request.number)).toUTCString());
      return false;
    };
    expect((await run()).manifest.transactionTime).toBe('2024-06-01T12:00:01.000Z');
  });

  test('gzip', async () => {
    const { manifest } = await run({ gzip: true });
    expect(manifest.files.map(({ path }) => path)).toEqual(['Encounter.ndjson.gz', 'Observation.ndjson.gz', 'Patient.ndjson.gz']);
    await verifyLanding(join(dir, 'out'));
  });

  test('no patients is an answer', async () => {
    fake.resources = [];
    const report = await run();
    expect(report).toMatchObject({ patients: 0, types: { Patient: { expected: 0, stored: 0 } } });
    expect(report.manifest.files).toEqual([]);
  });
});

describe('which patients', () => {
  test('any Patient query', async () => {
    const report = await run({ patients: 'Patient?_id=p001,p002,none' });
    expect(await ids('Patient')).toEqual(['p001', 'p002']);
    expect(report.types['Encounter']?.stored).toBe(12);
    expect(report.manifest.synthetic).toBe(false);
  });

  test('by inpatient encounters', async () => {
    fake.resources = fake.resources.filter((r) => r.resourceType !== 'Encounter' || !/^e-[0-8]-/.test(r.id));
    const report = await run({ inpatient: true, synthetic: true });
    expect(await ids('Patient')).toEqual(['p009', 'p010', 'p011']);
    expect(report).toMatchObject({ patients: 3, types: { Encounter: { stored: 18 }, Patient: { expected: 3 } } });
    expect(report.manifest.synthetic).toBe(true);
  });

  test.each([{ inpatient: false }, { inpatient: true }])('at most so many, %j', async (how) => {
    const report = await run({ ...how, maxPatients: 4 });
    expect(await ids('Patient')).toEqual(['p000', 'p001', 'p002', 'p003']);
    expect(report.types['Patient']).toEqual({ expected: 4, received: 4, stored: 4, duplicate: 0, quarantined: 0 });
    expect(report.types['Observation']?.stored).toBe(24);
  });

  test('observation codes are passed on', async () => {
    await run({ observationCodes: ['http://loinc.org|2345-7', '718-7'] });
    const asked = fake.requests.filter((r) => r.path === 'Observation').map((r) => r.params.get('code'));
    expect(new Set(asked)).toEqual(new Set(['http://loinc.org|2345-7,718-7']));
  });

  test.each([
    [{ patients: '_count=5' }, 'FHIR_OPTION'],
    [{ patients: 'name' }, 'FHIR_OPTION'],
    [{ patients: 'a=b', inpatient: true }, 'FHIR_OPTION'],
    [{ types: ['../x'] }, 'FHIR_OPTION'],
    [{ pageSize: 0 }, 'FHIR_OPTION'],
    [{ parallel: 1.5 }, 'FHIR_OPTION'],
    [{ observationCodes: ['a,b'] }, 'FHIR_OPTION'],
    [{ server: 'http://fhir.example' }, 'FHIR_INSECURE'],
    [{ server: 'nowhere' }, 'FHIR_BASE_URL'],
  ])('%j is refused before any request', async (options, code) => {
    await expect(run(options)).rejects.toMatchObject({ code });
    expect(fake.requests).toHaveLength(0);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('paging', () => {
  test('a next link to another server gets nothing', async () => {
    const other = await startFake();
    fake.edit = (bundle, request) => {
      if (isObservationPage(request)) bundle.link = [{ relation: 'next', url: `${other.url}?_getpages=0` }];
    };
    await expect(run({ token: () => Promise.resolve('secret') })).rejects.toMatchObject({ code: 'FHIR_CROSS_ORIGIN' });
    expect(other.requests).toHaveLength(0);
    await other.close();
  });

  test('a server that names itself wrongly is followed with rewriteOrigin, and only then', async () => {
    fake.edit = (bundle) => {
      for (const link of bundle.link ?? []) link.url = link.url.replace(fake.url, 'http://hapi.internal:8080/fhir');
    };
    await expect(run()).rejects.toThrow(/--rewrite-origin/);
    expect((await run({ rewriteOrigin: true })).types['Observation']?.stored).toBe(72);
  });

  test('relative next links are resolved', async () => {
    fake.edit = (bundle) => {
      for (const link of bundle.link ?? []) link.url = link.url.replace(/^http:\/\/[^/]*/, '');
    };
    expect((await run()).types['Observation']?.stored).toBe(72);
  });

  test.each([
    ['to itself', 2, () => '?_getpages=0'],
    ['in a circle', 3, (n: number) => `?_getpages=${n % 2}`],
    ['ever new without new records', 4, (n: number) => `?_getpages=0&x=${n}`],
  ])('next links that go %s end the pull', async (_title, most, next) => {
    let n = 0;
    fake.hook = (request, response) => {
      if (!request.params.has('_getpages') && !isObservationPage(request)) return false;
      const entry = [{ resource: fake.resources.find((r) => r.resourceType === 'Observation') }];
      sendJson(response, {
        resourceType: 'Bundle',
        type: 'searchset',
        entry,
        link: [{ relation: 'next', url: `${fake.url}${next((n += 1))}` }],
      });
      return true;
    };
    await expect(run({ parallel: 1, pageSize: 100 })).rejects.toMatchObject({ code: 'FHIR_PAGING_LOOP' });
    expect(n).toBe(most);
  });

  test('ever new records without end are ended too', async () => {
    let n = 0;
    fake.hook = (request, response) => {
      if (!request.params.has('_getpages') && !isObservationPage(request)) return false;
      const subject = { reference: 'Patient/p000' };
      const entry = Array.from({ length: 500 }, () => ({
        resource: { resourceType: 'Observation', id: `x${(n += 1)}`, subject },
      }));
      sendJson(response, {
        resourceType: 'Bundle',
        type: 'searchset',
        entry,
        link: [{ relation: 'next', url: `${fake.url}?_getpages=${n}` }],
      });
      return true;
    };
    await expect(run({ parallel: 1, pageSize: 100 })).rejects.toMatchObject({ code: 'FHIR_PAGING_LOOP' });
  });

  test('a last page that leads to an empty one is no fault', async () => {
    fake.edit = (bundle, request) => {
      if (request.params.get('_getpages') === 'none') bundle.entry = [];
      else if (isPage(request) && !bundle.link?.some(({ relation }) => relation === 'next')) {
        bundle.link = [{ relation: 'next', url: `${fake.url}?_getpages=none` }];
      }
    };
    expect((await run()).types['Observation']).toMatchObject({ expected: 72, stored: 72 });
  });

  test.each([404, 410])('a cursor that expires (%i) starts its search again', async (status) => {
    let dead = 0;
    fake.hook = (request, response) => {
      if (request.params.get('_getpagesoffset') !== '20' || dead >= 3) return false;
      dead += 1;
      sendJson(response, outcome('processing', 'HAPI-0417: Search ID does not exist and may have expired'), status);
      return true;
    };
    const report = await run();
    expect(dead).toBe(3);
    expect(report.types['Observation']).toEqual({ expected: 72, received: 72, stored: 72, duplicate: 0, quarantined: 0 });
  });

  test('a cursor that always expires leads to smaller searches', async () => {
    fake.hook = (request, response) => {
      if (Number(request.params.get('_getpagesoffset') ?? 0) < 20) return false;
      sendJson(response, outcome('processing', 'HAPI-0417'), 410);
      return true;
    };
    expect((await run()).types['Observation']).toEqual({ expected: 72, received: 72, stored: 72, duplicate: 0, quarantined: 0 });
  });
});

describe('fewer than counted', () => {
  test('a silent cap: searches are halved, by patient and then by time', async () => {
    fake.resources = cohort(2, 130);
    fake.cap = 60;
    const report = await run({ pageSize: 50 });
    for (const type of ['Encounter', 'Observation']) {
      expect(report.types[type]).toEqual({ expected: 260, received: 260, stored: 260, duplicate: 0, quarantined: 0 });
    }
    expect(fake.requests.some((r) => r.params.has('_lastUpdated'))).toBe(true);
  }, 120_000);

  test('a cap costs few requests: halves are counted before they are read, and time is cut where the records are', async () => {
    // Loaded within a second, as a test server's records are: blind halving of all time would take thirty steps.
    fake.resources = cohort(8, 130).map((resource, i) => ({
      ...resource,
      meta: { versionId: '1', lastUpdated: new Date(Date.UTC(2026, 0, 1) + (i % 997)).toISOString() },
    }));
    fake.cap = 100;
    const report = await run({ types: ['Observation'], pageSize: 50, patientsPerQuery: 8 });
    expect(report.types['Observation']).toMatchObject({ expected: 1040, stored: 1040 });
    const wide = fake.requests.filter((r) => (r.params.get('patient')?.split(',').length ?? 0) > 1);
    // The first search is read to its cut and counted again; its halves and their halves are only counted.
    expect(wide.map((r) => r.params.has('_summary'))).toEqual([true, false, true, ...Array.from({ length: 6 }, () => true)]);
    // Of each patient: count, two pages, count, and two halves of two or three requests.
    expect(fake.requests.length).toBeLessThan(8 * 10 + 15);
  });

  test('all records of one moment, more than the cap: not halved for ever, and told', async () => {
    fake.resources = cohort(1, 130).map((resource) => ({ ...resource, meta: { lastUpdated: '2026-01-01T00:00:00.000Z' } }));
    fake.cap = 100;
    await expect(run({ types: ['Observation'], pageSize: 50 })).rejects.toThrow(/^FHIR_INCOMPLETE: .*Observation 100 of 130/);
    expect(fake.requests.length).toBeLessThan(40);
  });

  test('a record that neither half finds is missed, unless it is deleted', async () => {
    fake.resources = cohort(2, 60);
    fake.cap = 100;
    fake.edit = (bundle, request) => {
      if (request.path !== 'Observation' || request.params.get('patient') !== 'p000') return;
      if (bundle.total !== undefined) bundle.total -= 1;
      else bundle.entry = bundle.entry?.filter((e) => (e.resource as { id: string }).id !== 'o-0-0') ?? [];
    };
    await expect(run({ pageSize: 200 })).rejects.toThrow(/^FHIR_INCOMPLETE: .*Observation 119 of 120/);
    fake.edit = undefined;
    fake.resources = fake.resources.filter(({ id }) => id !== 'o-0-0');
    expect((await run({ pageSize: 200 })).types['Observation']).toMatchObject({ expected: 119, stored: 119 });
  });

  test('a silent cap on the patients themselves', async () => {
    fake.resources = cohort(130, 1);
    fake.cap = 60;
    const report = await run({ patientsPerQuery: 40 });
    expect(report).toMatchObject({ patients: 130, types: { Patient: { expected: 130, received: 130, stored: 130 } } });
  }, 120_000);

  test('a missing next link is a shortfall, told with numbers; the same command mends it', async () => {
    fake.edit = (bundle, request) => {
      if (request.params.get('patient')?.startsWith('p000')) bundle.link = [];
    };
    await expect(run()).rejects.toThrow(/^FHIR_INCOMPLETE: .*Encounter 52 of 72, Observation 52 of 72/);
    await expect(stat(join(dir, 'out', 'manifest.json'))).rejects.toThrow();
    fake.edit = undefined;
    const before = fake.requests.length;
    expect((await run()).types['Observation']).toMatchObject({ expected: 72, stored: 72, received: 72 });
    // Only the short searches are asked again.
    expect(
      fake.requests.slice(before).every((r) => r.params.has('_getpages') || r.params.get('patient')?.startsWith('p000')),
    ).toBe(true);
  });

  test('a partial pull can be allowed, and says so', async () => {
    fake.edit = (bundle, request) => {
      if (request.params.get('patient')?.startsWith('p000') && request.path === 'Observation') bundle.link = [];
    };
    const report = await run({ allowPartial: true });
    expect(report.incomplete).toEqual([{ type: 'Observation', expected: 72, found: 52 }]);
    expect(report.manifest.source.description).toContain('Observation incomplete: 52 of 72');
  });

  test('too few patients end the pull before their records are asked for', async () => {
    fake.edit = (bundle, request) => {
      if (request.path === 'Patient') bundle.link = [];
    };
    await expect(run()).rejects.toThrow(/^FHIR_INCOMPLETE: .*Patient 10 of 12/);
    expect(fake.requests.every((r) => r.path === 'Patient')).toBe(true);
  });

  test('records deleted meanwhile are not missing', async () => {
    let counted = false;
    fake.hook = (request) => {
      if (request.path === 'Observation' && !isPage(request) && !counted) {
        counted = true;
        setImmediate(() => (fake.resources = fake.resources.filter((r) => r.id !== 'o-0-0')));
      }
      return false;
    };
    expect((await run({ parallel: 1 })).types['Observation']).toMatchObject({ expected: 71, stored: 71 });
  });

  test('no count, no judgement, but a warning', async () => {
    fake.edit = (bundle) => delete bundle.total;
    const report = await run();
    expect(report.types['Encounter']).toMatchObject({ expected: null, stored: 72 });
    expect(report.warnings).toContain('Encounter: the server states no count, so completeness is not known');
  });
});

describe('repeated and changed records', () => {
  test('pages that repeat two rows and skip two are read again', async () => {
    let shifted = 0;
    fake.edit = (bundle, request) => {
      if (request.params.get('_getpagesoffset') !== '10' || shifted > 0 || bundle.entry === undefined) return;
      shifted += 1;
      bundle.entry = [...bundle.entry.slice(0, 2), ...bundle.entry.slice(0, -2)];
    };
    const report = await run();
    expect(shifted).toBe(1);
    expect(report.types['Encounter']).toMatchObject({ expected: 72, stored: 72 });
    expect(report.types['Observation']).toMatchObject({ expected: 72, stored: 72 });
  });

  test('the same record twice is stored once and counted twice', async () => {
    fake.edit = (bundle, request) => {
      if (isObservationPage(request) && bundle.entry !== undefined) bundle.entry.push(...bundle.entry.slice(0, 1));
    };
    const report = await run();
    expect(report.types['Observation']).toEqual({ expected: 72, received: 75, stored: 72, duplicate: 3, quarantined: 0 });
    expect(report.warnings).toEqual([]);
  });

  test.each([
    ['the later lastUpdated', meta(1, 5), meta(1, 9)],
    ['the higher versionId at the same time', meta(9, 5), meta(10, 5)],
  ])('of two versions, %s is kept, whichever came first', async (_title, older, newer) => {
    const subject = { reference: 'Patient/p000' };
    const record = (m: unknown, value: number): unknown => ({
      resourceType: 'Observation',
      id: 'o-0-0',
      meta: m,
      subject,
      value,
    });
    for (const order of [
      [record(older, 1), record(newer, 2)],
      [record(newer, 2), record(older, 1)],
    ]) {
      fake.edit = (bundle, request) => {
        if (!isObservationPage(request) || !request.params.get('patient')?.startsWith('p000') || bundle.entry === undefined)
          return;
        bundle.entry = [...bundle.entry.slice(1), ...order.map((resource) => ({ resource }))];
      };
      const report = await run({ force: true });
      expect((await lines('Observation'))[0]).toContain('"value":2');
      expect(report.types['Observation']).toEqual({ expected: 72, received: 73, stored: 72, duplicate: 1, quarantined: 0 });
    }
  });

  test('two texts of one version are a conflict, decided the same way each time', async () => {
    const subject = { reference: 'Patient/p000' };
    const stored: string[] = [];
    for (const values of [
      [1, 2],
      [2, 1],
    ]) {
      fake.edit = (bundle, request) => {
        if (!isObservationPage(request) || !request.params.get('patient')?.startsWith('p000') || bundle.entry === undefined)
          return;
        const twins = values.map((value) => ({
          resource: { resourceType: 'Observation', id: 'o-0-0', meta: meta(1, 5), subject, value },
        }));
        bundle.entry = [...bundle.entry.slice(1), ...twins];
      };
      const report = await run({ force: true });
      stored.push((await lines('Observation'))[0] ?? '');
      expect(report.warnings).toEqual(['1 Observation with two different texts of the same version, one kept']);
    }
    expect(stored[0]).toBe(stored[1]);
  });
});

describe('entries that are no records', () => {
  test('messages become warnings, includes are stored, the rest is quarantined, and all of it is counted', async () => {
    const odd = [
      { resource: outcome('processing', 'something was left out'), search: { mode: 'outcome' } },
      { resource: { resourceType: 'Practitioner', id: 'dr' }, search: { mode: 'include' } },
      { fullUrl: 'https://x.org/Observation/1' },
      { resource: { resourceType: 'Observation', id: '../x' } },
      { resource: { resourceType: 'Observation', id: 'q', subject: { reference: 'Patient/stranger' } } },
    ];
    fake.edit = (bundle, request) => {
      if (isObservationPage(request) && request.params.get('patient')?.startsWith('p000')) bundle.entry?.push(...odd);
    };
    const report = await run();
    expect(report.types['Observation']).toEqual({ expected: 72, received: 75, stored: 72, duplicate: 0, quarantined: 3 });
    expect(report.types['Practitioner']).toMatchObject({ expected: null, stored: 1 });
    expect(report.manifest.coverage.types).not.toContain('Practitioner');
    expect(report.warnings).toEqual(
      expect.arrayContaining([
        'Observation: the server says processing: something was left out',
        '1 Observation quarantined as no-resource',
        '1 Observation quarantined as bad-id',
        '1 Observation quarantined as other-patient',
      ]),
    );
    const quarantine = join(dir, 'out', 'quarantine.ndjson');
    const reasons = (await readFile(quarantine, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { reason: string }).reason);
    expect(reasons).toEqual(['no-resource', 'bad-id', 'other-patient']);
    expect((await stat(quarantine)).mode & 0o777).toBe(0o600);
  });

  test('a server that ignores the patient parameter is left', async () => {
    fake.resources.push(...cohort(40, 6).filter((r) => r.resourceType === 'Observation'));
    fake.edit = (bundle, request) => {
      if (isObservationPage(request))
        bundle.entry = fake.resources
          .filter((r) => r.resourceType === 'Observation')
          .slice(72, 300)
          .map((resource) => ({ resource }));
    };
    await expect(run()).rejects.toMatchObject({ code: 'FHIR_FILTER_IGNORED' });
  });

  test.each([
    ['an OperationOutcome', outcome('exception', 'broken'), /OperationOutcome \(exception: broken\)/],
    ['a Patient', { resourceType: 'Patient', id: '1', name: 'ZZPHI' }, /found Patient/],
    ['a batch response', { resourceType: 'Bundle', type: 'batch-response' }, /found Bundle/],
    ['entries that are no list', { resourceType: 'Bundle', type: 'searchset', entry: { a: 'ZZPHI' } }, /found Bundle/],
    ['a next link without address', { resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'next' }] }, /found Bundle/],
  ])('%s with status 200 is not a page', async (_title, body, message) => {
    fake.hook = (request, response) => {
      if (!isObservationPage(request)) return false;
      sendJson(response, body);
      return true;
    };
    const error = await run().catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ code: 'FHIR_UNEXPECTED_RESOURCE', message: expect.stringMatching(message) });
    expect(String((error as Error).stack)).not.toContain('ZZPHI');
  });
});

describe('the server’s limits', () => {
  test('no POST: asked by GET from then on', async () => {
    fake.hook = (request, response) => {
      if (request.method !== 'POST') return false;
      sendJson(response, outcome('not-supported', 'POST'), 405);
      return true;
    };
    expect((await run({ parallel: 1 })).types['Observation']?.stored).toBe(72);
    expect(fake.requests.filter((r) => r.method === 'POST')).toHaveLength(1);
  });

  test('errors now and then do not change the outcome', async () => {
    await run({ out: join(dir, 'calm') });
    fake.hook = (request, response) => {
      if (request.number % 5 === 0) sendJson(response, outcome('throttled', 'slow'), 429, { 'retry-after': '1' });
      else if (request.number % 7 === 0) response.destroy();
      else if (request.number % 11 === 0) response.writeHead(200, { 'content-length': '100' }).end('{"resourceType":');
      else return false;
      return true;
    };
    const report = await run();
    expect(report.retries).toBeGreaterThan(5);
    expect(await dataFiles('out')).toEqual(await dataFiles('calm'));
  });

  test('a page too large is not read on', async () => {
    await expect(run({ maxPageBytes: 1000 })).rejects.toMatchObject({ code: 'FHIR_PAGE_TOO_LARGE' });
  });
});

test('the token is in no file, report or error', async () => {
  const canary = 'ZZTOKEN-9f8e7d6c5b4a';
  const token = (): Promise<string> => Promise.resolve(canary);
  let fail = true;
  fake.hook = (request, response) => {
    if (!fail || !isObservationPage(request)) return false;
    sendJson(response, outcome('forbidden', `Bearer ${canary} may not, nor ${request.headers.authorization}`), 403);
    return true;
  };
  const error = await run({ token }).catch((e: unknown) => e as Error & { details: unknown });
  expect(error).toMatchObject({ code: 'FHIR_FORBIDDEN' });
  const texts = [`${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`];
  const files = async (): Promise<void> => {
    for (const file of await readdir(join(dir, 'out'), { recursive: true, withFileTypes: true })) {
      if (file.isFile()) texts.push(await readFile(join(file.parentPath, file.name), 'utf8'));
    }
  };
  await files();
  fail = false;
  texts.push(JSON.stringify(await run({ token })));
  await files();
  expect(texts.length).toBeGreaterThan(8);
  for (const text of texts) expect(text).not.toContain(canary);
  expect(fake.requests.every((r) => r.headers.authorization === `Bearer ${canary}` && !r.url.includes(canary))).toBe(true);
});
