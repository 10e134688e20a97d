/** Whom a Bundle is about stands in the audit trail whichever way the Bundle says so. */
import { afterEach, expect, test } from '@jest/globals';
import { closeAll, serve } from '../support/served.ts';

afterEach(closeAll);

const uuid = '0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';

test.each([
  ['by id', { resource: { resourceType: 'Patient', id: 'p1' } }, 'Patient/p1'],
  ['by id before its address', { fullUrl: `urn:uuid:${uuid}`, resource: { resourceType: 'Patient', id: 'p1' } }, 'Patient/p1'],
  ['by urn alone', { fullUrl: `urn:uuid:${uuid}`, resource: { resourceType: 'Patient' } }, `Patient/${uuid}`],
  ['by address alone', { fullUrl: 'https://ehr.example.org/Patient/p2', resource: { resourceType: 'Patient' } }, 'Patient/p2'],
])('named %s', async (_how, entry, patient) => {
  const { score, audited } = await serve();
  const other = { resource: { resourceType: 'Encounter', id: 'e1' } };
  const response = await score({
    bundle: { resourceType: 'Bundle', type: 'collection', entry: [other, entry] },
    encounter: 'e1',
  });
  expect(response.status).toBe(200);
  expect(audited.map(({ patients }) => patients)).toEqual([[patient]]);
});
