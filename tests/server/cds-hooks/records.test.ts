/** Where the records come from: prefetch that is not whole, and the FHIR servers that may be asked for the rest. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fhirAccess, type FhirAccessOptions } from '../../../src/server/cds-hooks/fhir-access.ts';
import type { Access } from '../../../src/server/access/principal.ts';
import { outcome, startFake, sendJson, type FakeServer } from '../../fhir/support/fake-server.ts';
import { closeAll, serve } from '../support/served.ts';
import { discharge, dischargeCall, nowMs, patient, post, prefetch, searchset, stay, stayAnswer, subject } from './calls.ts';

const now = (): number => nowMs;
const condition = { resourceType: 'Condition', id: 'c1', subject };
const retry = { maxTries: 1, baseMs: 1, capMs: 1 };

let fake: FakeServer;
beforeEach(async () => {
  const meta = { versionId: '1', lastUpdated: '2024-03-09T00:00:00Z' };
  fake = await startFake([patient, stay, condition].map((resource) => ({ ...resource, meta })));
});
afterEach(async () => {
  await fake.close();
  await closeAll();
});

const authorization = {
  access_token: 'secret-token',
  token_type: 'Bearer',
  expires_in: 300,
  scope: 'user/*.read',
  subject: 'cds',
};

function serveWith(options: FhirAccessOptions, access?: Access, deadlineMs = 5000) {
  return serve({ now, access, cds: { fhirAccess: fhirAccess({ reader: { retry }, ...options }), deadlineMs } }, () => stayAnswer);
}

async function refusal(response: Response): Promise<unknown> {
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return [response.status, code, detail];
}

function without(...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(prefetch).filter(([key]) => !keys.includes(key)));
}

const next = { ...searchset(condition), link: [{ relation: 'next', url: 'https://elsewhere.example.org/fhir?page=2' }] };
const notWhole: readonly (readonly [string, string, Record<string, unknown> | undefined])[] = [
  ['no prefetch at all', 'Patient, Encounter, Condition, Observation, Procedure, MedicationRequest', undefined],
  ['a key that is missing', 'Condition', without('conditions')],
  ['null for the patient', 'Patient', { ...prefetch, patient: null }],
  ['an OperationOutcome for the patient', 'Patient', { ...prefetch, patient: outcome('exception', 'no') as object }],
  ['an OperationOutcome in place of a search', 'Condition', { ...prefetch, conditions: outcome('throttled', 'no') as object }],
  [
    'an OperationOutcome among the entries',
    'Condition',
    { ...prefetch, conditions: searchset(condition, outcome('incomplete', 'no') as object) },
  ],
  ['one page of several', 'Condition', { ...prefetch, conditions: next }],
  ['fewer entries than the total', 'Condition', { ...prefetch, conditions: { ...searchset(condition), total: 2 } }],
  [
    'a full page without a total',
    'Condition',
    { ...prefetch, conditions: searchset(...Array.from({ length: 1000 }, (_, i) => ({ ...condition, id: `c${i}` }))) },
  ],
  ['a single resource for a search', 'Condition', { ...prefetch, conditions: condition }],
  [
    'encounters without the one in context',
    'Encounter',
    { ...without('encounter'), encounters: searchset({ ...stay, id: 'e1' }) },
  ],
];

describe('prefetch that is not whole', () => {
  test.each(notWhole)('%s: 412 without a server, fetched with one', async (_title, missing, given) => {
    const call = given === undefined ? { prefetch: undefined } : { prefetch: given };
    const served = await serveWith({ servers: [fake.url] });
    const [status, code, detail] = (await refusal(await post(served.url, discharge, dischargeCall(call)))) as [
      number,
      string,
      string,
    ];
    expect([status, code]).toEqual([412, 'SERVER_CDS_PREFETCH']);
    expect(detail).toContain(`the whole of ${missing} as prefetch`);
    expect([served.calls.bundles, fake.requests]).toEqual([[], []]);

    const reachable = dischargeCall({ ...call, fhirServer: `${fake.url}/`, fhirAuthorization: authorization });
    const response = await post(served.url, discharge, reachable);
    expect(response.status).toBe(200);
    // Patient is always read; of the others what was missing, and nothing else.
    expect([...new Set(fake.requests.map(({ path }) => path))].sort()).toEqual(
      [...new Set(['Patient', ...missing.split(', ')])].sort(),
    );
    expect(fake.requests.every(({ headers }) => headers.authorization === 'Bearer secret-token')).toBe(true);
    const entries = (
      served.calls.bundles[0]?.bundle as unknown as { entry: { resource: { resourceType: string; id: string } }[] }
    ).entry;
    const ofConditions = entries
      .filter(({ resource }) => resource.resourceType === 'Condition')
      .map(({ resource }) => resource.id);
    expect(ofConditions).toEqual(missing.includes('Condition') ? ['c1'] : []);
    expect(served.log.join('') + JSON.stringify(served.audited)).not.toContain('secret-token');
  });

  test('an outcome that only informs is no fault, and null is an answer', async () => {
    const hint = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] };
    const served = await serveWith({});
    const call = dischargeCall({ prefetch: { ...prefetch, observations: null, conditions: searchset(condition, hint) } });
    expect((await post(served.url, discharge, call)).status).toBe(200);
    expect(JSON.stringify(served.calls.bundles)).not.toContain('OperationOutcome');
  });

  test('who speaks FHIR gets an OperationOutcome', async () => {
    const served = await serveWith({});
    const response = await post(served.url, discharge, dischargeCall({ prefetch: undefined }), {
      accept: 'application/fhir+json, application/json',
    });
    expect([response.status, await response.json()]).toEqual([
      412,
      expect.objectContaining({ resourceType: 'OperationOutcome' }),
    ]);
  });
});

describe('which server is asked', () => {
  const call = (more: Record<string, unknown> = {}): Record<string, unknown> =>
    dischargeCall({ prefetch: undefined, fhirServer: fake.url, fhirAuthorization: authorization, ...more });
  const client = (issuer: string | null, scopes: readonly 'score:read'[] = []): Access => ({
    identify: () => ({ subject: 's', issuer, client: 'c', tenant: null, patient: null, scopes: new Set(scopes) }),
  });

  test('none that is not listed: nothing is connected to', async () => {
    const served = await serveWith({ servers: ['https://ehr.example.org/fhir'] });
    for (const fhirServer of [
      fake.url,
      'http://169.254.169.254/latest',
      'http://[::1]:1/fhir',
      `${fake.url}.example.org`,
      `${fake.url}/x`,
    ]) {
      const response = await post(served.url, discharge, call({ fhirServer }));
      expect(response.status).toBe(412);
      expect(await response.text()).not.toContain('169.254');
    }
    expect(fake.requests).toEqual([]);
  });

  test('a name that only begins like a listed one is another', async () => {
    const served = await serveWith({ servers: [fake.url] });
    const port = String(fake.port);
    for (const fhirServer of [
      fake.url.replace('127.0.0.1', '127.0.0.1.example.org'),
      fake.url.replace('//', '//user@'),
      `${fake.url}/../other`,
      `${fake.url}?x=1`,
      fake.url.replace(port, `${port}1`),
    ]) {
      expect((await post(served.url, discharge, call({ fhirServer }))).status).not.toBe(200);
    }
    expect(fake.requests).toEqual([]);
  });

  test('a server listed for one issuer serves that issuer alone', async () => {
    const servers = [`https://ehr.example.org/|${fake.url}`];
    for (const [issuer, status] of [
      ['https://ehr.example.org/', 200],
      ['https://other.example.org/', 412],
      [null, 412],
    ] as const) {
      expect((await post((await serveWith({ servers }, client(issuer))).url, discharge, call())).status).toBe(status);
    }
  });

  test('the configured server counts; its own token is for callers who may score by id', async () => {
    const own = { server: fake.url, token: () => Promise.resolve('own-token') };
    const served = await serveWith({ own }, client('https://ehr.example.org/'));
    expect((await post(served.url, discharge, call())).status).toBe(200);
    expect(new Set(fake.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer secret-token']));
    fake.requests.length = 0;
    expect((await post(served.url, discharge, call({ fhirAuthorization: undefined }))).status).toBe(412);
    expect(fake.requests).toEqual([]);
    const trusted = await serveWith({ own }, client('https://ehr.example.org/', ['score:read']));
    expect((await post(trusted.url, discharge, call({ fhirAuthorization: undefined }))).status).toBe(200);
    expect(new Set(fake.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer own-token']));
  });

  test('a listed host that turns out to be link-local is not connected to, and none may change its network', async () => {
    let address = '169.254.169.254';
    const lookup: NonNullable<NonNullable<FhirAccessOptions['reader']>['lookup']> = (_host, _options, done) =>
      done(null, [{ address, family: 4 }]);
    const name = `http://ehr.example.org:${fake.port}/fhir`;
    const served = await serveWith({ servers: [name], reader: { retry, lookup, allowHttp: true } });
    const open = call({ fhirServer: name, fhirAuthorization: undefined });
    expect(await refusal(await post(served.url, discharge, open))).toEqual([
      412,
      'SERVER_CDS_PREFETCH',
      expect.stringContaining('FHIR_ADDRESS_REFUSED'),
    ]);
    address = '127.0.0.1';
    expect((await post(served.url, discharge, open)).status).toBe(200);
    address = '10.0.0.1';
    expect(await refusal(await post(served.url, discharge, open))).toEqual([
      412,
      'SERVER_CDS_PREFETCH',
      expect.stringContaining('FHIR_ADDRESS_REFUSED'),
    ]);
  });

  test('a token never travels by plain http to another machine', async () => {
    const name = `http://ehr.example.org:${fake.port}/fhir`;
    const served = await serveWith({
      servers: [name],
      reader: { retry, allowHttp: true, lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
    });
    expect(await refusal(await post(served.url, discharge, call({ fhirServer: name })))).toEqual([
      412,
      'SERVER_CDS_PREFETCH',
      expect.stringContaining('FHIR_INSECURE'),
    ]);
    expect(fake.requests).toEqual([]);
  });

  test('what cannot be listed is refused at the start', () => {
    expect(() => fhirAccess({ servers: ['http://ehr.example.org/fhir'] })).toThrow('FHIR_INSECURE');
    expect(() => fhirAccess({ servers: ['ehr'] })).toThrow('FHIR_BASE_URL');
    expect(() => fhirAccess({ servers: ['|https://ehr.example.org/fhir'] })).toThrow('SERVER_OPTION');
  });
});

describe('a server that does not give them', () => {
  const call = (): Record<string, unknown> =>
    dischargeCall({ prefetch: without('conditions'), fhirServer: fake.url, fhirAuthorization: authorization });

  test('a refusal there is 412 here, and names the code alone', async () => {
    fake.hook = (_request, response) => {
      sendJson(response, outcome('forbidden', 'ZZPHI'), 403);
      return true;
    };
    const served = await serveWith({ servers: [fake.url] });
    const response = await post(served.url, discharge, call());
    const text = await response.text();
    expect([response.status, text]).toEqual([412, expect.stringContaining('FHIR_FORBIDDEN')]);
    expect(text + served.log.join('')).not.toMatch(/ZZPHI|127\.0\.0\.1:/);
  });

  test('silence there is 503 here when the time is over', async () => {
    fake.hook = () => true;
    const served = await serveWith({ servers: [fake.url] }, undefined, 60);
    expect(await refusal(await post(served.url, discharge, call()))).toEqual([
      503,
      'SERVER_CDS_DEADLINE',
      expect.stringContaining('within 60 ms'),
    ]);
  });

  test('an encounter that it does not have either is 412', async () => {
    fake.resources = fake.resources.filter(({ resourceType }) => resourceType !== 'Encounter');
    const served = await serveWith({ servers: [fake.url] });
    const answer = await post(served.url, discharge, { ...call(), prefetch: undefined });
    expect(await refusal(answer)).toEqual([412, 'SERVER_CDS_PREFETCH', expect.stringContaining('the encounter of the context')]);
  });
});
