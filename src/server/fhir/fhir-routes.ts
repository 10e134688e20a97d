/**
 * The FHIR interface below /fhir: the operation, the CapabilityStatement, and the definitions of what is answered.
 *
 * Choice  statement and definitions are open to everybody: they tell nothing of patients, and a client reads them before it has a token
 */
import { RequestRefusal } from '../operation-outcome.ts';
import { idParameter, schemaOf } from '../open-api.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import type { DefinitionType } from './canonical.ts';
import { capabilityStatement } from './capability-statement.ts';
import { definitions } from './definitions.ts';
import { acceptableTypes, fhirTypes, operationRoutes, preferredType } from './operation-routes.ts';
import { ownAddress } from '../own-address.ts';

const open = { method: 'get', access: 'open', cost: 0, produces: acceptableTypes, speaksFhir: true } as const;
const content = (type: string) => Object.fromEntries(fhirTypes.map((media) => [media, { schema: schemaOf(type) }]));

export function fhirRoutes(context: ServerContext): Route[] {
  const metadata: Route = {
    ...open,
    path: '/fhir/metadata',
    describe: {
      operationId: 'fhirMetadata',
      summary: 'What this server can do in FHIR',
      description: 'A CapabilityStatement R4 of kind instance.',
      answer: content('CapabilityStatement'),
      errors: [],
    },
    handle: (asked) => ({
      body: capabilityStatement(context.models.current(), ownAddress(asked.request, context.publicUrl)),
      type: preferredType(asked),
    }),
  };
  return [
    ...operationRoutes(context),
    metadata,
    definitionRoute('OperationDefinition'),
    definitionRoute('StructureDefinition'),
    definitionRoute('CodeSystem'),
  ];
}

function definitionRoute(type: DefinitionType): Route {
  return {
    ...open,
    path: `/fhir/${type}/:id`,
    describe: {
      operationId: `fhir${type}`,
      summary: `A ${type} of this server`,
      description: 'What the operation takes and answers with; nothing of patients.',
      answer: content(type),
      errors: [404],
      parameters: [
        idParameter(
          'id',
          definitions().flatMap(({ resourceType, id }) => (resourceType === type ? [id as string] : [])),
        ),
      ],
    },
    handle: (asked) => {
      const id = asked.param('id');
      const body = definitions().find((definition) => definition.resourceType === type && definition.id === id);
      if (body !== undefined) return { body, type: preferredType(asked) };
      throw new RequestRefusal(
        'SERVER_NOT_FOUND',
        `expected the id of a ${type} of this server, found another; GET /fhir/metadata is the start`,
      );
    },
  };
}

/** By configuration, or as this request reached the server; its Host header has been checked. */
