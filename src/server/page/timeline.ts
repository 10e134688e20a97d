/**
 * The timeline of a patient: what was known of the two years before the prediction time, in the record's words.
 *
 * In      events as the scorer's doors let them through; the resources they came from
 * Out     events of the page, oldest first
 * Choice  what happened and when comes from the scorer alone, so that nothing after the prediction time can be shown; only the words are
 *         read from the resource
 * Choice  observation stays are shown as emergency care, everything that is neither as outpatient care; the label says what it was
 */
import type { KnownEvent } from '../../scoring/index.ts';
import type { Json } from './fhir-text.ts';
import { conceptText, listOf } from './fhir-text.ts';
import type { TimelineEvent } from './page-answers.ts';
import { encounterLabel, reasonText } from './resource-summary.ts';

export const timelineDays = 730;

export function timelineOf(known: readonly KnownEvent[], records: ReadonlyMap<string, Json>): TimelineEvent[] {
  return known.map(({ kind, start, end, analyte, value, unit, resource, inStay }) => ({
    kind: kindOf(kind),
    start,
    end,
    label:
      analyte === null
        ? encounterWords(records.get(resource) ?? {}, kind)
        : measurementWords(records.get(resource) ?? {}, analyte),
    value,
    unit,
    resource,
    index: inStay,
  }));
}

function kindOf(kind: string): TimelineEvent['kind'] {
  if (kind === 'measurement') return 'laboratory';
  if (kind === 'inpatient') return kind;
  return kind === 'emergency' || kind === 'observation' ? 'emergency' : 'outpatient';
}

function encounterWords(encounter: Json, kind: string): string {
  const reason = reasonText(encounter);
  const label = encounterLabel(encounter) || kind;
  return reason === null ? label : `${label}: ${reason}`;
}

/** Of an Observation with several values the analyte, which tells them apart. */
function measurementWords(observation: Json, analyte: string): string {
  const name = analyte.replaceAll('_', ' ');
  if (listOf(observation['component']).length > 0) return name;
  return conceptText(observation['code']) ?? name;
}
