/**
 * One resource, its facts: what each of the clinical types says to a stay or a covariate.
 *
 * In      Encounter, Condition, Procedure, MedicationRequest, Observation of FHIR R4; the hospital encounters read so far
 * Out     facts; none where the resource cannot count
 * Choice  a condition is known from recordedDate, else from onset, and not before its onset; without both, from the end of the encounter
 *         it names; refuted ones and those entered in error are none
 * Choice  procedures of other than hospital encounters are none, nor are those not done, in preparation or entered in error, nor
 *         assessments and the like that nothing but the administrative value set knows
 * Choice  plans, proposals and orders entered in error are no orders; an order or procedure with several codings is one
 * Choice  records speak standard codes under their standard URIs (HL7 classes, SNOMED CT types, reasons in SNOMED CT or ICD-10): a hospital's
 *         own are not mapped here, and a reason that is only referred to is none
 * Choice  an observation without a number in a known unit and a believed range, or with a comparator, is none
 */
import { admitSourceOf, dispositionOf, priorityOf } from './admission-codes.ts';
import type { CodeIndex } from './code-index.ts';
import { codeSets } from './code-sets.ts';
import type { ConditionFact, EncounterFact, FactTime, ObservationFact, OrderFact, ProcedureFact } from './facts.ts';
import {
  codingsOf,
  elementOf,
  firstCode,
  firstDiagnosis,
  firstSnomedCode,
  listOf,
  referenceKey,
  snomed,
  textOf,
  timeIn,
  type Coding,
  type Element,
} from './record-element.ts';

/** What a resource is read with: shared texts and times, and the encounters known so far. */
export interface ReadingContext {
  /** Equal times share one object. */
  time(text: string): FactTime | null;
  /** Equal texts share one string. */
  intern(text: string): string;
  encounter(key: string): EncounterFact | undefined;
}

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const hospitalClasses = new Set(['IMP', 'ACUTE', 'NONAC', 'EMER', 'OBSENC', 'SS']);
const longTermAnalytes = new Set(['bmi']);

/** Analytes that change slowly: a value of any encounter counts, for a year. */
export function isLongTermAnalyte(analyte: string): boolean {
  return longTermAnalytes.has(analyte);
}

export function readEncounter(resource: Element, id: string, context: ReadingContext): EncounterFact | null {
  const classCode = textOf(elementOf(resource['class'])['code']);
  if (classCode === null || !hospitalClasses.has(classCode)) return null;
  const shared = (text: string | null): string | null => (text === null ? null : context.intern(text));
  const period = elementOf(resource['period']);
  const hospitalization = elementOf(resource['hospitalization']);
  const reason = firstDiagnosis(resource['reasonCode']);
  const organization = elementOf(resource['serviceProvider']);
  const provider = textOf(organization['reference']) ?? textOf(elementOf(organization['identifier'])['value']);
  return {
    id,
    classCode: context.intern(classCode),
    typeCode: shared(firstSnomedCode(resource['type'])),
    reasonCode: shared(reason?.code ?? null),
    reasonSystem: shared(reason?.system ?? null),
    provider: shared(provider),
    nursing: isNursing(resource['type']) || isNursing(resource['reasonCode']),
    disposition: dispositionOf(codingsOf(hospitalization['dischargeDisposition'])),
    priority: priorityOf(codingsOf(resource['priority'])),
    admitSource: admitSourceOf(codingsOf(hospitalization['admitSource'])),
    status: shared(textOf(resource['status'])),
    start: timeIn(period['start'], context.time),
    end: timeIn(period['end'], context.time),
  };
}

function isNursing(concept: unknown): boolean {
  return codingsOf(concept).some(({ system, code }) => system === snomed && code !== null && isNursingCode(code));
}

function isNursingCode(code: string): boolean {
  return codeSets().typeSets(code).includes('nursing_admission');
}

/** @returns facts whose `encounterId` is the key as named, and without `told`: the encounters are read later */
export function readCondition(resource: Element, id: string, context: ReadingContext): ConditionFact[] {
  const used = usedCodings(resource['code']);
  if (used.length === 0) return [];
  if (['refuted', 'entered-in-error'].includes(firstCode(resource['verificationStatus']) ?? 'confirmed')) return [];
  const onset = timeIn(resource['onsetDateTime'], context.time);
  const abatement = timeIn(resource['abatementDateTime'], context.time);
  const recorded = timeIn(resource['recordedDate'], context.time);
  const knownMs = Math.max((recorded ?? onset)?.latestMs ?? Infinity, (onset ?? recorded)?.ms ?? Infinity);
  const encounterId = referenceKey(resource['encounter'], 'Encounter');
  return used.map(({ system, code, sets }) => ({
    id,
    system: context.intern(system),
    code: context.intern(code),
    sets,
    encounterId,
    onset,
    abatement,
    recorded,
    told: null,
    knownMs,
  }));
}

function usedCodings(concept: unknown): { system: string; code: string; sets: readonly string[] }[] {
  return codingsOf(concept).flatMap(({ system, code }) => {
    if (system === null || code === null) return [];
    const sets = codeSets().conditionSets(system, code);
    return sets.length === 0 ? [] : [{ system, code, sets }];
  });
}

export function readProcedure(resource: Element, id: string, context: ReadingContext): ProcedureFact[] {
  const encounter = hospitalEncounter(resource, context);
  if (encounter === undefined && referenceKey(resource['encounter'], 'Encounter') !== null) return [];
  if (['entered-in-error', 'not-done', 'preparation'].includes(textOf(resource['status']) ?? 'unknown')) return [];
  const codings = codingsOf(resource['code']);
  const code = countedCode(codings, snomed);
  const sets = setsOf(codings, codeSets().procedureSets);
  if (code === null || (sets.length === 1 && sets[0] === 'administrative_procedure')) return [];
  const start = textOf(resource['performedDateTime']) ?? textOf(elementOf(resource['performedPeriod'])['start']);
  const performed = timeIn(start, context.time);
  return [{ id, code: context.intern(code), sets, encounterId: encounter?.id ?? null, performed }];
}

export function readOrder(resource: Element, context: ReadingContext): OrderFact[] {
  if (textOf(resource['status']) === 'entered-in-error') return [];
  if (['proposal', 'plan'].includes(textOf(resource['intent']) ?? 'order')) return [];
  const authored = timeIn(resource['authoredOn'], context.time);
  if (authored === null) return [];
  const codings = drugCodings(resource);
  const drug = countedCode(codings, rxnorm);
  return [
    {
      drug: drug === null ? null : context.intern(drug),
      sets: setsOf(codings, codeSets().medicationSets),
      authoredMs: authored.ms,
      knownMs: authored.latestMs,
      encounterId: hospitalEncounter(resource, context)?.id ?? null,
    },
  ];
}

/** Of medicationCodeableConcept, or of the contained Medication that medicationReference names (#id). */
function drugCodings(resource: Element): readonly Coding[] {
  const reference = textOf(elementOf(resource['medicationReference'])['reference']);
  const contained = listOf(resource['contained'])
    .map(elementOf)
    .find(({ id }) => reference === `#${textOf(id)}`);
  const named = contained?.['resourceType'] === 'Medication' ? codingsOf(contained['code']) : [];
  return [...codingsOf(resource['medicationCodeableConcept']), ...named];
}

/** One code for a thing with several codings: the first in order of the preferred system, else of any. */
function countedCode(codings: readonly Coding[], preferredSystem: string): string | null {
  const least = (isOf: (coding: Coding) => boolean): string | null =>
    codings.reduce<string | null>((found, coding) => {
      const { code } = coding;
      return code !== null && isOf(coding) && (found === null || code < found) ? code : found;
    }, null);
  return least(({ system }) => system === preferredSystem) ?? least(() => true);
}

function setsOf(codings: readonly Coding[], look: CodeIndex): readonly string[] {
  const found = codings.filter(isComplete).map(({ system, code }) => look(system, code));
  // The look-up's own list where it is the only one: it is shared by every fact of that code.
  return found.length === 1 ? (found[0] as readonly string[]) : [...new Set(found.flat())];
}

export function readObservation(resource: Element, id: string, context: ReadingContext): ObservationFact[] {
  const values: Value[] = [];
  readValues(resource, values);
  for (const component of listOf(resource['component'])) readValues(elementOf(component), values);
  if (values.length === 0) return [];
  if (['cancelled', 'entered-in-error', 'registered'].includes(textOf(resource['status']) ?? 'final')) return [];
  const effective = timeIn(resource['effectiveDateTime'], context.time);
  if (effective === null) return [];
  const issued = timeIn(resource['issued'], context.time);
  const knownMs = Math.max(effective.latestMs, issued?.latestMs ?? effective.latestMs);
  const encounter = hospitalEncounter(resource, context);
  const hospital = encounter !== undefined || referenceKey(resource['encounter'], 'Encounter') === null;
  const encounterId = encounter?.id ?? null;
  return values
    .filter(({ analyte }) => hospital || isLongTermAnalyte(analyte))
    .map(({ analyte, value }) => ({ id, analyte, value, effectiveMs: effective.ms, knownMs, encounterId, hospital }));
}

interface Value {
  readonly analyte: string;
  /** In the catalogue's unit. */
  readonly value: number;
}

/** Adds the values of an observation itself or of one of its components. */
function readValues(part: Element, values: Value[]): void {
  for (const { system, code } of codingsOf(part['code'])) {
    if (system === null || code === null) continue;
    for (const analyte of codeSets().analytes(system, code)) {
      const value = readValue(part, analyte);
      if (value !== null) values.push({ analyte, value });
    }
  }
}

function readValue(part: Element, analyte: string): number | null {
  const quantity = elementOf(part['valueQuantity']);
  const written = quantity['value'];
  const unit = textOf(quantity['code']) ?? textOf(quantity['unit']);
  if (typeof written !== 'number' || unit === null || textOf(quantity['comparator']) !== null) return null;
  const conversion = codeSets().unit(analyte, unit);
  if (conversion === undefined) return null;
  const value = written * conversion.factor + conversion.shift;
  return value >= conversion.low && value <= conversion.high ? value : null;
}

function hospitalEncounter(resource: Element, context: ReadingContext): EncounterFact | undefined {
  const key = referenceKey(resource['encounter'], 'Encounter');
  return key === null ? undefined : context.encounter(key);
}

function isComplete(coding: Coding): coding is { system: string; code: string } {
  return coding.system !== null && coding.code !== null;
}
