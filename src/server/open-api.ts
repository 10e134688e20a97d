/**
 * The description of the HTTP interface (OpenAPI 3.1), put together from the routes and from the schemas that check requests and
 * describe answers.
 *
 * Choice  a path is written once, in its route
 * Choice  x-problems lists every error code with its status and FHIR issue code; `type` of a problem points into it
 */
import { z } from 'zod';
import { apiSchemas } from './api-schemas.ts';
import { outcomes } from './operation-outcome.ts';
import type { ModelDescription } from './model-description.ts';
import type { Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reference to a schema of ./api-schemas.ts by its id. */
export const schemaOf = (id: string): Json => ({ $ref: `#/components/schemas/${id}` });
export const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });
export const textContent: Json = { 'text/plain': { schema: { type: 'string' } } };
export const phaseSchema: Json = { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] };

const headers: Json = {
  'X-Request-Id': {
    description: 'Names the request in the log of the server',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
};

const header = (description: string, schema: Json = { type: 'string' }): Json => ({ description, required: true, schema });
const seconds: Json = { type: 'string', pattern: '^[0-9]+$' };
/** What an answer of a status always says beside. */
const headersOf: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': header('The scheme') },
  405: { Allow: header('The methods of the path') },
  429: { 'Retry-After': header('Seconds to wait', seconds) },
  503: { 'Retry-After': header('Seconds to wait', seconds) },
};

function errorAnswer(status: number, speaksFhir: boolean): Json {
  const titles = Object.values(outcomes).filter((outcome) => outcome.status === status);
  const fhir = { 'application/fhir+json': { schema: schemaOf('OperationOutcome') } };
  return {
    description: [...new Set(titles.map((outcome) => outcome.title))].join('; '),
    headers: { ...headers, ...headersOf[status] },
    content: speaksFhir ? fhir : { 'application/problem+json': { schema: schemaOf('Problem') }, ...fhir },
  };
}

const securitySchemes: Json = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Access token of an issuer that this server believes, with the scope that the operation needs',
  },
  cdsClient: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Signed by the CDS client itself, for this address and this one call (CDS Hooks 2.0, Trusting CDS Clients)',
  },
};

/** Any text of the parameter's form is taken; one that is not among these is answered with 404. */
export const idParameter = (name: string, ids: readonly string[]): Json => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', enum: ids },
});

/** Statuses any route can answer with: host, method, representation, fault. */
const everywhere = [400, 405, 406, 421, 431, 500];
/** Of routes that ask who calls. */
const ofAccess = [401, 403, 429];
/** Of routes with a body. */
const ofBody = [408, 413, 415];

function operation(route: Route, hasTokens: boolean): Json {
  const { operationId, summary, description, answer, answers = {}, errors, requestBody, parameters } = route.describe;
  const statuses = new Set([
    ...errors,
    ...everywhere,
    ...(route.access === 'open' ? [] : ofAccess),
    ...(route.body === undefined ? [] : ofBody),
    ...(route.action === undefined && route.scores !== true ? [] : [503]),
  ]);
  return {
    operationId,
    summary,
    description: route.access === 'open' ? description : `${description} Needs: ${route.access}.`,
    ...(parameters === undefined && !route.path.includes(':') ? {} : { parameters: parameters ?? pathParameters(route.path) }),
    ...(requestBody === undefined ? {} : { requestBody }),
    ...(hasTokens && route.access !== 'open'
      ? { security: [{ [route.access === 'cds-client' ? 'cdsClient' : 'token']: [] }] }
      : {}),
    responses: {
      200: { description: summary, headers, content: answer },
      ...answers,
      ...Object.fromEntries(
        [...statuses].sort((a, b) => a - b).map((status) => [status, errorAnswer(status, route.speaksFhir ?? false)]),
      ),
    },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9\\-.]{1,64}$' },
  }));
}

/**
 * @param model      in use: its features and their ranges are those of the requests
 * @param hasTokens  whether callers show one
 */
export function openApiDocument(model: ModelDescription, routes: readonly Route[], { hasTokens }: { hasTokens: boolean }): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes)
    (paths[route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')] ??= {})[route.method] = operation(route, hasTokens);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Readmission risk',
      version: model.codeVersion,
      description:
        'Risk of an unplanned return to hospital after a discharge, with exact attributions. The number informs, it does not decide.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: ledTo(paths, componentSchemas(model)), ...(hasTokens ? { securitySchemes } : {}) },
    'x-problems': Object.fromEntries(
      Object.entries(outcomes).map(([code, { status, issue, title }]) => [code, { status, issue, title }]),
    ),
  };
}

/** The schemas that the paths refer to, and those that these refer to: a server does not describe what it does not offer. */
function ledTo(paths: Json, schemas: Json): Json {
  const used = new Set<string>();
  const follow = (part: Json): void => {
    for (const [, id] of JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/([^"]*)"/g)) {
      if (id === undefined || used.has(id)) continue;
      used.add(id);
      if (id in schemas) follow(schemas[id] as Json);
    }
  };
  follow(paths);
  return Object.fromEntries(Object.entries(schemas).filter(([id]) => used.has(id)));
}

/** The schemas by their ids, without the $id and $schema that make each a document of its own. */
function componentSchemas({ features }: ModelDescription): Json {
  const registry = z.registry<z.core.GlobalMeta>();
  for (const schema of apiSchemas) registry.add(schema, z.globalRegistry.get(schema) ?? {});
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'output' });
  const own = Object.fromEntries(Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]));
  return {
    ...own,
    FeatureName: { ...own['FeatureName'], enum: features.map(({ name }) => name) },
    FeatureValues: { ...own['FeatureValues'], ...valuesOf(features) },
  };
}

/** What stands for a record of any names where the model is not known. */
function valuesOf(features: ModelDescription['features']): Json {
  const properties = features.map(({ name, unit, range: [minimum, maximum] }) => [
    name,
    { type: ['number', 'null'], minimum, maximum, description: `Unit ${unit}` },
  ]);
  return { properties: Object.fromEntries(properties) as Json, additionalProperties: false, minProperties: 1 };
}
