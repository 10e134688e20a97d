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
import type { Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reference to a schema of ./api-schemas.ts by its id. */
export const schemaOf = (id: string): Json => ({ $ref: `#/components/schemas/${id}` });
export const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });
export const textContent: Json = { 'text/plain': { schema: { type: 'string' } } };
export const phaseSchema: Json = { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] };

const headers: Json = {
  'X-Request-Id': { description: 'Names the request in the log of the server', schema: { type: 'string', format: 'uuid' } },
};

function errorAnswer(status: number, speaksFhir: boolean): Json {
  const titles = Object.values(outcomes).filter((outcome) => outcome.status === status);
  const fhir = { 'application/fhir+json': { schema: schemaOf('OperationOutcome') } };
  return {
    description: [...new Set(titles.map((outcome) => outcome.title))].join('; '),
    headers,
    content: speaksFhir ? fhir : { 'application/problem+json': { schema: schemaOf('Problem') }, ...fhir },
  };
}

/** Statuses any route can answer with: host, method, representation, fault. */
const everywhere = [400, 405, 406, 421, 431, 500];
/** Of routes that ask who calls. */
const ofAccess = [401, 403, 429];
/** Of routes with a body. */
const ofBody = [408, 413, 415];

function operation(route: Route): Json {
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

/** @param version  of the code that made the model in use */
export function openApiDocument(version: string, routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')] ??= {})[route.method] = operation(route);
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
    paths,
    components: { schemas: componentSchemas() },
    'x-problems': Object.fromEntries(
      Object.entries(outcomes).map(([code, { status, issue, title }]) => [code, { status, issue, title }]),
    ),
  };
}

/** The schemas by their ids, without the $id and $schema that make each a document of its own. */
function componentSchemas(): Json {
  const registry = z.registry<z.core.GlobalMeta>();
  for (const schema of apiSchemas) registry.add(schema, z.globalRegistry.get(schema) ?? {});
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'output' });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]));
}
