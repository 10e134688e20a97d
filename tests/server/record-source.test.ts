/** Where the server takes records from: one source, told clearly. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { openRecordSource } from '../../src/server/record-source.ts';
import { smallHospital, writeLanding } from '../fhir/server/small-landing.ts';
import { readmission } from '../cli/command.ts';

let landing: string;
beforeAll(async () => {
  landing = await writeLanding(smallHospital);
});
afterAll(() => rm(landing, { recursive: true }));

const here = new AbortController().signal;

test('nothing configured: nothing to ask', async () => {
  const source = await openRecordSource({});
  expect(Object.keys(source)).toEqual(['close']);
  await source.close();
});

test('a landing folder is asked like a FHIR server, and closed with the server', async () => {
  const { fetchBundle, fetchDischarges, findPatient, recordSource, close } = await openRecordSource({ data: landing });
  try {
    expect(recordSource).toBe('landing');
    const { discharges, until } = await fetchDischarges!({ days: 30, until: null, limit: 10 }, here);
    expect(discharges.map(({ encounterId, patientId }) => [encounterId, patientId])).toEqual([['e1', 'ann']]);
    expect(until).toBe('2020-02-03');
    expect(await findPatient!('e1', here)).toBe('ann');
    // MedicationRequest is not covered by the folder.
    expect((await fetchBundle!('ann', here)).types).toEqual(['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure']);
  } finally {
    await close();
  }
  await expect(fetchBundle!('ann', here)).rejects.toMatchObject({ code: 'FHIR_UNAVAILABLE' });
});

test('the classes of the site are those that are asked for', async () => {
  const { fetchDischarges, close } = await openRecordSource({ data: landing, inpatientClasses: ['AMB'] });
  try {
    const { discharges } = await fetchDischarges!({ days: 30, until: null, limit: 10 }, here);
    expect(discharges.map(({ encounterId }) => encounterId)).toEqual(['e2']);
  } finally {
    await close();
  }
});

test.each([
  [{ data: 'landing', fhirServer: 'http://127.0.0.1:1/fhir' }, 'SERVER_OPTION'],
  [{ data: 'landing', token: 'secret' }, 'SERVER_OPTION'],
  [{ data: 'no-such-folder' }, 'LANDING_MISSING'],
  [{ fhirServer: 'http://fhir.example/r4' }, 'FHIR_INSECURE'],
  [{ fhirServer: 'http://fhir.example/r4', token: 'secret', fhir: { allowHttp: true } }, 'SERVER_OPTION'],
])('refused: %j', async (options, code) => {
  await expect(openRecordSource(options)).rejects.toMatchObject({ code });
});

test('the command takes one source', () => {
  const { status, err } = readmission('serve', '--model', 'm', '--data', 'd', '--fhir-server', 'http://localhost/fhir');
  expect(status).toBe(2);
  expect(err).toContain("option '--data <dir>' cannot be used with option '--fhir-server <url>'");
});
