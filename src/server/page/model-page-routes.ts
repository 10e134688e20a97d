/**
 * What the page says of the model beyond its description: every figure of its evaluation, and the report a person reads.
 *
 * Choice  the report is one file with its styles and drawings in it and no script. Its answer says so to the browser: styles of its own are let
 *         through, scripts, frames and addresses are not
 */
import { jsonContent, schemaOf } from '../open-api.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';

const reportPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function modelPageRoutes({ models }: ServerContext): Route[] {
  const common = { method: 'get', access: 'score:read', cost: 1 } as const;
  return [
    {
      ...common,
      path: '/v1/model/metrics',
      produces: ['application/json'],
      describe: {
        operationId: 'modelMetrics',
        summary: 'Every figure of the evaluation',
        description: 'As written at training.',
        answer: jsonContent(schemaOf('ModelMetrics')),
        errors: [],
      },
      handle: () => ({ body: models.current().metrics }),
    },
    {
      ...common,
      path: '/v1/model/report',
      produces: ['text/html'],
      describe: {
        operationId: 'modelReport',
        summary: 'The report of the evaluation',
        description: 'A page to read, without scripts; 404 where none was written for this model.',
        answer: { 'text/html': { schema: { type: 'string' } } },
        errors: [404],
      },
      handle: async () => {
        const report = await models.current().report();
        if (report === null) {
          throw new RequestRefusal('SERVER_NOT_FOUND', 'no report was written for this model; readmission report writes one');
        }
        return { body: Buffer.from(report), type: 'text/html', headers: { 'Content-Security-Policy': reportPolicy } };
      },
    },
  ];
}
