/** POST /v1/patient over a fake scorer: what is asked of it, what is refused and how, what is audited. */
import { afterEach, expect, test } from '@jest/globals';
import { FhirError, ScoringError } from '../../../src/errors.ts';
import type { BundleRequest, FeaturesRequest, ScoreAnswer } from '../../../src/scoring/index.ts';
import { localPrincipal } from '../../../src/server/access/principal.ts';
import { patientViewSchema } from '../../../src/server/page/page-answers.ts';
import { servedModel, type AppOptions, type ScoreEngine } from '../../../src/server/index.ts';
import { answer, closeAll, fakeModel, serve } from '../support/served.ts';
import { ask } from './asked.ts';

afterEach(closeAll);

const resources = [
  { resourceType: 'Patient', id: 'p1', gender: 'male' },
  { resourceType: 'Encounter', id: 'e1', class: { code: 'IMP' }, period: { start: '2024-05-01' } },
];
const records: Partial<AppOptions> = {
  fetchBundle: (patientId) =>
    patientId === 'p1'
      ? Promise.resolve({
          bundle: { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) } as { resourceType: 'Bundle' },
          types: ['Patient', 'Encounter'],
        })
      : Promise.reject(new FhirError('FHIR_PATIENT_UNKNOWN', `expected ${patientId}`)),
  fetchDischarges: () => Promise.resolve({ discharges: [], from: '', until: '', cut: false }),
};

function served(
  scoring: (request: BundleRequest | FeaturesRequest) => ScoreAnswer = () => answer,
  more: Partial<AppOptions> = {},
) {
  return serve({ ...records, ...more }, scoring);
}

/** A model whose scorer finds this encounter last, and notes what it is asked. */
function modelWith(last: string | null, asked: unknown[]): AppOptions['models'] {
  const model = fakeModel();
  const scorer: ScoreEngine = {
    ...model.scorer,
    lastInpatientEncounter: () => last,
    explainBundle: (...question) => {
      asked.push(question);
      return Promise.resolve({ answer: { ...answer, encounter: 'Encounter/e1' }, whatIf: null, profile: null, known: [] });
    },
  };
  const own = servedModel(scorer, model);
  return { current: () => own };
}

test('the view of the last inpatient encounter, with what was asked of it', async () => {
  const asked: unknown[] = [];
  const { url, audited } = await served(undefined, { models: modelWith('Encounter/e1', asked) });
  const request = {
    patientId: 'p1',
    asOf: '2024-05-03T10:00:00Z',
    set: { age_years: 50, length_of_stay_days: null },
    profile: 'age_years',
  };
  const { status, body } = await ask({ url }, '/v1/patient', request);
  expect(status).toBe(200);
  const view = patientViewSchema.parse(body);
  expect(view.person).toEqual({ id: 'p1', name: null, sex: 'male', birthDate: null });
  expect(view.resources).toEqual([
    { resource: 'Patient/p1', kind: 'Patient', label: 'Patient', code: null, date: null, detail: 'male' },
  ]);
  const [[asks, questions] = []] = asked as [object, object][];
  expect(asks).toMatchObject({
    encounter: 'Encounter/e1',
    asOf: '2024-05-03T10:00:00Z',
    covers: { types: ['Patient', 'Encounter'], from: null },
  });
  expect(questions).toEqual({ set: { age_years: 50, length_of_stay_days: null }, profile: 'age_years', knownDays: 730 });
  expect(audited).toMatchObject([
    {
      action: 'patient',
      outcome: 'success',
      patients: ['Patient/p1'],
      encounter: 'Encounter/e1',
      scores: [{ encounter: 'Encounter/e1', risk: answer.risk, band: answer.band }],
    },
  ]);
});

test('a patient without an inpatient encounter has no risk', async () => {
  const { url, audited } = await served(undefined, { models: modelWith(null, []) });
  const { status, body } = await ask({ url }, '/v1/patient', { patientId: 'p1' });
  expect([status, body['code'], body['rule']]).toEqual([422, 'SCORING_NOT_ELIGIBLE', 'not-inpatient']);
  expect(body['detail']).toMatch(/"not-inpatient": the patient has no inpatient encounter/);
  expect(audited).toMatchObject([
    { action: 'patient', outcome: 'refused', code: 'SCORING_NOT_ELIGIBLE', patients: ['Patient/p1'] },
  ]);
});

test.each([
  ['SCORING_ENCOUNTER_UNKNOWN', 'expected the encounter to score among the records, found no Encounter with its id'],
  ['EXPLAIN_FEATURE_UNKNOWN', 'expected features of the model, found one it does not read; GET /v1/model lists them'],
  ['SCORING_BUNDLE_PATIENT', 'two of them'],
  ['EXPLAIN_VALUE_RANGE', 'two of them'],
  ['EXPLAIN_SET_EMPTY', 'two of them'],
  ['EXPLAIN_PROFILE_EMPTY', 'two of them'],
])('%s of the scorer is told', async (code, detail) => {
  const { url, audited } = await served(() => {
    throw new ScoringError(code, 'two of them');
  });
  const { status, body } = await ask({ url }, '/v1/patient', { patientId: 'p1', encounterId: 'e9' });
  expect([status, body['code'], body['detail']]).toEqual([422, code, detail]);
  expect(audited).toMatchObject([{ outcome: 'refused', code, patients: ['Patient/p1'], encounter: 'Encounter/e9', scores: [] }]);
});

test('a patient that the source does not have', async () => {
  const { url } = await served();
  expect(await ask({ url }, '/v1/patient', { patientId: 'ZZPHI' })).toMatchObject({
    status: 422,
    body: { code: 'FHIR_PATIENT_UNKNOWN', detail: 'the FHIR server has no Patient with this id' },
  });
});

test.each([
  [{}, 'patientId: expected string, found something else or nothing'],
  [{ patientId: 'Zoë Miller' }, 'patientId: expected another form, see GET /openapi.json for its pattern'],
  [{ patientId: 'p1', encounterId: 'Encounter/e1' }, 'encounterId: expected another form, see GET /openapi.json for its pattern'],
  [{ patientId: 'p1', set: { age_years: 'old' } }, 'set.age_years: expected number, found something else or nothing'],
  [{ patientId: 'p1', set: { Miller: 'old' } }, 'set.?: expected number, found something else or nothing'],
  [
    { patientId: 'p1', Miller: 1 },
    'request: expected the keys of this form only, found another; GET /openapi.json has the forms',
  ],
])('a request of another form: %j', async (request, detail) => {
  const { url } = await served();
  const { status, body } = await ask({ url }, '/v1/patient', request);
  expect([status, body['code'], body['detail']]).toEqual([422, 'SCORING_REQUEST_INVALID', detail]);
});

test('a key that objects hide is not left out silently', async () => {
  const { url } = await served();
  const response = await fetch(`${url}/v1/patient`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"patientId": "p1", "set": {"__proto__": 3}}',
  });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([422, 'SCORING_REQUEST_INVALID']);
});

test('a token of a single patient opens no other, and nothing is fetched', async () => {
  const principal = { ...localPrincipal, patient: 'Patient/p2' };
  const fetched: string[] = [];
  const { url, audited } = await served(undefined, {
    access: { identify: () => principal },
    fetchBundle: (patientId, signal) => {
      fetched.push(patientId);
      return records.fetchBundle!(patientId, signal);
    },
  });
  expect(await ask({ url }, '/v1/patient', { patientId: 'p1' })).toMatchObject({
    status: 403,
    body: { code: 'SERVER_FORBIDDEN' },
  });
  expect(fetched).toEqual([]);
  expect(audited).toMatchObject([{ action: 'patient', outcome: 'refused', code: 'SERVER_FORBIDDEN' }]);
});

test('without a source of records there is no view, and without a scope none either', async () => {
  const bare = await serve();
  expect(await ask(bare, '/v1/patient', { patientId: 'p1' })).toMatchObject({
    status: 422,
    body: { code: 'SCORING_NO_FHIR_SERVER' },
  });
  const { url } = await served(undefined, { access: { identify: () => ({ ...localPrincipal, scopes: new Set() }) } });
  for (const path of ['/v1/patient', '/v1/worklist']) expect((await ask({ url }, path, { patientId: 'p1' })).status).toBe(403);
  for (const path of ['/v1/model/metrics', '/v1/model/report']) expect((await fetch(`${url}${path}`)).status).toBe(403);
});

test('a model without a report', async () => {
  const { url } = await served();
  const response = await fetch(`${url}/v1/model/report`, { headers: { accept: 'text/html, */*' } });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'SERVER_NOT_FOUND']);
});
