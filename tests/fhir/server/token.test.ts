/** The embedded server with a token: everything it has is behind it, and the refusal is FHIR. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { fetchPatientBundle } from '../../../src/fhir/patient-bundle.ts';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { smallHospital, writeLanding } from './small-landing.ts';

let landing: string;
let server: FhirServer;
beforeAll(async () => {
  landing = await writeLanding(smallHospital);
  server = await startFhirServer({ landing, token: 'the-token' });
});
afterAll(async () => {
  await server.close();
  await rm(landing, { recursive: true });
});

test.each(['/metadata', '/Patient', '/Patient/ann', '/Patient/ann/$everything', '?_getpages=1'])('%s', async (path) => {
  for (const authorization of ['', 'Bearer', 'Bearer the-tokem', 'Bearer the-token1', 'Basic the-token']) {
    const refused = await fetch(`${server.url}${path}`, { headers: { authorization } });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'security' }] });
  }
  const { status } = await fetch(`${server.url}${path}`, { headers: { authorization: 'Bearer the-token' } });
  expect(status).not.toBe(401);
});

test('who has it gets the records', async () => {
  const asked = { server: server.url, patientId: 'ann', types: ['Encounter', 'Condition'] };
  const { bundle } = await fetchPatientBundle({ ...asked, token: () => Promise.resolve('the-token') });
  expect(bundle.entry.length).toBeGreaterThan(1);
  await expect(fetchPatientBundle(asked)).rejects.toMatchObject({ code: 'FHIR_UNAUTHORIZED' });
});
