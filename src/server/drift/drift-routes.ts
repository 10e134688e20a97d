/**
 * GET /v1/drift: whether the discharges that are asked about look like those of training.
 */
import type { z } from 'zod';
import { jsonContent, schemaOf } from '../open-api.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import type { driftSchema } from './drift-schema.ts';
import { windowAnswers } from './drift-window.ts';

export function driftRoutes({ models }: Pick<ServerContext, 'models'>): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/drift',
      access: 'score:read',
      cost: 1,
      produces: ['application/json'],
      describe: {
        operationId: 'drift',
        summary: 'The last answers against the training rows',
        description:
          'Counts per bin of the last answers, of nobody in particular. A study of the records is made by readmission monitor.',
        answer: jsonContent(schemaOf('Drift')),
        errors: [],
      },
      handle: () => {
        const { id, drift } = models.current();
        const { features, ...rest } = drift.report();
        const body: z.infer<typeof driftSchema> = {
          model: { ...id },
          window: windowAnswers,
          ...rest,
          features: [...features].sort((a, b) => (b.psi ?? 0) - (a.psi ?? 0) || (a.name < b.name ? -1 : 1)),
        };
        return { body };
      },
    },
  ];
}
