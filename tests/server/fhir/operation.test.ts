/** $readmission-risk over HTTP, by a scorer that notes what it is asked: forms of the request, refusals, audit. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { FhirError, ScoringError } from '../../../src/errors.ts';
import type { ScoreAnswer } from '../../../src/scoring/index.ts';
import { riskAssessmentSchema } from '../../../src/server/fhir/fhir-schemas.ts';
import { answer, closeAll, serve, type Served } from '../support/served.ts';

afterEach(closeAll);

const now = Date.parse('2026-04-01T09:30:00Z');
const scored: ScoreAnswer = {
  ...answer,
  encounter: 'Encounter/e1',
  stay: { admission: '2026-03-20T08:00:00.000Z', discharge: '2026-03-25T10:00:00.000Z', reason: null },
  asOf: '2026-03-25T10:00:00.000Z',
  coverage: { types: ['Encounter'], from: null, assumed: true },
};
const bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    { resource: { resourceType: 'Patient', id: 'p1' } },
    { resource: { resourceType: 'Encounter', id: 'e1', period: { end: '2026-03-25T12:00:00+02:00' } } },
  ],
} as const;
const instance = '/fhir/Encounter/e1/$readmission-risk';
const type = '/fhir/Encounter/$readmission-risk';
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const withBundle = { name: 'bundle', resource: bundle };
const encounter = { name: 'encounter', valueReference: { reference: 'Encounter/e1' } };
const patient = { name: 'patient', valueReference: { reference: 'Patient/p1' } };

function ask(served: Served, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${served.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

const fetching = {
  fetchBundle: () => Promise.resolve({ bundle, types: ['Patient', 'Encounter'] }),
  findPatient: (id: string) => Promise.resolve(id === 'e1' ? 'p1' : null),
};

describe('what is asked', () => {
  test.each([
    ['instance level, with a Bundle', instance, parameters(withBundle), { bundle, encounter: 'e1' }],
    [
      'instance level, with all that may be said',
      instance,
      parameters(
        withBundle,
        encounter,
        patient,
        { name: 'asOf', valueDateTime: '2026-03-24T10:00:00Z' },
        { name: 'coveredType', valueCode: 'Encounter' },
        { name: 'coveredType', valueCode: 'Condition' },
        { name: 'coveredFrom', valueDate: '2020-01-01' },
      ),
      {
        bundle,
        encounter: 'e1',
        asOf: '2026-03-24T10:00:00Z',
        covers: { types: ['Encounter', 'Condition'], from: '2020-01-01' },
      },
    ],
    ['type level', type, parameters(encounter, withBundle), { bundle, encounter: 'e1' }],
  ])('%s', async (_title, path, body, request) => {
    const served = await serve({ now: () => now }, () => scored);
    const response = await ask(served, path, body);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(served.calls.bundles).toEqual([request]);
    const told = await response.json();
    expect(riskAssessmentSchema.safeParse(told).error).toBeUndefined();
    expect(told).toMatchObject({
      resourceType: 'RiskAssessment',
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${response.headers.get('x-request-id')}` }],
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      occurrenceDateTime: '2026-04-01T09:30:00.000Z',
      prediction: [{ probabilityDecimal: 30, whenPeriod: { start: '2026-03-25T12:00:00+02:00', end: '2026-04-24' } }],
    });
    expect(served.audited).toEqual([
      expect.objectContaining({
        action: 'score',
        outcome: 'success',
        patients: ['Patient/p1'],
        encounter: 'Encounter/e1',
        scores: [{ encounter: 'Encounter/e1', risk: 0.3, band: 'high' }],
      }),
    ]);
  });

  test.each([
    ['by the encounter alone, without a body', instance, undefined],
    ['by the encounter alone, with an empty body', instance, ''],
    ['by the encounter alone, without parameters', instance, { resourceType: 'Parameters' }],
    ['by encounter and patient', instance, parameters(patient)],
    ['at the level of the type', type, parameters(encounter, patient)],
    ['at the level of the type by the encounter alone', type, parameters(encounter)],
  ])('records are fetched %s', async (_title, path, body) => {
    const asked: string[] = [];
    const fetchBundle = (id: string) => {
      asked.push(id);
      return fetching.fetchBundle();
    };
    const served = await serve({ ...fetching, fetchBundle }, () => scored);
    const response = await ask(served, path, body);
    expect(response.status).toBe(200);
    expect(asked).toEqual(['p1']);
    expect(served.calls.bundles).toEqual([{ bundle, encounter: 'e1', covers: { types: ['Patient', 'Encounter'], from: null } }]);
    expect(served.audited).toMatchObject([{ outcome: 'success', patients: ['Patient/p1'] }]);
  });

  test('no body needs no type, a body does', async () => {
    const served = await serve(fetching, () => scored);
    expect((await fetch(`${served.url}${instance}`, { method: 'POST' })).status).toBe(200);
    const body = new TextEncoder().encode(JSON.stringify(parameters()));
    expect((await fetch(`${served.url}${instance}`, { method: 'POST', body })).status).toBe(415);
    expect((await fetch(`${served.url}/v1/score`, { method: 'POST' })).status).toBe(415);
  });

  test.each([
    ['application/json', 'application/json'],
    ['application/fhir+json; fhirVersion=4.0', 'application/fhir+json'],
    ['application/json;fhirVersion=4.0', 'application/json'],
    ['application/fhir+xml;q=1.0, application/fhir+json;q=1.0, application/json+fhir;q=0.9', 'application/fhir+json'],
    ['text/html, */*;q=0.8', 'application/fhir+json'],
  ])('accepting %s is answered with %s', async (accept, type) => {
    const served = await serve({}, () => scored);
    const headers = { accept, 'content-type': 'application/fhir+json; fhirVersion=4.0' };
    const response = await ask(served, instance, parameters(withBundle), headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  });
});

describe('what is refused, as an OperationOutcome', () => {
  const invalid = 'SCORING_REQUEST_INVALID';
  test.each<[string, string, unknown, number, string, string]>([
    ['a bare Bundle', instance, bundle, 422, invalid, 'structure'],
    ['a list', instance, [], 422, invalid, 'structure'],
    ['no JSON', instance, '{', 400, 'SERVER_BODY', 'structure'],
    [
      'an unknown parameter',
      instance,
      parameters(withBundle, { name: 'asof', valueDateTime: '2026' }),
      422,
      invalid,
      'structure',
    ],
    ['a name of every object', instance, parameters({ name: 'constructor', valueString: 'x' }), 422, invalid, 'structure'],
    ['a parameter twice', instance, parameters(withBundle, withBundle), 422, invalid, 'structure'],
    ['a parameter of another type', instance, parameters({ name: 'asOf', valueDate: '2026-01-01' }), 422, invalid, 'structure'],
    ['a parameter with two values', instance, parameters({ ...patient, valueString: 'p1' }), 422, invalid, 'structure'],
    [
      'another resource as the Bundle',
      instance,
      parameters({ name: 'bundle', resource: { resourceType: 'List' } }),
      422,
      invalid,
      'structure',
    ],
    [
      'a reference to something else',
      instance,
      parameters({ name: 'patient', valueReference: { reference: 'Group/p1' } }),
      422,
      invalid,
      'structure',
    ],
    ['no dateTime', instance, parameters(withBundle, { name: 'asOf', valueDateTime: 'yesterday' }), 422, invalid, 'structure'],
    [
      'another encounter than the path',
      instance,
      parameters(withBundle, { name: 'encounter', valueReference: { reference: 'Encounter/e2' } }),
      422,
      invalid,
      'structure',
    ],
    ['no encounter at the level of the type', type, parameters(withBundle), 422, invalid, 'structure'],
    [
      'coverage of what is fetched',
      instance,
      parameters(patient, { name: 'coveredType', valueCode: 'Condition' }),
      422,
      invalid,
      'structure',
    ],
    [
      'a start of coverage alone',
      instance,
      parameters(withBundle, { name: 'coveredFrom', valueDate: '2020-01-01' }),
      422,
      invalid,
      'structure',
    ],
    [
      "another patient's Bundle",
      instance,
      parameters(withBundle, { name: 'patient', valueReference: { reference: 'Patient/p2' } }),
      422,
      'SCORING_BUNDLE_PATIENT',
      'invariant',
    ],
    ['an encounter that the FHIR server has not', '/fhir/Encounter/e9/$readmission-risk', undefined, 422, invalid, 'structure'],
    [
      'an id that is none',
      '/fhir/Encounter/e%201/$readmission-risk',
      parameters(withBundle),
      404,
      'SERVER_NOT_FOUND',
      'not-found',
    ],
  ])('%s', async (_title, path, body, status, code, issue) => {
    const served = await serve(fetching, () => scored);
    const response = await ask(served, path, body);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/fhir+json; charset=utf-8']);
    expect(await response.json()).toMatchObject({
      resourceType: 'OperationOutcome',
      id: response.headers.get('x-request-id'),
      issue: [{ severity: 'error', code: issue, details: { coding: [{ code }] } }],
    });
    expect(served.audited).toEqual([expect.objectContaining({ action: 'score', outcome: 'refused', code })]);
    expect(served.calls.bundles).toEqual([]);
  });

  test('the parameter at fault is named by its path, and its value is not repeated', async () => {
    const served = await serve();
    const response = await ask(served, instance, parameters({ name: 'asOf', valueDateTime: 'ZZPHI' }));
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ issue: [{ expression: ["Parameters.parameter.where(name='asOf')"] }] });
    expect(text).not.toContain('ZZPHI');
  });

  test('no FHIR server to fetch from', async () => {
    const served = await serve();
    for (const body of [undefined, parameters(patient)]) {
      const response = await ask(served, instance, body);
      expect(await response.json()).toMatchObject({
        issue: [{ code: 'not-supported', details: { coding: [{ code: 'SCORING_NO_FHIR_SERVER' }] } }],
      });
    }
  });

  test.each([
    ['SCORING_ENCOUNTER_UNKNOWN', 422, 'not-found'],
    ['SCORING_AS_OF', 422, 'required'],
    ['SCORING_BUNDLE_PARTIAL', 422, 'structure'],
    ['SCORING_NOT_A_NUMBER', 500, 'exception'],
  ])('of scoring: %s', async (code, status, issue) => {
    const served = await serve({}, () => {
      throw new ScoringError(code, 'expected Encounter/e1 ZZPHI');
    });
    const response = await ask(served, instance, parameters(withBundle));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: issue }] });
  });

  test.each([
    ['FHIR_TIMEOUT', 503, 'transient'],
    ['FHIR_UNAUTHORIZED', 502, 'security'],
    ['FHIR_INCOMPLETE', 502, 'exception'],
  ])('of the FHIR server: %s', async (code, status, issue) => {
    const fail = () => Promise.reject(new FhirError(code, 'ZZPHI'));
    for (const options of [
      { ...fetching, fetchBundle: fail },
      { ...fetching, findPatient: fail },
    ]) {
      const served = await serve(options);
      const response = await ask(served, instance);
      expect(response.status).toBe(status);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ issue: [{ code: issue }] });
      expect(text).not.toContain('ZZPHI');
    }
  });

  test('not eligible: the rule as a code with its words, and no id', async () => {
    const served = await serve({}, () => {
      throw new ScoringError('SCORING_NOT_ELIGIBLE', 'no risk is given for Encounter/e1: …', {
        details: { encounter: 'Encounter/e1', rule: 'under-minimum-age', words: 'younger than the minimum age at admission' },
      });
    });
    const response = await ask(served, instance, parameters(withBundle));
    const text = await response.text();
    expect(response.status).toBe(422);
    expect(JSON.parse(text)).toMatchObject({
      issue: [
        {
          severity: 'error',
          code: 'business-rule',
          details: {
            coding: [
              {
                system: expect.stringMatching(/CodeSystem\/problem$/),
                code: 'SCORING_NOT_ELIGIBLE',
                display: 'Not eligible for a score',
              },
              {
                system: expect.stringMatching(/CodeSystem\/eligibility-rule$/),
                code: 'under-minimum-age',
                display: 'younger than the minimum age at admission',
              },
            ],
          },
          diagnostics:
            'no risk is given: the stay is no index discharge by rule "under-minimum-age": younger than the minimum age at admission',
        },
      ],
    });
    expect(text).not.toContain('e1');
    expect(served.audited).toMatchObject([{ outcome: 'refused', patients: ['Patient/p1'], encounter: 'Encounter/e1' }]);
  });

  test.each([
    ['GET', instance, 405, 'SERVER_METHOD'],
    ['GET', `${type}?patient=Patient/p1`, 405, 'SERVER_METHOD'],
    ['DELETE', type, 405, 'SERVER_METHOD'],
    ['GET', '/fhir/Patient/p1', 404, 'SERVER_NOT_FOUND'],
    ['GET', '/fhir/Encounter/e1', 404, 'SERVER_NOT_FOUND'],
  ])('%s %s', async (method, path, status, code) => {
    const served = await serve(fetching, () => scored);
    const response = await fetch(`${served.url}${path}`, { method });
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/fhir+json; charset=utf-8']);
    expect(await response.json()).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ details: { coding: [{ code }] } }],
    });
    if (status === 405) expect(response.headers.get('allow')).toBe('POST');
  });

  test('another media type, and one that cannot be answered with', async () => {
    const served = await serve();
    for (const [headers, status] of [
      [{ 'content-type': 'application/xml' }, 415],
      [{ accept: 'application/fhir+xml' }, 406],
      [{ accept: 'application/fhir+json; fhirVersion=5.0' }, 406],
    ] as const) {
      const response = await ask(served, instance, parameters(withBundle), headers as unknown as Record<string, string>);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    }
  });

  test('a token for one patient opens no other, however the patient is named', async () => {
    const principal = {
      subject: 's',
      issuer: 'i',
      client: null,
      tenant: null,
      patient: 'Patient/p9',
      scopes: new Set(['score:read'] as const),
    };
    const served = await serve({ ...fetching, access: { identify: () => principal } }, () => scored);
    for (const body of [undefined, parameters(patient), parameters(withBundle)]) {
      const response = await ask(served, instance, body);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ issue: [{ code: 'forbidden' }] });
    }
    expect(served.calls.bundles).toEqual([]);
  });
});
