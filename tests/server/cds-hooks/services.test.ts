/** Discovery and the call of a service: what the standard asks of both, and every call that is not of its form. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { ScoringError } from '../../../src/errors.ts';
import type { BundleRequest } from '../../../src/scoring/index.ts';
import { closeAll, fakeModel, serve, type FakeCalls } from '../support/served.ts';
import {
  discharge,
  dischargeCall,
  nowMs,
  patient,
  post,
  prefetch,
  searchset,
  stay,
  stayAnswer,
  subject,
  view,
  viewCall,
} from './calls.ts';
import { cards, discovery, nullOrEmpty } from './standard.ts';

afterEach(closeAll);

const now = (): number => nowMs;
const scoring = (): typeof stayAnswer => stayAnswer;

/** A server whose scorer knows a latest inpatient encounter. */
function serveWithLatest(latest: string | null, answers = scoring) {
  const calls: FakeCalls = { features: [], bundles: [] };
  const model = fakeModel(calls, answers);
  const scorer = { ...model.scorer, lastInpatientEncounter: () => latest };
  return serve({ now, models: { current: () => ({ ...model, scorer }) } }).then((served) => ({ ...served, calls }));
}

describe('discovery', () => {
  test('it is of the standard, and open', async () => {
    const served = await serve();
    const response = await fetch(`${served.url}/cds-services`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json/)]);
    const { services } = discovery.parse(await response.json());
    expect(services.map(({ hook, id }) => [hook, id])).toEqual([
      ['encounter-discharge', discharge],
      ['patient-view', view],
    ]);
  });

  test('prefetch asks for the whole record, with tokens that the hook always has', async () => {
    const served = await serve();
    const { services } = discovery.parse(await (await fetch(`${served.url}/cds-services`)).json());
    const required = { 'encounter-discharge': ['userId', 'patientId', 'encounterId'], 'patient-view': ['userId', 'patientId'] };
    for (const { hook, prefetch: templates = {} } of services) {
      const types = new Set(Object.values(templates).map((template) => /^[A-Za-z]+/.exec(template)?.[0]));
      expect([...types].sort()).toEqual(['Condition', 'Encounter', 'MedicationRequest', 'Observation', 'Patient', 'Procedure']);
      const tokens = Object.values(templates).flatMap((template) =>
        [...template.matchAll(/\{\{context\.(\w+)\}\}/g)].map(([, token]) => token),
      );
      expect(tokens.length).toBeGreaterThan(5);
      expect(tokens.filter((token) => !required[hook as keyof typeof required].includes(token ?? ''))).toEqual([]);
      expect(JSON.stringify(templates)).not.toMatch(/date|_lastUpdated/);
    }
  });

  test('a model of a table offers none, and none can be called', async () => {
    const model = fakeModel();
    const { cohort } = model.scorer.model.header;
    const header = { ...model.scorer.model.header, cohort: { ...cohort, definition: { table: 'rows.csv' } } };
    const scorer = { ...model.scorer, model: { ...model.scorer.model, header } } as typeof model.scorer;
    const served = await serve({ models: { current: () => ({ ...model, scorer }) } });
    expect(await (await fetch(`${served.url}/cds-services`)).json()).toEqual({ services: [] });
    expect((await post(served.url, discharge, dischargeCall())).status).toBe(404);
  });
});

describe('a call', () => {
  test('prefetch becomes one Bundle of the patient, wholly covered; the card is of the standard', async () => {
    const served = await serve({ now }, scoring);
    const response = await post(served.url, discharge, dischargeCall());
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(cards.parse(body).cards).toHaveLength(1);
    expect(nullOrEmpty(body)).toEqual([]);
    const { bundle, ...asked } = served.calls.bundles[0] as BundleRequest & { bundle: { entry: { resource: { id: string } }[] } };
    expect(asked).toEqual({
      encounter: 'e2',
      asOf: '2024-03-10T12:00:00.000Z',
      covers: {
        types: ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'],
        from: null,
      },
    });
    expect(new Set(bundle.entry.map(({ resource }) => resource.id))).toEqual(new Set(['p1', 'e2', 'm1']));
    expect(served.audited).toEqual([
      expect.objectContaining({
        action: 'cds-service',
        outcome: 'success',
        patients: ['Patient/p1'],
        encounter: 'Encounter/e2',
        user: 'Practitioner/d1',
        scores: [{ encounter: 'Encounter/e2', risk: 0.3, band: 'high' }],
      }),
    ]);
  });

  test('an encounter that has ended is scored at its end, one that will end at now', async () => {
    const served = await serve({ now }, scoring);
    for (const [end, asOf] of [
      ['2024-03-08T12:00:00Z', undefined],
      ['2024-03-12', '2024-03-10T12:00:00.000Z'],
    ] as const) {
      const ended = { ...stay, period: { ...stay.period, end } };
      await post(
        served.url,
        discharge,
        dischargeCall({ prefetch: { ...prefetch, encounter: ended, encounters: searchset(ended) } }),
      );
      expect(served.calls.bundles.at(-1)?.asOf).toBe(asOf);
    }
  });

  const refused = (code: string): (() => never) => {
    return () => {
      throw new ScoringError(code, 'no', { details: { rule: 'age' } });
    };
  };

  test.each([discharge, view])('%s: who is not eligible gets no card, and the audit trail has the call', async (service) => {
    const served = await serve({ now }, refused('SCORING_NOT_ELIGIBLE'));
    const context = { userId: 'Practitioner/d1', patientId: 'p1', encounterId: 'e2' };
    const response = await post(served.url, service, service === view ? viewCall({ context }) : dischargeCall());
    expect([response.status, await response.json()]).toEqual([200, { cards: [] }]);
    expect(served.audited).toEqual([
      expect.objectContaining({ outcome: 'success', patients: ['Patient/p1'], encounter: 'Encounter/e2', scores: [] }),
    ]);
  });

  test('an admission ahead is nothing to say about on viewing, and a fault on discharging', async () => {
    const served = await serve({ now }, refused('SCORING_AS_OF'));
    const context = { userId: 'Practitioner/d1', patientId: 'p1', encounterId: 'e2' };
    expect(await (await post(served.url, view, viewCall({ context }))).json()).toEqual({ cards: [] });
    expect((await post(served.url, discharge, dischargeCall())).status).toBe(422);
  });

  test('patient-view takes the latest inpatient stay while its horizon is not over', async () => {
    const open = await serveWithLatest('Encounter/e2');
    expect(cards.parse(await (await post(open.url, view, viewCall())).json()).cards).toHaveLength(1);
    expect(open.calls.bundles[0]).toMatchObject({ encounter: 'Encounter/e2', asOf: '2024-03-10T12:00:00.000Z' });

    const none = await serveWithLatest(null);
    expect(await (await post(none.url, view, viewCall())).json()).toEqual({ cards: [] });
    expect(none.calls.bundles).toEqual([]);

    const dayMs = 86_400_000;
    for (const [days, count] of [
      [30, 1],
      [31, 0],
    ] as const) {
      const asOf = new Date(nowMs - days * dayMs).toISOString();
      const past = await serveWithLatest('Encounter/e2', () => ({ ...stayAnswer, asOf }));
      expect(cards.parse(await (await post(past.url, view, viewCall())).json()).cards).toHaveLength(count);
      // Who names the encounter means it.
      const context = { userId: 'u', patientId: 'p1', encounterId: 'e2' };
      expect(cards.parse(await (await post(past.url, view, viewCall({ context }))).json()).cards).toHaveLength(1);
    }
  });

  test('a scorer that is too slow is a clear 503', async () => {
    const served = await serve({ now, cds: { deadlineMs: 20 } }, () => new Promise(() => undefined));
    const response = await post(served.url, discharge, dischargeCall());
    expect([response.status, await response.json()]).toEqual([503, expect.objectContaining({ code: 'SERVER_CDS_DEADLINE' })]);
    expect(served.audited).toEqual([expect.objectContaining({ outcome: 'refused', code: 'SERVER_CDS_DEADLINE' })]);
  });
});

describe('what is not of the standard is refused without its values', () => {
  const context = { userId: 'Practitioner/ZZPHI', patientId: 'p1', encounterId: 'e2' };
  const authorization = { access_token: 'ZZPHI', token_type: 'Bearer', expires_in: 300, scope: 'user/*.read', subject: 'cds' };
  const fhirServer = 'https://ehr.example.org/fhir';
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['another hook', { hook: 'patient-view' }],
    ['an unknown hook', { hook: 'ZZPHI' }],
    ['hook null', { hook: null }],
    ['hook empty', { hook: '' }],
    ['hookInstance no UUID', { hookInstance: 'ZZPHI' }],
    ['context null', { context: null }],
    ['context empty', { context: {} }],
    ['userId empty', { context: { ...context, userId: '' } }],
    ['patientId no id', { context: { ...context, patientId: '../ZZPHI' } }],
    ['encounterId null', { context: { ...context, encounterId: null } }],
    ['encounterId missing', { context: { userId: 'u', patientId: 'p1' } }],
    ['prefetch null', { prefetch: null }],
    ['prefetch empty', { prefetch: {} }],
    ['prefetch a text', { prefetch: { ...prefetch, conditions: 'ZZPHI' } }],
    ['prefetch of another patient', { prefetch: { ...prefetch, patient: { ...patient, id: 'ZZPHI' } } }],
    ['prefetch of another encounter', { prefetch: { ...prefetch, encounter: { ...stay, id: 'ZZPHI' } } }],
    ['prefetch with an entry that is none', { prefetch: { ...prefetch, conditions: { ...searchset(), entry: ['ZZPHI'] } } }],
    ['fhirServer no address', { fhirServer: 'ZZPHI' }],
    ['fhirServer a file', { fhirServer: 'file:///ZZPHI' }],
    ['fhirServer null', { fhirServer: null }],
    ['authorization without a server', { fhirAuthorization: authorization }],
    ['authorization null', { fhirServer, fhirAuthorization: null }],
    ['authorization of another kind', { fhirServer, fhirAuthorization: { ...authorization, token_type: 'ZZPHI' } }],
    ['authorization without a token', { fhirServer, fhirAuthorization: { ...authorization, access_token: '' } }],
    ['authorization for another patient', { fhirServer, fhirAuthorization: { ...authorization, patient: 'ZZPHI' } }],
  ];
  test.each(rows)('%s', async (_title, change) => {
    const served = await serve({ now }, scoring);
    const response = await post(served.url, discharge, dischargeCall(change));
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toEqual([400, expect.objectContaining({ code: 'SERVER_CDS_REQUEST' })]);
    expect(text + served.log.join('')).not.toContain('ZZPHI');
    expect(served.calls.bundles).toEqual([]);
    expect(served.audited).toEqual([expect.objectContaining({ outcome: 'refused', code: 'SERVER_CDS_REQUEST' })]);
  });

  test('an unknown service is 404, another method 405, another type 415', async () => {
    const served = await serve({ now }, scoring);
    expect((await post(served.url, 'no-such-service', dischargeCall())).status).toBe(404);
    expect((await fetch(`${served.url}/cds-services/${discharge}`)).status).toBe(405);
    expect((await fetch(`${served.url}/cds-services`, { method: 'POST' })).status).toBe(405);
    expect((await post(served.url, discharge, dischargeCall(), { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('extensions and elements of others are let pass', async () => {
    const served = await serve({ now }, scoring);
    const call = dischargeCall({
      extension: { 'com.example.stamp': null },
      user: '',
      context: { userId: 'Practitioner/d1', patientId: 'p1', encounterId: 'e2', extension: {}, more: null },
      prefetch: { ...prefetch, other: 'of another service' },
    });
    expect((await post(served.url, discharge, call)).status).toBe(200);
  });

  test('records of somebody else reach the scorer, which refuses them', async () => {
    const other = { resourceType: 'Condition', id: 'c9', subject: { reference: 'Patient/p9' } };
    const served = await serve({ now }, () => {
      throw new ScoringError('SCORING_BUNDLE_PATIENT', 'expected a Condition of the patient');
    });
    const call = dischargeCall({ prefetch: { ...prefetch, conditions: searchset(other, { ...other, id: 'c1', subject }) } });
    expect((await post(served.url, discharge, call)).status).toBe(422);
    expect(JSON.stringify(served.calls.bundles)).toContain('c9');
  });
});
