/**
 * What a supervisor, a monitor and a developer ask of the server: alive, ready, metrics, the description of the API.
 */
import { localAccess } from '../access/principal.ts';
import { jsonContent, openApiDocument, phaseSchema, textContent } from '../open-api.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';

/** @param all  every route of the server, these among them; asked for when the server is put together */
export function serviceRoutes(
  { access, audit, lifecycle, metrics, models }: ServerContext,
  all: () => readonly Route[],
): Route[] {
  const common = { method: 'get', access: 'open', cost: 0, produces: ['application/json'] } as const;
  const hasTokens = access !== localAccess;
  let document: { readonly of: string; readonly body: object } | undefined;
  return [
    {
      ...common,
      path: '/healthz',
      describe: {
        operationId: 'health',
        summary: 'The process answers',
        description: 'Also while it warms up or drains.',
        answer: jsonContent(phaseSchema),
        errors: [],
      },
      handle: () => ({ body: { status: 'ok' } }),
    },
    {
      ...common,
      path: '/readyz',
      describe: {
        operationId: 'readiness',
        summary: 'Ready to score',
        description: '503 until warm, while stopping, and while the audit trail cannot be written.',
        answer: jsonContent(phaseSchema),
        answers: { 503: { description: 'Not ready', content: jsonContent(phaseSchema) } },
        errors: [],
      },
      handle: () => {
        const status = lifecycle.phase === 'ready' && audit.healthy === false ? 'audit-failing' : lifecycle.phase;
        return { body: { status }, ...(status === 'ready' ? {} : { status: 503, headers: { 'Retry-After': '1' } }) };
      },
    },
    {
      ...common,
      path: '/metrics',
      // Counts by band, read before and after, tell the band of whoever was discharged in between.
      access: 'metrics:read',
      produces: [metrics.contentType],
      describe: {
        operationId: 'metrics',
        summary: 'Metrics',
        description: 'Prometheus text format.',
        answer: textContent,
        errors: [],
      },
      handle: async () => ({ body: await metrics.text() }),
    },
    {
      ...common,
      path: '/openapi.json',
      describe: {
        operationId: 'openApi',
        summary: 'This document',
        description: 'OpenAPI 3.1.',
        answer: jsonContent({ type: 'object' }),
        errors: [],
      },
      handle: () => {
        const { id, description } = models.current();
        // Its examples are of the model.
        if (document?.of !== id.sha256) document = { of: id.sha256, body: openApiDocument(description, all(), { hasTokens }) };
        return { body: document.body };
      },
    },
  ];
}

/** What is here, as text. */
export function indexText(model: string, routes: readonly Route[]): string {
  const lines = routes.map(({ method, path }) => `${method.toUpperCase().padEnd(6)} ${path}`);
  return `Readmission risk, model ${model}\n\n${lines.join('\n')}\n`;
}
