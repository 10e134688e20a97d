/** A real HAPI server is asked for recent discharges: ends in the window, the newest one, and more of them than it hands out at once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchRecentDischarges } from '../../src/fhir/recent-discharges.ts';
import { silentCap, startHapi, type HapiServer } from './hapi-server.ts';
import { load } from './load.ts';
import type { Resource } from './synthea-sample.ts';

const dayMs = 86_400_000;
const startMs = Date.parse('2024-03-01T10:00:00Z');
const many = silentCap + 48;

function encounter(id: string, start: string, end: string | undefined, code = 'IMP'): Resource {
  return {
    resourceType: 'Encounter',
    id,
    status: end === undefined ? 'in-progress' : 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code },
    subject: { reference: 'Patient/stayed' },
    period: { start, ...(end === undefined ? {} : { end }) },
  } as Resource;
}

/** One discharge every two hours. */
const crowd = Array.from({ length: many }, (_, i) => {
  const endMs = startMs + i * 7_200_000;
  return encounter(`crowd-${i}`, new Date(endMs - dayMs).toISOString(), new Date(endMs).toISOString());
});
const others = [
  encounter('long', '2023-12-01T08:00:00Z', '2024-05-31T20:00:00+02:00'),
  encounter('last-admitted', '2024-05-30T08:00:00Z', '2024-05-31T06:00:00Z', 'ACUTE'),
  encounter('still-here', '2024-05-31T08:00:00Z', undefined),
  encounter('leaves-tomorrow', '2024-05-31T08:00:00Z', '2024-06-02T08:00:00Z'),
  encounter('visit', '2024-05-31T08:00:00Z', '2024-05-31T09:00:00Z', 'AMB'),
];
const now = (): number => Date.parse('2024-06-01T00:00:00Z');

let hapi: HapiServer;
beforeAll(async () => {
  hapi = await startHapi();
  await load(hapi.url, [{ resourceType: 'Patient', id: 'stayed' } as Resource, ...others, ...crowd]);
});
afterAll(() => hapi?.stop());

test('the days up to the newest discharge', async () => {
  const { discharges, from, until, cut } = await fetchRecentDischarges({
    server: hapi.url,
    now,
    days: 30,
    until: null,
    limit: 100,
  });
  expect(discharges.map(({ encounterId }) => encounterId)).toEqual(['long', 'last-admitted']);
  expect({ from, until, cut }).toEqual({ from: '2024-05-01', until: '2024-05-31', cut: false });
  expect(discharges[0]?.patientId).toBe('stayed');
});

test('all of a window that holds more than one search hands out', async () => {
  const { discharges, cut } = await fetchRecentDischarges({ server: hapi.url, days: 60, until: '2024-04-20', limit: 2000 });
  expect(discharges).toHaveLength(many);
  expect(discharges[0]?.encounterId).toBe(`crowd-${many - 1}`);
  expect(cut).toBe(false);
});
