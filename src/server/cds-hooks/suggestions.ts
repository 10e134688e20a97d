/**
 * What a team can do about a risk, as resources that a client can create with one click.
 *
 * Choice  proposals in draft: the clinician orders, this server does not; none is marked as recommended, as the number does not decide
 * Choice  a suggestion's uuid follows from the card's, so that feedback can be checked without a list of suggestions
 */
import { createHash } from 'node:crypto';
import { followUpCode, telephoneCode } from './codes.ts';
import type { Card } from './standard.ts';

type Suggestion = NonNullable<Card['suggestions']>[number];

export interface SuggestedFor {
  /** null where cards are not kept and have no uuid. */
  readonly card: string | null;
  /** `Patient/id` and `Encounter/id`. */
  readonly patient: string;
  readonly encounter: string;
  /** Discharge, or now where it lies ahead; ISO 8601, UTC. */
  readonly discharge: string;
  readonly authoredOn: string;
  /** Why, in one line. */
  readonly reason: string;
}

export const suggestionKinds = ['follow-up-visit', 'phone-call'] as const;
export type SuggestionKind = (typeof suggestionKinds)[number];

const visitDays = 7;
const callDays = 2;

export function suggestionsFor(what: SuggestedFor): Suggestion[] {
  const { card } = what;
  const made = { 'follow-up-visit': followUpVisit(what), 'phone-call': phoneCall(what) };
  return suggestionKinds.map((kind) => ({ ...(card === null ? {} : { uuid: suggestionUuid(card, kind) }), ...made[kind] }));
}

/** UUID version 8 (RFC 9562) out of the card's and the kind. */
export function suggestionUuid(card: string, kind: SuggestionKind): string {
  const hex = createHash('sha256').update(`${card.toLowerCase()}/${kind}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** undefined where the card has no such suggestion. */
export function suggestionKindOf(card: string, uuid: string): SuggestionKind | undefined {
  return suggestionKinds.find((kind) => suggestionUuid(card, kind) === uuid.toLowerCase());
}

function followUpVisit({ patient, encounter, discharge, authoredOn, reason }: SuggestedFor): Suggestion {
  const resource: fhir4.ServiceRequest = {
    resourceType: 'ServiceRequest',
    status: 'draft',
    intent: 'proposal',
    code: { coding: [followUpCode], text: `Follow-up visit within ${visitDays} days of discharge` },
    subject: { reference: patient },
    encounter: { reference: encounter },
    occurrencePeriod: { start: day(discharge, 0), end: day(discharge, visitDays) },
    authoredOn,
    reasonCode: [{ text: reason }],
  };
  const description = `Propose a follow-up visit within ${visitDays} days of discharge`;
  return {
    label: `Follow-up visit within ${visitDays} days`,
    actions: [{ type: 'create', description, resource: loose(resource) }],
  };
}

function phoneCall({ patient, encounter, discharge, authoredOn, reason }: SuggestedFor): Suggestion {
  const resource: fhir4.Task = {
    resourceType: 'Task',
    status: 'draft',
    intent: 'proposal',
    code: { coding: [telephoneCode], text: 'Call the patient after discharge' },
    description: `Call within ${callDays} days of discharge: symptoms, medicines, who to turn to`,
    for: { reference: patient },
    encounter: { reference: encounter },
    authoredOn,
    restriction: { period: { start: day(discharge, 0), end: day(discharge, callDays) } },
    reasonCode: { text: reason },
  };
  const description = `Propose a task to call the patient within ${callDays} days of discharge`;
  return { label: `Phone call within ${callDays} days`, actions: [{ type: 'create', description, resource: loose(resource) }] };
}

function loose(resource: fhir4.ServiceRequest | fhir4.Task): { resourceType: string } {
  return { ...resource };
}

/** Calendar day in UTC, so many days later. */
function day(instant: string, later: number): string {
  return new Date(Date.parse(instant) + later * 86_400_000).toISOString().slice(0, 10);
}
