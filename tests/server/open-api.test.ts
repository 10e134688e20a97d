/** The document describes the app that is there: every route, every reference, every code. */
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { localPrincipal } from '../../src/server/access/principal.ts';
import { buildApp } from '../../src/server/index.ts';
import type { BatchJobs } from '../../src/server/jobs/batch-jobs.ts';
import type { ServedModels } from '../../src/server/models/served-models.ts';
import { outcomes } from '../../src/server/operation-outcome.ts';
import { answerSchema, featuresRequestSchema } from '../../src/scoring/index.ts';
import { closeAll, fakeModel, serve } from './support/served.ts';

afterEach(closeAll);

type Document = {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; requestBody?: unknown }>>;
  components: { schemas: Record<string, Record<string, unknown>> };
  'x-problems': Record<string, { status: number }>;
};
/** A server with everything that can be offered; none of it is asked. */
const whole = { jobs: {} as BatchJobs, registry: {} as ServedModels };
let document: Document;
let text: string;
beforeAll(async () => {
  const served = await serve(whole);
  document = (await (await fetch(`${served.url}/openapi.json`)).json()) as Document;
  text = JSON.stringify(document);
});

test('paths and methods are those of the app', () => {
  const model = fakeModel();
  const app = buildApp({ ...whole, models: { current: () => model }, audit: { record: () => Promise.resolve() } });
  const layers = (app.router as unknown as { stack: { route?: { path: string; stack: { method?: string }[] } }[] }).stack;
  const routes = layers.flatMap(({ route }) =>
    route === undefined
      ? []
      : [[route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}'), new Set(route.stack.flatMap(({ method }) => method ?? []))] as const],
  );
  expect(routes.length).toBeGreaterThan(6);
  expect(Object.fromEntries(routes.map(([path, methods]) => [path, [...methods]]))).toEqual(
    Object.fromEntries(Object.entries(document.paths).map(([path, item]) => [path, Object.keys(item)])),
  );
});

test('every reference leads somewhere, and every component is led to', () => {
  const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map((match) => match[1] ?? '');
  const targets = new Set(references.map((reference) => reference.replace('#/components/schemas/', '')));
  expect([...targets].sort()).toEqual(Object.keys(document.components.schemas).sort());
  expect(text).not.toMatch(/"\$(id|schema|defs)"/);
});

test('every status of the table of codes is an answer of some route', () => {
  const described = Object.values(document.paths).flatMap((item) =>
    Object.values(item).flatMap(({ responses }) => Object.keys(responses)),
  );
  const missing = Object.values(outcomes).filter(({ status }) => !described.includes(String(status)));
  expect(missing).toEqual([]);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const { responses } of Object.values(item))
      expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(['200', '405', '406', '500'])]);
  }
});

test('every code that scoring throws has its own line in the table', () => {
  const folder = new URL('../../src/scoring/', import.meta.url);
  const code = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const thrown = new Set([...code.matchAll(/'(SCORING_[A-Z_]+)'/g)].map((match) => match[1] as string));
  expect(thrown.size).toBeGreaterThan(8);
  // These two are faults of this code, not of a request.
  expect([...thrown].filter((name) => !(name in outcomes)).sort()).toEqual(['SCORING_NOT_A_NUMBER', 'SCORING_VIEW_TYPE']);
});

test('it is served, its example is a request, and type of a problem points into it', async () => {
  const served = await serve();
  const live = (await (await fetch(`${served.url}/openapi.json`)).json()) as Document;
  const body = live.paths['/v1/score']?.['post']?.requestBody as {
    content: Record<string, { examples: { features: { value: unknown } } }>;
  };
  const example = featuresRequestSchema.parse(body.content['application/json']?.examples.features.value);
  expect(answerSchema.safeParse(await (await served.score(example)).json()).success).toBe(true);
  const problem = (await (await served.score('{')).json()) as { type: string; status: number };
  const [path, pointer = ''] = problem.type.split('#');
  expect(path).toBe('/openapi.json');
  const [, section, code = ''] = pointer.split('/');
  expect(section).toBe('x-problems');
  expect(live['x-problems'][code]?.status).toBe(problem.status);
});

test('values are those of the model in use, and tokens are asked for only where they are', async () => {
  const values = document.components.schemas['FeatureValues'] as {
    properties: Record<string, unknown>;
    additionalProperties: boolean;
  };
  expect(Object.keys(values.properties)).toEqual(document.components.schemas['FeatureName']?.['enum']);
  expect(values.properties['age_years']).toMatchObject({ type: ['number', 'null'], minimum: expect.any(Number) as unknown });
  expect(values.additionalProperties).toBe(false);
  expect(text).not.toContain('securitySchemes');
  const guarded = await serve({ access: { identify: () => localPrincipal } });
  const live = (await (await fetch(`${guarded.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { security?: unknown }>>;
  };
  expect(live.paths['/v1/score']?.['post']?.security).toEqual([{ token: [] }]);
  expect(live.paths['/cds-services/{id}']?.['post']?.security).toEqual([{ cdsClient: [] }]);
  expect(live.paths['/healthz']?.['get']?.security).toBeUndefined();
});
