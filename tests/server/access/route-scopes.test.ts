/** Every route of the server, asked by nobody, by callers without its scope, for another patient, and too often. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { scopes } from '../../../src/server/access/principal.ts';
import { rateLimit } from '../../../src/server/access/rate-limit.ts';
import { tokenAccess } from '../../../src/server/access/token-access.ts';
import type { BatchJobs } from '../../../src/server/jobs/batch-jobs.ts';
import type { ServedModels } from '../../../src/server/models/served-models.ts';
import { serverContext, serverRoutes, type AppOptions } from '../../../src/server/index.ts';
import { closeAll, fakeModel, serve, type Served } from '../support/served.ts';
import { configOf, nowMs, publicUrl, testIssuer, type TestIssuer } from './token-support.ts';

const model = fakeModel();
/** What some servers do not have, so that its routes are walked too; a call that is let through ends in a fault. */
const everything = {
  registry: {} as ServedModels,
  jobs: {} as BatchJobs,
  webPage: { document: Buffer.from(''), assets: new Map() },
} satisfies Partial<AppOptions>;
const options: AppOptions = {
  models: { current: () => model },
  audit: { record: () => Promise.resolve() },
  ...everything,
};
const routes = serverRoutes(serverContext(options));
const named = routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);
/** What anybody may see: of nobody, and the same for all. */
const open = [
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/',
  '/assets/:name',
  '/cds-services',
  '/fhir/metadata',
  '/fhir/OperationDefinition/:id',
  '/fhir/StructureDefinition/:id',
  '/fhir/CodeSystem/:id',
];

let idp: TestIssuer;
let served: Served;
beforeAll(async () => {
  idp = await testIssuer('https://idp.example.org', 'ES256', { aud: publicUrl, sub: 'a' });
});
beforeEach(async () => {
  const config = configOf([idp]);
  const access = tokenAccess({ config, publicUrl, now: () => nowMs, fetchDocument: () => Promise.resolve(idp.jwks) });
  served = await serve({ access, ...everything });
});
afterEach(closeAll);

const call = (method: string, path: string, token?: string): Promise<Response> =>
  fetch(`${served.url}${path.replaceAll(/:[a-z]+/gi, 'a1')}`, {
    method: method.toUpperCase(),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'post' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'post' ? { body: '{"features":{"age_years":70}}' } : {}),
  });

test('there are routes for every scope', () => {
  expect(new Set(routes.map(({ access }) => access))).toEqual(new Set(['open', 'cds-client', ...scopes]));
});

describe.each(named)('%s', (_name, route) => {
  test('is open only if it is on the list of what everybody may see', () => {
    expect(route.access === 'open').toBe(open.includes(route.path));
  });

  test('without a token', async () => {
    const { status } = await call(route.method, route.path);
    // There is nothing of the id that is asked for.
    if (route.access === 'open') expect(status).toBe(route.path.includes(':') ? 404 : 200);
    else expect(status).toBe(401);
    expect(served.audited).toEqual([]);
  });

  if (route.access === 'open' || route.access === 'cds-client') return;
  test('with every other scope it is refused and kept, with its own it is not', async () => {
    const others = scopes.filter((scope) => scope !== route.access);
    const refused = await call(route.method, route.path, await idp.token({ scope: others.join(' ') }));
    expect(refused.status).toBe(403);
    const kept = { action: route.action, outcome: 'refused', code: 'SERVER_FORBIDDEN', principal: { subject: 'a' } };
    expect(served.audited).toMatchObject(route.action === undefined ? [] : [kept]);
    const permitted = await call(route.method, route.path, await idp.token({ scope: route.access as string }));
    expect([401, 403]).not.toContain(permitted.status);
  });
});

test('a token for one patient opens no other record', async () => {
  const token = await idp.token({ scope: 'score:read', patient: 'p1' });
  const ask = (patient: string) =>
    served.score(
      { bundle: { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: patient } }] }, encounter: 'e1' },
      { authorization: `Bearer ${token}` },
    );
  expect((await ask('p1')).status).toBe(200);
  const other = await ask('p2');
  expect(other.status).toBe(403);
  expect(await other.text()).not.toContain('p2');
  expect(served.calls.bundles).toHaveLength(1);
  expect(served.audited.map(({ outcome, patients }) => [outcome, patients])).toEqual([
    ['success', ['Patient/p1']],
    ['refused', ['Patient/p2']],
  ]);
});

test('a caller that asks too often waits, another does not', async () => {
  await closeAll();
  const config = configOf([idp]);
  const access = tokenAccess({ config, publicUrl, now: () => nowMs, fetchDocument: () => Promise.resolve(idp.jwks) });
  served = await serve({ access, rate: rateLimit({ perMinute: 60, burst: 2, monotonic: () => 0 }) });
  const ask = async (sub: string) =>
    served.score({ features: { age_years: 70 } }, { authorization: `Bearer ${await idp.token({ sub, scope: 'score:read' })}` });
  expect([(await ask('a')).status, (await ask('a')).status, (await ask('b')).status]).toEqual([200, 200, 200]);
  const refused = await ask('a');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
});
