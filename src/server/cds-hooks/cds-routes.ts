/**
 * CDS Hooks 2.0: discovery, and the call of a service.
 *
 * In      a hook that fired at a client, with the records or the way to them
 * Out     one card; or no card where there is nothing to say: the patient has no stay that the model is for
 * Choice  who is not eligible gets an empty list on both hooks and not an error: a discharge of a child or to hospice is nothing a clinician
 *         has to be told of by a risk model. The audit trail has the call, without a score
 */
import { randomUUID } from 'node:crypto';
import type { AuditFacts } from '../audit/audit-trail.ts';
import { idParameter, jsonContent, schemaOf } from '../open-api.ts';
import type { Answer, Asked, Route } from '../route.ts';
import { scoreFacts } from '../routes/score-routes.ts';
import type { ServerContext } from '../server-context.ts';
import { cardOf } from './card.ts';
import { clientOf } from './card-store.ts';
import { Deadline } from './deadline.ts';
import { feedbackRoute } from './feedback-route.ts';
import { offeredServices, requestedService } from './offered-services.ts';
import { readCdsRequest } from './read-request.ts';
import { recordsOf } from './records.ts';
import { scoreCall } from './score-call.ts';
import { services } from './services.ts';
import type { CdsRequest } from './standard.ts';
import { ownAddress } from '../own-address.ts';

const json = ['application/json'] as const;

export function cdsRoutes(context: ServerContext): Route[] {
  const { limits, models } = context;
  const discovery: Route = {
    method: 'get',
    path: '/cds-services',
    access: 'open',
    cost: 0,
    produces: json,
    describe: {
      operationId: 'cdsServices',
      summary: 'CDS services (CDS Hooks 2.0)',
      description:
        'Hooks, and the queries a client is asked to prefetch. Empty with a model of a table, which cannot be asked by records.',
      answer: jsonContent(schemaOf('CdsServices')),
      errors: [],
    },
    handle: () => ({ body: { services: offeredServices(models.current()) } }),
  };
  const call: Route = {
    method: 'post',
    path: '/cds-services/:id',
    access: 'cds-client',
    cost: 2,
    produces: json,
    body: { types: json, limitBytes: limits.bodyBytes },
    scores: true,
    action: 'cds-service',
    describe: {
      operationId: 'cdsService',
      summary: 'A card for a patient',
      description:
        'CDS Hooks 2.0. One card, or none where the patient has no stay that the model is for. 412 where prefetch is missing, in part or an ' +
        'OperationOutcome, and fhirServer is none that this server may ask or cannot give it.',
      answer: jsonContent(schemaOf('CdsCards')),
      errors: [404, 412, 422, 503],
      parameters: [
        idParameter(
          'id',
          services.map(({ id }) => id),
        ),
      ],
      requestBody: { required: true, content: jsonContent(schemaOf('CdsRequest')) },
    },
    handle: (asked) => handleCall(context, asked),
  };
  return [discovery, call, feedbackRoute(context)];
}

async function handleCall(context: ServerContext, asked: Asked): Promise<Answer> {
  const { cds, metrics, models } = context;
  const deadline = new Deadline(cds.deadlineMs);
  const model = models.current();
  asked.note({ model: model.id });
  const service = requestedService(asked, model);
  const request = readCdsRequest(asked.json(), service);
  const { patientId, encounterId } = request.context;
  const known: Partial<AuditFacts> = {
    patients: [`Patient/${patientId}`],
    encounter: encounterId === undefined ? null : `Encounter/${encounterId}`,
    ...userOf(request),
  };
  asked.note(known);
  const reader = cds.fhirAccess.readerOf(request, asked.principal);
  const records = await recordsOf(request, service, reader, { deadline, signal: asked.signal });
  const answer = await deadline.bound(
    scoreCall(request, records, model.scorer, { nowMs: context.now(), signal: deadline.signal(asked.signal) }),
  );
  if (answer === null)
    return { body: { cards: [] }, facts: { patients: [], encounter: null, scores: [], model: model.id, ...known } };
  metrics.scored({ form: 'cds', risk: answer.risk, band: answer.band });
  const uuid = cds.cards === null ? null : randomUUID();
  const card = cardOf(answer, model, {
    uuid,
    patient: `Patient/${patientId}`,
    encounter: answer.encounter ?? `Encounter/${encounterId}`,
    baseUrl: ownAddress(asked.request, context.publicUrl),
    warningFrom: cds.warningFrom,
    nowMs: context.now(),
  });
  if (uuid !== null) {
    const { band } = answer;
    const { indicator } = card;
    await cds.cards?.issue({
      card: uuid,
      service: service.id,
      model: model.id,
      band,
      indicator,
      client: clientOf(asked.principal),
    });
  }
  return { body: { cards: [card] }, facts: { ...scoreFacts(model, answer, patientId), ...userOf(request) } };
}

/** The person at the client, as far as the client says so in FHIR's way. */
function userOf({ context: { userId } }: CdsRequest): Pick<AuditFacts, 'user'> {
  return /^(Practitioner|PractitionerRole|Patient|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/.test(userId) ? { user: userId } : {};
}
