/**
 * The description of the HTTP interface (OpenAPI 3.1), put together from the schemas that check requests and describe answers.
 *
 * Choice  a path is written once, here; a test compares these paths with the routes of the app
 * Choice  x-problems lists every error code with its status and FHIR issue code; `type` of a problem points into it
 */
import { z } from 'zod';
import {
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featuresRequestSchema,
  reasonSchema,
  serverRequestSchema,
} from '../scoring/index.ts';
import { jsonTypes } from './json-body.ts';
import { cardSchema, modelDescriptionSchema, modelFeatureSchema, validationSchema } from './model-description.ts';
import { operationOutcomeSchema, outcomes, problemSchema } from './operation-outcome.ts';

type Json = Readonly<Record<string, unknown>>;

const componentRoots: readonly z.ZodType[] = [
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featuresRequestSchema,
  reasonSchema,
  serverRequestSchema,
  modelDescriptionSchema,
  modelFeatureSchema,
  validationSchema,
  cardSchema,
  problemSchema,
  operationOutcomeSchema,
];

const reference = (id: string): Json => ({ $ref: `#/components/schemas/${id}` });
const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });
const textContent: Json = { 'text/plain': { schema: { type: 'string' } } };
const phaseSchema: Json = { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] };

const headers: Json = {
  'X-Request-Id': { description: 'Names the request in the log of the server', schema: { type: 'string', format: 'uuid' } },
};

function errorAnswer(status: number): Json {
  const titles = Object.values(outcomes).filter((outcome) => outcome.status === status);
  return {
    description: [...new Set(titles.map((outcome) => outcome.title))].join('; '),
    headers,
    content: {
      'application/problem+json': { schema: reference('Problem') },
      'application/fhir+json': { schema: reference('OperationOutcome') },
    },
  };
}

/** Statuses any route can answer with: host, method, representation, fault. */
const everywhere = [400, 405, 406, 421, 500];

function operation(
  summary: string,
  operationId: string,
  description: string,
  answer: Json,
  errors: readonly number[],
  more: Json = {},
): Json {
  const statuses = [...new Set([...errors, ...everywhere])].sort((a, b) => a - b);
  return {
    summary,
    operationId,
    description,
    ...more,
    responses: {
      200: { description: summary, headers, content: answer },
      ...Object.fromEntries(statuses.map((status) => [status, errorAnswer(status)])),
    },
  };
}

export interface OpenApiOptions {
  readonly version: string;
  readonly bodyLimitBytes: number;
  /** An example of a features request, of the model in use. */
  readonly exampleFeatures: Readonly<Record<string, number>>;
}

export function openApiDocument({ version, bodyLimitBytes, exampleFeatures }: OpenApiOptions): Json {
  const forms = ['FeaturesRequest', 'BundleRequest', 'ServerRequest'].map(reference);
  const body = (type: string): Json => ({
    schema: { oneOf: forms },
    examples:
      type === 'application/json' ? { features: { summary: 'Features by name', value: { features: exampleFeatures } } } : {},
  });
  const score = operation(
    'One discharge, one explained risk',
    'score',
    `Scores from features by name, from a FHIR R4 Bundle of one patient, or from the configured FHIR server. Bodies up to ${bodyLimitBytes} bytes. ` +
      'Errors are problem+json, or an OperationOutcome where Accept or Content-Type is application/fhir+json.',
    jsonContent(reference('ScoreAnswer')),
    [408, 413, 415, 422, 431, 502, 503],
    { requestBody: { required: true, content: Object.fromEntries(jsonTypes.map((type) => [type, body(type)])) } },
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Readmission risk',
      version,
      description:
        'Risk of an unplanned return to hospital after a discharge, with exact attributions. The number informs, it does not decide.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/v1/score': { post: score },
      '/v1/model': {
        get: operation(
          'The model in use',
          'model',
          'Header, features, bands and headline metrics; no trees.',
          jsonContent(reference('Model')),
          [],
        ),
      },
      '/v1/model/card': {
        get: operation('The model card', 'modelCard', 'As written at training.', jsonContent(reference('ModelCard')), []),
      },
      '/healthz': {
        get: operation('The process answers', 'health', 'Also while it warms up or drains.', jsonContent(phaseSchema), []),
      },
      '/readyz': {
        get: operation('Ready to score', 'readiness', '503 until warm, and while stopping.', jsonContent(phaseSchema), [503]),
      },
      '/metrics': { get: operation('Metrics', 'metrics', 'Prometheus text format.', textContent, []) },
      '/openapi.json': { get: operation('This document', 'openApi', 'OpenAPI 3.1.', jsonContent({ type: 'object' }), []) },
      '/': { get: operation('What is here', 'index', 'The paths, as text.', textContent, []) },
    },
    components: { schemas: componentSchemas() },
    'x-problems': Object.fromEntries(
      Object.entries(outcomes).map(([code, { status, issue, title }]) => [code, { status, issue, title }]),
    ),
  };
}

/** The schemas by their ids, without the $id and $schema that make each a document of its own. */
function componentSchemas(): Json {
  const registry = z.registry<z.core.GlobalMeta>();
  for (const schema of componentRoots) registry.add(schema, z.globalRegistry.get(schema) ?? {});
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'output' });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]));
}
