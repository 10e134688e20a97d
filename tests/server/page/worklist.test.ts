/** The worklist over a fake scorer: who is on it, who is not and why, in which order, and what is kept of it. */
import { afterEach, expect, test } from '@jest/globals';
import { FhirError, ScoringError } from '../../../src/errors.ts';
import type { Discharge, DischargeWindow } from '../../../src/fhir/recent-discharges.ts';
import type { BundleRequest, FeaturesRequest, ScoreAnswer } from '../../../src/scoring/index.ts';
import { localPrincipal } from '../../../src/server/access/principal.ts';
import { worklistProgressSchema, worklistSchema } from '../../../src/server/page/page-answers.ts';
import { RequestRefusal } from '../../../src/server/operation-outcome.ts';
import type { AppOptions } from '../../../src/server/index.ts';
import { answer, closeAll, serve } from '../support/served.ts';
import { ask, askList } from './asked.ts';

afterEach(closeAll);

const now = (): number => Date.parse('2024-06-01T00:00:00Z');

function discharge(encounterId: string, patientId: string | null, end = '2024-05-20T10:00:00Z'): Discharge {
  return { patientId, encounterId, period: { start: null, end }, endMs: Date.parse(end) };
}

/** What the scorer says of a stay that ends with this encounter. */
function scoreOf(encounterId: string, risk: number, end = '2024-05-20T10:00:00.000Z'): ScoreAnswer {
  return {
    ...answer,
    risk,
    encounter: `Encounter/${encounterId}`,
    stay: { admission: '2024-05-15T10:00:00.000Z', discharge: end, reason: 'Heart failure' },
    reasons: ['a', 'b', 'c', 'd'].map((words) => ({ ...answer.reasons[0]!, words })),
    notCovered: ['bmi', 'smoker'],
  };
}

interface Hospital {
  readonly discharges: readonly Discharge[];
  readonly scoring: (encounter: string) => ScoreAnswer;
  readonly fetched?: (patientId: string, signal: AbortSignal) => Promise<void>;
  /** Elements of a Patient. */
  readonly patient?: Readonly<Record<string, object>>;
}

async function hospital({ discharges, scoring, fetched, patient }: Hospital, more: Partial<AppOptions> = {}) {
  const patients: string[] = [];
  const windows: DischargeWindow[] = [];
  const served = await serve(
    {
      now,
      fetchDischarges: (window) => {
        windows.push(window);
        return Promise.resolve({ discharges, from: '2024-05-01', until: '2024-05-31', cut: false });
      },
      fetchBundle: async (patientId, signal) => {
        patients.push(patientId);
        await fetched?.(patientId, signal);
        const name = [{ use: 'official', given: ['Ann', 'B.'], family: patientId }];
        const resource = {
          resourceType: 'Patient',
          id: patientId,
          gender: 'female',
          birthDate: '1950-01-02',
          name,
          ...patient?.[patientId],
        };
        return {
          bundle: { resourceType: 'Bundle', entry: [{ resource }] } as { resourceType: 'Bundle' },
          types: ['Patient', 'Encounter'],
        };
      },
      ...more,
    },
    (request: BundleRequest | FeaturesRequest) => scoring((request as BundleRequest).encounter),
  );
  return { served, patients, windows };
}

test('highest risk first, whom it is about, three reasons, and every patient fetched once', async () => {
  const risks: Readonly<Record<string, number>> = { e1: 0.1, e2: 0.6, e3: 0.3 };
  const { served, patients, windows } = await hospital({
    discharges: [discharge('e1', 'p1'), discharge('e2', 'p2'), discharge('e3', 'p1')],
    scoring: (encounter) => scoreOf(encounter, risks[encounter] as number),
  });
  const { status, body } = await askList(served);
  expect(status).toBe(200);
  const list = worklistSchema.parse(body);
  expect(list.entries.map(({ encounter, person, risk }) => [encounter, person.id, risk])).toEqual([
    ['Encounter/e2', 'p2', 0.6],
    ['Encounter/e3', 'p1', 0.3],
    ['Encounter/e1', 'p1', 0.1],
  ]);
  expect(list.entries[0]).toMatchObject({
    person: { id: 'p2', name: 'Ann B. p2', sex: 'female', birthDate: '1950-01-02' },
    reason: 'Heart failure',
    interval: { low: 0.21, high: 0.4, level: 0.95 },
    notCovered: 2,
  });
  expect(list.entries[0]?.reasons.map(({ words }) => words)).toEqual(['a', 'b', 'c']);
  expect(list).toMatchObject({ found: 3, notEligible: [], failed: [], source: 'fhir-server', model: { name: 'tiny' } });
  expect(patients.sort()).toEqual(['p1', 'p2']);
  expect(windows).toEqual([{ days: 30, until: null, limit: 200 }]);
  // With all that is known today, so that the stay is the one that training saw.
  expect(served.calls.bundles[0]).toMatchObject({
    asOf: '2024-06-01T00:00:00.000Z',
    covers: { types: ['Patient', 'Encounter'], from: null },
  });
});

test('found is the sum of entries, not eligible and failed', async () => {
  const refusals: Readonly<Record<string, () => Error>> = {
    dead: () => notEligible('died-in-stay', 'died in the stay'),
    young: () => notEligible('under-minimum-age', 'a child'),
    young2: () => notEligible('under-minimum-age', 'a child'),
    odd: () => new ScoringError('SCORING_FEATURE_RANGE', 'age_years: expected 0 to 120'),
    bug: () => new TypeError('x is undefined'),
  };
  const { served } = await hospital({
    discharges: [
      ...['ok', 'dead', 'young', 'young2', 'odd', 'bug'].map((id) => discharge(id, `p-${id}`)),
      discharge('unreachable', 'p-gone'),
      discharge('unreachable2', 'p-gone'),
      discharge('nameless', null),
    ],
    scoring: (encounter) => {
      const refusal = refusals[encounter];
      if (refusal !== undefined) throw refusal();
      return scoreOf(encounter, 0.2);
    },
    fetched: (patientId) =>
      patientId === 'p-gone' ? Promise.reject(new FhirError('FHIR_UNAVAILABLE', 'expected an answer')) : Promise.resolve(),
  });
  const list = worklistSchema.parse((await askList(served)).body);
  expect(list.entries).toHaveLength(1);
  expect(list.notEligible).toEqual([
    { rule: 'under-minimum-age', words: 'a child', count: 2 },
    { rule: 'died-in-stay', words: 'died in the stay', count: 1 },
  ]);
  expect(new Map(list.failed.map(({ code, count }) => [code, count]))).toEqual(
    new Map([
      ['FHIR_UNAVAILABLE', 2],
      ['SCORING_FEATURE_RANGE', 1],
      ['SERVER_FAULT', 1],
      ['SCORING_BUNDLE_PATIENT', 1],
    ]),
  );
  const sum = (counts: readonly { count: number }[]): number => counts.reduce((total, { count }) => total + count, 0);
  expect(list.entries.length + sum(list.notEligible) + sum(list.failed)).toBe(list.found);
});

test('a stay of several encounters is one entry; one that goes on is none', async () => {
  const { served } = await hospital({
    discharges: [discharge('last', 'p1'), discharge('first', 'p1'), discharge('transferred', 'p2')],
    scoring: (encounter) =>
      encounter === 'transferred' ? scoreOf('elsewhere', 0.2, '2024-06-02T00:00:00.000Z') : scoreOf('last', 0.4),
  });
  const list = worklistSchema.parse((await askList(served)).body);
  expect(list.entries.map(({ encounter }) => encounter)).toEqual(['Encounter/last']);
  expect(list.notEligible.map(({ rule, count }) => [rule, count]).sort()).toEqual([
    ['part-of-stay', 1],
    ['stay-goes-on', 1],
  ]);
  expect(list.found).toBe(3);
});

test('who has died since is not on the list', async () => {
  const { served } = await hospital({
    discharges: ['dated', 'told', 'ahead', 'alive'].map((id) => discharge(id, id)),
    scoring: (encounter) => scoreOf(encounter, 0.2),
    patient: {
      dated: { deceasedDateTime: '2024-05-29' },
      told: { deceasedBoolean: true },
      ahead: { deceasedDateTime: '2024-06-02' },
      alive: { deceasedBoolean: false },
    },
  });
  const list = worklistSchema.parse((await askList(served)).body);
  expect(list.entries.map(({ encounter }) => encounter).sort()).toEqual(['Encounter/ahead', 'Encounter/alive']);
  expect(list.notEligible).toMatchObject([{ rule: 'died-since', count: 2 }]);
});

test('a list waits while others score', async () => {
  let tries = 0;
  const { served } = await hospital({
    discharges: [discharge('e1', 'p1')],
    scoring: (encounter) => {
      if ((tries += 1) === 1) throw new RequestRefusal('SERVER_BUSY', 'expected fewer scores');
      return scoreOf(encounter, 0.2);
    },
  });
  expect(worklistSchema.parse((await askList(served)).body)).toMatchObject({ entries: [{ risk: 0.2 }], failed: [] });
});

test('everybody on the list is in the audit entry, and nobody before there is a list', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { served } = await hospital({
    discharges: [discharge('e1', 'p1'), discharge('dead', 'p2')],
    scoring: (encounter) => {
      if (encounter === 'dead') throw notEligible('died-in-stay', 'died in the stay');
      return scoreOf(encounter, 0.25);
    },
    fetched: () => held,
  });
  const first = await ask(served, '/v1/worklist', {});
  expect(first.status).toBe(202);
  expect(worklistProgressSchema.parse(first.body)).toEqual({ progress: { done: 0, of: 2 } });
  expect(served.audited.at(-1)).toMatchObject({ action: 'worklist', outcome: 'success', patients: [], scores: [] });
  release();
  expect((await askList(served)).status).toBe(200);
  expect(served.audited.at(-1)).toMatchObject({
    action: 'worklist',
    outcome: 'success',
    patients: ['Patient/p1'],
    scores: [{ encounter: 'Encounter/e1', risk: 0.25, band: 'high' }],
    model: { name: 'tiny' },
  });
});

test('nothing of a patient is in the log or in a metric', async () => {
  const { served } = await hospital({
    discharges: [discharge('ZZPHI-1', 'ZZPHI-2'), discharge('bad', 'ZZPHI-3')],
    scoring: (encounter) => {
      if (encounter === 'bad') throw new TypeError('ZZPHI');
      return scoreOf(encounter, 0.2);
    },
  });
  const { body } = await askList(served);
  expect(JSON.stringify(body)).toContain('ZZPHI-1');
  expect(JSON.stringify(body['failed'])).not.toContain('ZZPHI');
  expect(served.log.length).toBeGreaterThan(0);
  expect(served.log.join('')).not.toContain('ZZPHI');
  // What nobody foresaw is there with its place in the code.
  const fault = served.log
    .map((line) => JSON.parse(line) as { code?: string; at?: string[] })
    .find(({ code }) => code === 'SERVER_FAULT');
  expect(fault?.at?.join('')).toContain('worklist.test');
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).not.toContain('ZZPHI');
  expect(metrics).toContain('readmission_score_risk_count{form="worklist"} 1');
});

test('equal requests share the work and its result; another window does not', async () => {
  const { served, patients, windows } = await hospital({
    discharges: [discharge('e1', 'p1')],
    scoring: (encounter) => scoreOf(encounter, 0.2),
  });
  const replies = await Promise.all([askList(served), askList(served, { days: 30 }), askList(served, { limit: 200 })]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  await askList(served);
  expect(patients).toEqual(['p1']);
  await askList(served, { days: 7, until: '2024-05-20', limit: 5 });
  expect(windows.at(-1)).toEqual({ days: 7, until: '2024-05-20', limit: 5 });
  expect(patients).toEqual(['p1', 'p1']);
});

test('a source that cannot be asked is told as that', async () => {
  const { served } = await hospital(
    { discharges: [], scoring: () => answer },
    { fetchDischarges: () => Promise.reject(new FhirError('FHIR_UNAUTHORIZED', 'expected access')) },
  );
  expect(await askList(served)).toMatchObject({ status: 502, body: { code: 'FHIR_UNAUTHORIZED' } });
  const without = await serve();
  expect(await ask(without, '/v1/worklist', {})).toMatchObject({ status: 422, body: { code: 'SCORING_NO_FHIR_SERVER' } });
});

test.each([
  [{ days: 0 }, 'days: expected at least 1'],
  [{ days: '30' }, 'days: expected number, found something else or nothing'],
  [{ limit: 2001 }, 'limit: expected at most 2000'],
  [{ until: 'Miller' }, 'until: expected another form, see GET /openapi.json for its pattern'],
  [{ until: '2024-02-30' }, 'until: expected a calendar day, found one that no calendar has'],
  [{ Miller: 1 }, 'request: expected the keys of this form only, found another; GET /openapi.json has the forms'],
  [[], 'request: expected object, found something else or nothing'],
])('a request of another form: %j', async (request, detail) => {
  const { served } = await hospital({ discharges: [], scoring: () => answer });
  expect(await ask(served, '/v1/worklist', request)).toMatchObject({
    status: 422,
    body: { code: 'SCORING_REQUEST_INVALID', detail },
  });
});

test('a token of a single patient gets no list of others', async () => {
  const principal = { ...localPrincipal, patient: 'Patient/p1' };
  const { served, windows } = await hospital(
    { discharges: [discharge('e1', 'p1')], scoring: (encounter) => scoreOf(encounter, 0.2) },
    { access: { identify: () => principal } },
  );
  expect(await ask(served, '/v1/worklist', {})).toMatchObject({ status: 403, body: { code: 'SERVER_FORBIDDEN' } });
  expect(windows).toEqual([]);
});

function notEligible(rule: string, words: string): ScoringError {
  return new ScoringError('SCORING_NOT_ELIGIBLE', 'no risk is given', { details: { rule, words } });
}
