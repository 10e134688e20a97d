/**
 * What to fix first: the profile in plain words, most harmful first.
 *
 * In   the parts of a profile
 * Out  lines of three weights: "stops" (no cohort without it), "harms" (labels or features are wrong or empty), "note"
 * Choice  thresholds are generous: a line is worth a person's time. Shares are of records of the type, or of inpatient encounters where said
 */
import { drugPlace } from './coded-places.ts';
import type { ElementShare } from './elements.ts';
import type { ClassCount, Linkage } from './encounter-kinds.ts';
import { unclaimedClasses } from './encounter-kinds.ts';
import type { FeatureUse } from './feature-use.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Verdict {
  readonly weight: Weight;
  /** Stable name of the finding. */
  readonly id: string;
  readonly text: string;
}
type Weight = 'stops' | 'harms' | 'note';

export interface VerdictInput {
  readonly recordsByType: ReadonlyMap<string, number>;
  readonly elements: readonly ElementShare[];
  readonly classes: readonly ClassCount[];
  readonly dispositions: { readonly inpatient: number; readonly known: number };
  readonly linkages: readonly Linkage[];
  readonly vocabulary: Vocabulary;
  readonly features: readonly FeatureUse[];
  readonly rules: readonly { readonly rule: string; readonly note: string }[];
  readonly indexDischarges: number | null;
  readonly minimumPatients: number;
}

const neededTypes = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'];

export function verdicts(input: VerdictInput): Verdict[] {
  const lines = [
    ...types(input),
    ...encounters(input),
    ...presence(input),
    ...links(input),
    ...codes(input),
    ...numbers(input),
    ...outcome(input),
  ];
  return weights.flatMap((weight) => lines.filter((line) => line.weight === weight));
}

const weights: readonly Weight[] = ['stops', 'harms', 'note'];
const line = (weight: Weight, id: string, text: string): Verdict => ({ weight, id, text });
const count = (n: number): string => n.toLocaleString('en-US');

/** A share for people: none and all are said only where they are meant. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return '<1 %';
  if (share > 99 && share < 100) return '>99 %';
  return `${Math.round(share)} %`;
}

function types({ recordsByType }: VerdictInput): Verdict[] {
  return neededTypes
    .filter((type) => (recordsByType.get(type) ?? 0) === 0)
    .map((type) => {
      const weight = type === 'Patient' || type === 'Encounter' ? 'stops' : 'harms';
      return line(weight, 'no-records', `No ${type} records are in the folder; pull or export them as well.`);
    });
}

function encounters({ classes, dispositions, recordsByType }: VerdictInput): Verdict[] {
  const all = recordsByType.get('Encounter') ?? 0;
  if (all === 0) return [];
  const lines: Verdict[] = [];
  const open = unclaimedClasses(classes).reduce((n, c) => n + c.encounters, 0);
  const { inpatient, known } = dispositions;
  if (inpatient === 0) {
    const text = 'No encounter counts as inpatient: say in a mapping which are (encounter.rules, kind "inpatient").';
    lines.push(line('stops', 'no-inpatient', text));
  }
  if (open > 0.01 * all) {
    const text = `${count(open)} encounters (${percent(open, all)}) have a class that is not HL7’s and that no rule of the mapping claims: they are read as "other".`;
    lines.push(line(inpatient === 0 ? 'stops' : 'harms', 'unclaimed-class', text));
  }
  if (inpatient > 0 && known < 0.5 * inpatient) {
    const text = `A discharge disposition with a known meaning is on ${percent(known, inpatient)} of inpatient encounters: leaving against advice and transfers out cannot be told elsewhere, death in hospital only from Patient.deceased.`;
    lines.push(line('harms', 'disposition', text));
  }
  return lines;
}

function presence({ elements }: VerdictInput): Verdict[] {
  const lines: Verdict[] = [];
  for (const { type, element, required, records, present, inpatient, inpatientPresent, why } of elements) {
    if (!required) continue;
    // What inpatient encounters lack is what harms; an open outpatient record does not.
    const [whole, part] = inpatient ? [inpatient, inpatientPresent ?? 0] : [records, present];
    if (whole === 0 || part >= 0.98 * whole) continue;
    const where = inpatient ? 'inpatient encounters' : `${type} records`;
    const text = `${type}.${element} is present in ${percent(part, whole)} of ${where} (${why}).`;
    lines.push(line(part === 0 && ['Patient', 'Encounter'].includes(type) ? 'stops' : 'harms', 'element', text));
  }
  return [...lines, ...deaths(elements), ...details(elements)];
}

function find(elements: readonly ElementShare[], type: string, element: string): ElementShare | undefined {
  return elements.find((share) => share.type === type && share.element === element);
}

function deaths(elements: readonly ElementShare[]): Verdict[] {
  const known = find(elements, 'Patient', 'deceased[x]');
  const dated = find(elements, 'Patient', 'deceasedDateTime');
  if (known === undefined || dated === undefined || known.records === 0) return [];
  if (known.present === 0) {
    return [line('harms', 'no-deaths', 'No patient is known to have died: a death before a return is counted as no return.')];
  }
  const undated = known.present - dated.present;
  if (undated === 0) return [];
  return [line('harms', 'undated-deaths', `${count(undated)} patients died without a date: all their stays are left out.`)];
}

function details(elements: readonly ElementShare[]): Verdict[] {
  const lines: Verdict[] = [];
  const references = find(elements, 'MedicationRequest', 'medicationReference not followed');
  if (references !== undefined && references.present > 0) {
    const { present, records } = references;
    const text =
      `medicationReference: ${count(present)} of ${count(records)} not followed: the Medication is not contained in the order, or has no code, and these drugs ` +
      'are not counted. Export orders with medicationCodeableConcept or a contained Medication.';
    lines.push(line(present > 0.02 * records ? 'harms' : 'note', 'medication-reference', text));
  }
  const recorded = find(elements, 'Condition', 'recordedDate');
  const onset = find(elements, 'Condition', 'onsetDateTime');
  if (recorded !== undefined && onset !== undefined && recorded.present + onset.present < 0.5 * recorded.records) {
    const text =
      'Most conditions have neither recordedDate nor onset: they are dated by the encounter they name (mapping: conditions.undated).';
    lines.push(line('note', 'undated-conditions', text));
  }
  const provider = find(elements, 'Encounter', 'serviceProvider');
  if (provider?.inpatient && (provider.inpatientPresent ?? 0) < 0.5 * provider.inpatient) {
    const text = 'Most inpatient encounters name no hospital: a transfer cannot be told from a return soon after.';
    lines.push(line('note', 'no-hospital', text));
  }
  const parts = find(elements, 'Encounter', 'partOf');
  if (parts !== undefined && parts.present > 0) {
    const text = `${percent(parts.present, parts.records)} of encounters are part of another: check that departments and moves are of kind "part-of" and not stays of their own.`;
    lines.push(line('note', 'part-of', text));
  }
  return lines;
}

function links({ linkages }: VerdictInput): Verdict[] {
  return linkages.flatMap(({ type, records, unknownPatient, unknownEncounter }) => {
    const lines: Verdict[] = [];
    if (unknownPatient > 0.01 * records) {
      const text = `${percent(unknownPatient, records)} of ${type} records belong to a patient that is not in the folder.`;
      lines.push(line('harms', 'unknown-patient', text));
    }
    if (unknownEncounter > 0.05 * records) {
      const text = `${percent(unknownEncounter, records)} of ${type} records name an encounter that is not in the folder.`;
      lines.push(line('note', 'unknown-encounter', text));
    }
    return lines;
  });
}

const consequences = [
  ['Condition.code', 'Condition', 'comorbidity and social features stay 0'],
  ['Observation.code', 'Observation', 'laboratory values and vital signs stay empty'],
  [drugPlace, 'MedicationRequest', 'drug classes stay 0'],
  ['Procedure.code', 'Procedure', 'operations and planned returns are not recognised'],
] as const;

function codes({ vocabulary, recordsByType }: VerdictInput): Verdict[] {
  return consequences.flatMap(([place, type, consequence]) => {
    const total = recordsByType.get(type) ?? 0;
    const here = vocabulary.systems.filter((system) => system.place === place);
    if (total === 0 || here.length === 0) return [];
    const lines: Verdict[] = [];
    const isRead = here.some(({ isRead: read }) => read);
    if (!isRead)
      lines.push(line('harms', 'no-readable-system', `No ${place} is in a code system that is read here: ${consequence}.`));
    for (const { system, codings, status, standard } of here) {
      if (codings < 0.02 * total) continue;
      const who = `${place}: ${count(codings)} codings`;
      if (status === 'none') lines.push(line('harms', 'no-system', `${who} have no system and are not read.`));
      if (status !== 'unknown') continue;
      // Beside a system that is read, another one the site adds does no harm.
      const advice = standard === null ? '' : ` They look like ${standard}: say so in the mapping (codeSystems).`;
      const weight = standard === null && isRead ? 'note' : 'harms';
      lines.push(line(weight, 'unknown-system', `${who} are of the unknown system ${system}.${advice}`));
    }
    return lines;
  });
}

function numbers({ vocabulary }: VerdictInput): Verdict[] {
  const lines: Verdict[] = [];
  const { values, accepted } = vocabulary.acceptedUnits;
  if (values > 0 && accepted < 0.98 * values) {
    const worst = vocabulary.unread.filter(({ role }) => role === 'unit').slice(0, 3);
    const named = worst.map(({ analyte, code, records }) => `${analyte} in ${code}: ${count(records)}`).join('; ');
    const text = `${percent(values - accepted, values)} of laboratory values and vital signs are in a unit that is not accepted (${named}).`;
    lines.push(line('harms', 'unit', text));
  }
  const orders = vocabulary.systems
    .filter(({ place, isRead }) => place === drugPlace && isRead)
    .reduce((n, system) => n + system.codings, 0);
  const unread = vocabulary.unread.reduce((n, { role, records }) => (role === 'drug' ? n + records : n), 0);
  if (orders > 0 && unread > 0.5 * orders) {
    const text = `${percent(unread, orders)} of drug codings are in no class: drugs are counted, but not told apart. RxNorm is known by the products that Synthea writes, ATC by class.`;
    lines.push(line('note', 'drug-class', text));
  }
  return lines;
}

function outcome({ indexDischarges, features, rules, minimumPatients }: VerdictInput): Verdict[] {
  const lines: Verdict[] = [];
  if (indexDischarges === null) lines.push(line('stops', 'no-cohort', 'No cohort could be built from these records.'));
  else if (indexDischarges === 0) {
    const text = 'No stay is an index discharge: readmission cohort shows which rule took each away.';
    lines.push(line('stops', 'no-index-discharge', text));
  } else if (indexDischarges < 200) {
    const text = `${count(indexDischarges)} index discharges are too few to train on.`;
    lines.push(line('note', 'few-index-discharges', text));
  }
  if (rules.length > 0) {
    const text = `Rules of the cohort that cannot be assessed: ${rules.map(({ rule }) => rule).join(', ')}.`;
    lines.push(line('note', 'rules', text));
  }
  const flat = features.filter(({ state }) => state === 'empty' || state === 'constant');
  if (flat.length > 0) {
    const text = `${count(flat.length)} of ${count(features.length)} features are empty or the same for everyone.`;
    lines.push(line('note', 'features', text));
  }
  lines.push(line('note', 'privacy', `Codes that fewer than ${minimumPatients} patients have are counted but not named.`));
  return lines;
}
