/**
 * What can be asked of the model itself: its description and its card.
 */
import { jsonContent, schemaOf } from '../open-api.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';

export function modelRoutes({ models }: ServerContext): Route[] {
  const common = { method: 'get', access: 'score:read', cost: 1, produces: ['application/json'] } as const;
  return [
    {
      ...common,
      path: '/v1/model',
      describe: {
        operationId: 'model',
        summary: 'The model in use',
        description: 'Header, features, bands and headline metrics; no trees.',
        answer: jsonContent(schemaOf('Model')),
        errors: [],
      },
      handle: () => ({ body: models.current().description }),
    },
    {
      ...common,
      path: '/v1/model/card',
      describe: {
        operationId: 'modelCard',
        summary: 'The model card',
        description: 'As written at training.',
        answer: jsonContent(schemaOf('ModelCard')),
        errors: [],
      },
      handle: () => ({ body: models.current().card }),
    },
  ];
}
