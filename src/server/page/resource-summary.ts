/**
 * One line about a resource: what it is, when it was, what it says.
 *
 * In      a resource as the FHIR server sent it
 * Out     label, code, date, detail; null where the record has none
 * Choice  only what was known when it was recorded: no status, no end and no outcome of it, which may have been filled in after the prediction time
 */
import type { ResourceSummary } from './page-answers.ts';
import { conceptCode, conceptText, listOf, objectOf, quantityText, textOf, type Json } from './fhir-text.ts';

type Told = Omit<ResourceSummary, 'resource' | 'kind'>;

/** @param key  `Type/id` */
export function summaryOf(key: string, resource: Json): ResourceSummary {
  const kind = key.slice(0, key.indexOf('/'));
  const { label, ...rest } = (tellers[kind] ?? tellOther)(resource);
  return { resource: key, kind, label: label === '' ? kind : label, ...rest };
}

const tellers: Readonly<Record<string, (resource: Json) => Told>> = {
  Patient: (patient) => ({
    label: 'Patient',
    code: null,
    date: textOf(patient['birthDate']),
    detail: textOf(patient['gender']),
  }),
  Encounter: (encounter) => ({
    label: encounterLabel(encounter),
    code:
      listOf(encounter['type'])
        .map(conceptCode)
        .find((code) => code !== null) ?? null,
    date: textOf(objectOf(encounter['period'])['start']),
    detail: reasonText(encounter),
  }),
  Condition: (condition) => ({
    label: conceptText(condition['code']) ?? '',
    code: conceptCode(condition['code']),
    date: textOf(condition['recordedDate']) ?? timeText(condition, 'onset'),
    detail: null,
  }),
  Observation: (observation) => ({
    label: conceptText(observation['code']) ?? '',
    code: conceptCode(observation['code']),
    date: timeText(observation, 'effective'),
    detail: observedText(observation),
  }),
  Procedure: (procedure) => ({
    label: conceptText(procedure['code']) ?? '',
    code: conceptCode(procedure['code']),
    date: timeText(procedure, 'performed'),
    detail: null,
  }),
  MedicationRequest: (request) => {
    const concept = request['medicationCodeableConcept'];
    return {
      label: conceptText(concept) ?? textOf(objectOf(request['medicationReference'])['display']) ?? '',
      code: conceptCode(concept),
      date: textOf(request['authoredOn']),
      detail: null,
    };
  },
};

function tellOther(resource: Json): Told {
  return { label: conceptText(resource['code']) ?? '', code: conceptCode(resource['code']), date: null, detail: null };
}

/** What kind of encounter it was, in the record's words; empty where it has none. */
export function encounterLabel(encounter: Json): string {
  const { display, code } = objectOf(encounter['class']);
  const type = listOf(encounter['type'])
    .map(conceptText)
    .find((text) => text !== null);
  return type ?? textOf(display) ?? textOf(code) ?? '';
}

export function reasonText(encounter: Json): string | null {
  return (
    listOf(encounter['reasonCode'])
      .map(conceptText)
      .find((text) => text !== null) ?? null
  );
}

/** The value, or those of the components: "120 mmHg, 80 mmHg". */
function observedText(observation: Json): string | null {
  const own = valueText(observation);
  if (own !== null) return own;
  const parts = listOf(observation['component'])
    .map(valueText)
    .filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function valueText(element: Json): string | null {
  return quantityText(element['valueQuantity']) ?? conceptText(element['valueCodeableConcept']) ?? textOf(element['valueString']);
}

/** The start of a choice of dateTime, Period and instant. */
function timeText(resource: Json, element: string): string | null {
  const period = objectOf(resource[`${element}Period`]);
  return textOf(resource[`${element}DateTime`]) ?? textOf(period['start']) ?? textOf(resource[`${element}Instant`]);
}
