/** Searches over a hospital known by heart: what each parameter finds, by GET and by POST. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { ask, form, idsOf } from './fhir-request.ts';
import { smallHospital, writeLanding } from './small-landing.ts';

let dir: string;
let server: FhirServer;
beforeAll(async () => {
  dir = await writeLanding(smallHospital);
  server = await startFhirServer({ landing: dir });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

describe('each parameter finds what R4 says, by GET and by POST', () => {
  test.each<[string, string, string[]]>([
    ['Patient', '', ['ann', 'bob', 'cyd']],
    ['Patient', '_id=cyd,ann,nobody', ['ann', 'cyd']],
    ['Patient', '_id=ann&_id=bob', []],
    ['Patient', 'identifier=urn:mrn|', ['ann', 'bob']],
    ['Patient', 'identifier=urn:mrn|B1', ['bob']],
    ['Patient', 'identifier=B1', ['bob']],
    ['Patient', 'identifier=b1', []],
    ['Patient', 'identifier=|bare', ['ann']],
    ['Patient', 'identifier=|B1', []],
    ['Patient', 'identifier=A\\,1', ['ann']],
    ['Patient', 'identifier=A,1', []],
    ['Patient', 'gender=male', ['bob', 'cyd']],
    ['Patient', 'gender=http://hl7.org/fhir/administrative-gender|female', ['ann']],
    ['Patient', 'gender=urn:other|female', []],
    ['Patient', 'active=true', ['bob']],
    ['Patient', 'birthdate=1950', ['ann']],
    ['Patient', 'birthdate=1950-02-03', []],
    ['Patient', 'general-practitioner=Practitioner/gp', ['ann']],
    ['Patient', 'link=bob', ['cyd']],
    ['Encounter', 'patient=ann', ['e1', 'e2']],
    ['Encounter', 'patient=Patient/ann', ['e1', 'e2']],
    ['Encounter', 'patient=bob,ann,ann', ['e1', 'e2', 'e3', 'e4']],
    ['Encounter', 'patient=ann&patient=bob', []],
    ['Encounter', 'subject=Patient/bob&class=IMP', ['e4']],
    ['Encounter', 'class=IMP,EMER', ['e1', 'e3', 'e4', 'e5']],
    ['Encounter', 'class=http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB', ['e2']],
    ['Encounter', 'status=in-progress', ['e4']],
    ['Encounter', 'service-provider=h1', ['e1', 'e2', 'e3', 'e4', 'e5']],
    ['Encounter', 'participant=gp&patient=cyd', ['e5']],
    ['Encounter', 'date=2020-02', ['e2', 'e3']],
    ['Encounter', 'date=ge2020-02&date=lt2020-03', ['e1', 'e2', 'e3']],
    ['Encounter', 'date=2020-02-10', ['e2', 'e3']],
    ['Encounter', 'date=gt2020-02-03', ['e2', 'e3', 'e4']],
    ['Encounter', 'date=sa2020-02-10T14:00:00Z', ['e4']],
    ['Encounter', 'date=eb2020-02-10T14:30:00Z', ['e1']],
    ['Encounter', 'date=ne2020', ['e4']],
    ['Encounter', 'date=2020-01,2021', []],
    ['Encounter', '_lastUpdated=ge2024-01-04', ['e4', 'e5']],
    ['Encounter', '_lastUpdated=le2024-01-02', ['e1', 'e3']],
    ['Condition', 'code=38341003', ['c2', 'c3', 'c4']],
    ['Condition', 'code=http://snomed.info/sct|38341003', ['c2']],
    ['Condition', 'code=|38341003', ['c4']],
    ['Condition', 'code=http://snomed.info/sct|', ['c1', 'c2']],
    ['Condition', 'patient=ghost', ['c4']],
    ['Condition', 'encounter=e1,Encounter/none', ['c1', 'c4']],
    ['Condition', 'encounter=e1&patient=ann', ['c1']],
    ['Condition', 'encounter=e1&patient=bob', []],
    ['Condition', 'onset-date=lt2019', ['c1']],
    ['Observation', 'patient=ann', ['o1', 'o2', 'o3']],
    ['Observation', 'patient=cyd', ['o6']],
    ['Observation', 'subject=Group/g1', ['o5']],
    ['Observation', 'subject=g1', ['o5']],
    ['Observation', 'subject=ann', ['o1', 'o2', 'o3']],
    ['Observation', 'date=2020-02', ['o2', 'o3', 'o4']],
    ['Observation', 'date=2020-02-10T14:30:00Z', ['o4']],
    ['Observation', 'date=2020-02-10T15:30:00.500%2B01:00', ['o4']],
    ['Observation', 'date=ge2020-03', ['o5']],
    ['Observation', 'date=lt2020-02-01', ['o1']],
    ['Procedure', '', []],
    ['Procedure', 'patient=ann', []],
  ])('%s?%s', async (type, query, expected) => {
    const get = await ask(`${server.url}/${type}?${query}`);
    const post = await ask(`${server.url}/${type}/_search`, form(query));
    const mixed = await ask(`${server.url}/${type}/_search?${query}`, form(''));
    for (const reply of [get, post, mixed]) {
      expect([reply.status, idsOf(reply.json).sort()]).toEqual([200, expected]);
      expect(reply.json.total).toBeUndefined();
    }
    const counted = await ask(`${server.url}/${type}?${query}&_summary=count`);
    expect(counted.json).toMatchObject({ type: 'searchset', total: expected.length });
    expect(Object.keys(counted.json)).not.toEqual(expect.arrayContaining(['entry']));
    expect(Object.keys(counted.json)).not.toEqual(expect.arrayContaining(['link']));
  });

  test('a reference by the base the records came from, or by the base of this server', async () => {
    for (const base of ['https://source.example/fhir', server.url]) {
      expect(idsOf((await ask(`${server.url}/Encounter?patient=${base}/Patient/ann`)).json)).toEqual(['e1', 'e2']);
    }
  });
});

describe('order', () => {
  test.each<[string, string, string[]]>([
    // e2 and e3 start at the same instant, written in two zones: the order of the files decides.
    ['Encounter', '_sort=date', ['e1', 'e2', 'e3', 'e4', 'e5']],
    ['Encounter', '_sort=-date', ['e4', 'e2', 'e3', 'e1', 'e5']],
    ['Encounter', '_sort=-_lastUpdated', ['e5', 'e4', 'e2', 'e3', 'e1']],
    ['Encounter', '_sort=-_id', ['e5', 'e4', 'e3', 'e2', 'e1']],
    ['Condition', '_sort=recorded-date,-_id', ['c2', 'c4', 'c3', 'c1']],
    ['Condition', '_sort=-recorded-date,_id', ['c2', 'c1', 'c3', 'c4']],
  ])('%s?%s, and what lacks the element comes last', async (type, query, expected) => {
    expect(idsOf((await ask(`${server.url}/${type}?${query}`)).json)).toEqual(expected);
  });
});

describe('what comes along', () => {
  test.each<[string, string[], string[]]>([
    ['Encounter?_id=e1,e2&_include=Encounter:patient', ['e1', 'e2'], ['ann']],
    ['Encounter?_id=e1&_include=Encounter:patient:Patient&_include=Encounter:service-provider', ['e1'], ['ann', 'h1']],
    ['Encounter?_id=e1&_include=Encounter:participant', ['e1'], ['gp']],
    ['Encounter?patient=ann&_revinclude=Condition:encounter', ['e1', 'e2'], ['c1', 'c2']],
    ['Encounter?_id=e1&_revinclude=Condition:encounter&_revinclude=Observation:encounter', ['e1'], ['c1', 'o1', 'o2']],
    ['Patient?_id=ann&_revinclude=Encounter:patient', ['ann'], ['e1', 'e2']],
    ['Patient?_id=bob,cyd&_include=Patient:link', ['bob', 'cyd'], []],
    ['Patient?_id=cyd&_include=Patient:link:Patient', ['cyd'], ['bob']],
    ['Condition?_id=c4&_include=Condition:patient', ['c4'], []],
    ['Observation?_id=o6&_include=Observation:patient', ['o6'], ['cyd']],
  ])('%s', async (path, matches, included) => {
    const { json, status } = await ask(`${server.url}/${path}`);
    expect([status, idsOf(json), idsOf(json, 'include').sort()]).toEqual([200, matches, included]);
  });
});

describe('$everything', () => {
  test('the patient, the compartment and what it refers to; no other patient', async () => {
    const { json } = await ask(`${server.url}/Patient/ann/$everything`);
    expect(json.total).toBe(10);
    expect(idsOf(json).sort()).toEqual(['ann', 'c1', 'c2', 'e1', 'e2', 'gp', 'h1', 'o1', 'o2', 'o3']);
    expect(json.entry?.[0]?.resource?.id).toBe('ann');
    expect(idsOf((await ask(`${server.url}/Patient/cyd/$everything`)).json).sort()).toEqual(['cyd', 'e5', 'gp', 'h1', 'o6']);
  });

  test('_type filters, also what is referred to', async () => {
    expect(idsOf((await ask(`${server.url}/Patient/ann/$everything?_type=Condition,Practitioner`)).json)).toEqual([
      'c1',
      'c2',
      'gp',
    ]);
  });
});

describe('resources are served as they are stored', () => {
  test('in a read, with ETag and Last-Modified where there is a version', async () => {
    const { headers, json, text } = await ask(`${server.url}/Patient/ann`);
    expect(text).toBe(JSON.stringify(smallHospital[0]));
    expect(json).toEqual(smallHospital[0]);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect([headers.get('etag'), headers.get('last-modified')]).toEqual(['W/"3"', 'Wed, 01 May 2024 10:00:00 GMT']);
    expect((await ask(`${server.url}/Patient/bob`)).headers.get('etag')).toBeNull();
  });

  test('in a page, each under its own URL', async () => {
    const { json } = await ask(`${server.url}/Patient`);
    expect(json.entry?.map((entry) => entry.resource)).toEqual(JSON.parse(JSON.stringify(smallHospital.slice(0, 3))));
    expect(json.entry?.map((entry) => entry.fullUrl)).toEqual(['ann', 'bob', 'cyd'].map((id) => `${server.url}/Patient/${id}`));
  });
});

test('a code that is written with escapes is found like any other', async () => {
  const line = '{"resourceType":"Encounter","id":"escaped","class":{"code":"\\u0049MP"},"subject":{"reference":"Patient/ann"}}';
  const folder = await writeLanding(smallHospital, { Encounter: [line] });
  const other = await startFhirServer({ landing: folder });
  try {
    const { json } = await ask(`${other.url}/Encounter?class=IMP`);
    expect(idsOf(json)).toEqual(['e1', 'e4', 'e5', 'escaped']);
  } finally {
    await other.close();
    await rm(folder, { recursive: true });
  }
});
