/**
 * Which models there are, and which one answers from now on: for who may administer the model.
 */
import type { z } from 'zod';
import { noFacts } from '../audit/audit-trail.ts';
import { jsonContent, schemaOf } from '../open-api.ts';
import { readRequest } from '../read-request.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import { modelChangeRequestSchema, type modelChangeSchema, type modelListSchema } from './admin-schemas.ts';
import type { ServedModels } from './served-models.ts';

const types = ['application/json'];

/** None where the models of a server are not its own to change. */
export function adminRoutes({ registry, metrics }: Pick<ServerContext, 'registry' | 'metrics'>): Route[] {
  if (registry === undefined) return [];
  const common = { access: 'model:admin', produces: types } as const;
  return [
    {
      ...common,
      method: 'get',
      path: '/v1/admin/models',
      cost: 5,
      describe: {
        operationId: 'models',
        summary: 'The models there are',
        description: 'The one that answers, and every folder that another can be chosen from.',
        answer: jsonContent(schemaOf('ModelList')),
        errors: [],
      },
      handle: async () => ({ body: await modelList(registry) }),
    },
    {
      ...common,
      method: 'post',
      path: '/v1/admin/model',
      cost: 50,
      body: { types, limitBytes: 4096 },
      action: 'model-change',
      describe: {
        operationId: 'changeModel',
        summary: 'Another model answers',
        description:
          'The model is read, checked and warm before it answers; requests under way keep the one they began with. A model that is refused ' +
          'leaves the one of before in place.',
        answer: jsonContent(schemaOf('ModelChange')),
        errors: [422, 503],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemaOf('ModelChangeRequest') } },
        },
      },
      handle: async (asked) => {
        const { name } = readRequest(modelChangeRequestSchema, asked.json());
        let prepared;
        try {
          prepared = await registry.prepare(name);
        } catch (error) {
          metrics.reloaded('refused');
          throw error;
        }
        const { model, before, takeOver, discard } = prepared;
        const isChanged = model.id.sha256 !== before.id.sha256;
        const body: z.infer<typeof modelChangeSchema> = {
          name: prepared.name,
          sha256: model.id.sha256,
          before: { sha256: before.id.sha256 },
          changed: isChanged,
        };
        return {
          body,
          facts: { ...noFacts, model: model.id },
          settle: async (isKept) => {
            metrics.reloaded(isKept ? (isChanged ? 'changed' : 'unchanged') : 'refused');
            if (isKept) takeOver();
            else await discard();
          },
        };
      },
    },
  ];
}

async function modelList(registry: ServedModels): Promise<z.infer<typeof modelListSchema>> {
  const { id, scorer } = registry.current();
  const { codeVersion, createdAt } = scorer.model.header;
  return {
    serving: { name: registry.name, sha256: id.sha256, codeVersion, createdAt },
    models: await registry.list(),
  };
}
