/** The server as a client made by others sees it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'fhir-kit-client';
import { rm } from 'node:fs/promises';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { idsOf } from './fhir-request.ts';
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

test('fhir-kit-client reads, searches by GET and POST, follows pages and runs $everything', async () => {
  const client = new Client({ baseUrl: server.url });
  const bundleOf = (resource: unknown): fhir4.Bundle => resource as fhir4.Bundle;
  expect(await client.capabilityStatement()).toMatchObject({ fhirVersion: '4.0.1' });
  expect(await client.read({ resourceType: 'Patient', id: 'ann' })).toEqual(smallHospital[0]);
  const first = await client.search({ resourceType: 'Encounter', searchParams: { date: ['ge2020-02', 'lt2020-03'], _count: 2 } });
  expect(idsOf(bundleOf(first))).toEqual(['e1', 'e2']);
  const second = await client.nextPage({ bundle: first as never });
  expect(idsOf(bundleOf(second))).toEqual(['e3']);
  const posted = await client.search({
    resourceType: 'Observation',
    searchParams: { patient: 'bob,cyd' },
    options: { postSearch: true },
  });
  expect(idsOf(bundleOf(posted))).toEqual(['o4', 'o6']);
  const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id: 'cyd', method: 'GET' });
  expect(idsOf(bundleOf(everything)).sort()).toEqual(['cyd', 'e5', 'gp', 'h1', 'o6']);
  await expect(client.search({ resourceType: 'Encounter', searchParams: { foo: '1' } })).rejects.toMatchObject({
    response: { status: 400, data: { resourceType: 'OperationOutcome' } },
  });
});
