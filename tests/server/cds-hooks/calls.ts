/** Calls of a CDS client: a patient's records as prefetch, and what is changed about them. */
import { answer } from '../support/served.ts';
import type { ScoreAnswer } from '../../../src/scoring/index.ts';

export const subject = { reference: 'Patient/p1' };
export const patient = { resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1950-06-01' };
export const stay = {
  resourceType: 'Encounter',
  id: 'e2',
  status: 'in-progress',
  class: { code: 'IMP' },
  subject,
  period: { start: '2024-03-01T08:00:00Z' },
};

export function searchset(...resources: object[]): Record<string, unknown> {
  return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
}

/** Everything that is asked for. */
export const prefetch: Readonly<Record<string, unknown>> = {
  patient,
  encounter: stay,
  encounters: searchset(stay),
  conditions: null,
  observations: searchset(),
  procedures: null,
  medicationRequests: searchset({ resourceType: 'MedicationRequest', id: 'm1', subject }),
};

export const hookInstance = 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea';

export function dischargeCall(more: Record<string, unknown> = {}): Record<string, unknown> {
  const context = { userId: 'Practitioner/d1', patientId: 'p1', encounterId: 'e2' };
  return { hook: 'encounter-discharge', hookInstance, context, prefetch, ...more };
}

export function viewCall(more: Record<string, unknown> = {}): Record<string, unknown> {
  const { encounter: _, ...rest } = prefetch;
  return { hook: 'patient-view', hookInstance, context: { userId: 'Practitioner/d1', patientId: 'p1' }, prefetch: rest, ...more };
}

export function post(url: string, service: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/cds-services/${service}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export const discharge = 'readmission-risk-discharge';
export const view = 'readmission-risk-patient-view';

/** 10 March 2024, in the stay. */
export const nowMs = Date.UTC(2024, 2, 10, 12);

/** What a scorer says of the stay. */
export const stayAnswer: ScoreAnswer = {
  ...answer,
  encounter: 'Encounter/e2',
  stay: { admission: '2024-03-01T08:00:00.000Z', discharge: '2024-03-10T12:00:00.000Z', reason: 'Heart failure' },
  asOf: '2024-03-10T12:00:00.000Z',
  coverage: { types: ['Patient'], from: null, assumed: false },
};
