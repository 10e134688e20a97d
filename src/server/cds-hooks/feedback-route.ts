/**
 * CDS Hooks 2.0: what became of a card.
 *
 * In      outcomes of cards of one service, from the client that was given them
 * Out     200 when all of them are on disk
 * Choice  all or nothing: a card that this service did not give this client, or gave more than two months ago, refuses the whole call (404)
 *         by its place in the list, so that a client never has to guess what was taken
 * Choice  the same outcome may be sent again; reports count a card once
 */
import { idParameter, jsonContent, schemaOf } from '../open-api.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import { clientOf, outcomeLine, type OutcomeLine } from './card-store.ts';
import { requestedService } from './offered-services.ts';
import { overrideReasons, overrideReasonSystem } from './codes.ts';
import { invalid, readFeedback } from './read-request.ts';
import { services } from './services.ts';
import type { Feedback } from './standard.ts';
import { suggestionKindOf } from './suggestions.ts';

const json = ['application/json'] as const;
const limitBytes = 1024 * 1024;

export function feedbackRoute({ cds, models }: ServerContext): Route {
  return {
    method: 'post',
    path: '/cds-services/:id/feedback',
    access: 'cds-client',
    cost: 1,
    produces: json,
    body: { types: json, limitBytes },
    action: 'cds-feedback',
    describe: {
      operationId: 'cdsFeedback',
      summary: 'What became of cards',
      description:
        `CDS Hooks 2.0. Stored before it is answered. Reasons of this server are codes of ${overrideReasonSystem}: ` +
        `${Object.entries(overrideReasons)
          .map(([code, words]) => `${code} (${words})`)
          .join(
            ', ',
          )}. Other systems are taken too. 404 where one of the cards is none that this service gave this client in this and the two months before.`,
      answer: jsonContent({
        type: 'object',
        properties: { stored: { type: 'integer', description: 'Outcomes that are on disk' } },
        required: ['stored'],
      }),
      errors: [404, 503],
      parameters: [
        idParameter(
          'id',
          services.map(({ id }) => id),
        ),
      ],
      requestBody: { required: true, content: jsonContent(schemaOf('CdsFeedbackRequest')) },
    },
    handle: async (asked) => {
      const service = requestedService(asked, models.current());
      const feedback = readFeedback(asked.json());
      const { cards } = cds;
      if (cards === null) throw unknownCard(0);
      const client = clientOf(asked.principal);
      const lines = feedback.map((one, i): Omit<OutcomeLine, 'at'> => {
        if (!cards.isIssued(one.card.toLowerCase(), service.id, client)) throw unknownCard(i);
        return outcomeLine(one, acceptedKinds(one, i));
      });
      await cards.give(lines);
      return { body: { stored: lines.length } };
    },
  };
}

/** @throws {RequestRefusal} SERVER_CDS_REQUEST for a suggestion that the card does not have */
function acceptedKinds({ card, acceptedSuggestions = [] }: Feedback, i: number): string[] {
  const kinds = acceptedSuggestions.map(({ id }, j) => {
    const kind = suggestionKindOf(card, id);
    if (kind === undefined)
      throw invalid(`feedback.${i}.acceptedSuggestions.${j}.id: expected a suggestion of the card, found another`);
    return kind;
  });
  return [...new Set(kinds)];
}

function unknownCard(i: number): RequestRefusal {
  return new RequestRefusal(
    'SERVER_CDS_CARD',
    `feedback.${i}.card: expected the uuid of a card that this service gave this client in the last two months, found another`,
  );
}
