/**
 * Records as real servers have them: partial and broken dates, other zones, several codings, references in every form, odd statuses.
 * What is mangled is FHIR in shape, so that both implementations read it; which of it counts is theirs to say.
 */
import { randomStream, type RandomStream } from '../../src/util/random.ts';
import { readTerminology } from '../../src/terminology/index.ts';
import type { Resource } from '../cases/compact.ts';
import { pick } from '../features/hospital.ts';

type Json = Record<string, unknown>;
const { sets } = readTerminology();
const named = (...ends: string[]): string[] =>
  sets.filter(({ name }) => ends.some((end) => name.endsWith(end))).flatMap((set) => set.codes.map(({ code }) => code));
const types = [...named('_admission'), '32485007', '185347001'];
const reasons = named('_reason', 'neoplasm', 'acute_diagnosis', '_list');
/** Every coding of every value set, so that no set goes untried. */
const codings = sets.flatMap(({ codes, prefixes }) => [
  ...codes.map(({ system, code }) => ({ system, code })),
  ...prefixes.map(({ system, prefix }) => ({ system, code: `${prefix.slice(0, 3)}.${prefix.slice(3)}1` })),
]);
const codingsOf = (systems: readonly string[]): Json[] => codings.filter(({ system }) => systems.includes(system));
const sct = 'http://snomed.info/sct';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const icd = 'http://hl7.org/fhir/sid/icd-10-cm';
const loinc = 'http://loinc.org';
const likely: Readonly<Record<string, readonly Json[]>> = {
  Condition: codingsOf([sct, icd]),
  Procedure: codingsOf([sct]),
  MedicationRequest: codingsOf([rxnorm]),
  Observation: codingsOf([loinc]),
};

/** A share of the records changed in one or two ways each. */
export function mangle(resources: readonly Resource[], seed: number): Resource[] {
  const stream = randomStream(seed, 1);
  const encounters = resources.filter(({ resourceType }) => resourceType === 'Encounter');
  return resources.flatMap((resource) => {
    const copy = JSON.parse(JSON.stringify(resource)) as Resource;
    for (let changes = pick(stream, [0, 0, 1, 1, 2]); changes > 0; changes -= 1)
      pick(stream, changesOf(copy.resourceType))(copy, stream);
    if (copy.resourceType === 'Condition' && stream.below(3) === 0) nameEncounter(copy, encounters, stream);
    const hasTwin = (copy.resourceType === 'Observation' || copy.resourceType === 'Encounter') && stream.below(8) === 0;
    return hasTwin ? [copy, twin(copy, stream)] : [copy];
  });
}

/** Says in which of the patient's encounters it was recorded, and now and then nothing of when. */
function nameEncounter(condition: Resource, encounters: readonly Resource[], stream: RandomStream): void {
  const patient = JSON.stringify(condition['subject']);
  const own = encounters.filter(({ subject }) => JSON.stringify(subject) === patient);
  if (own.length === 0) return;
  condition['encounter'] = { reference: `Encounter/${pick(stream, own).id}` };
  if (stream.below(2) === 0) delete condition['onsetDateTime'];
}

type Change = (resource: Resource, stream: RandomStream) => void;

const times: Readonly<Record<string, readonly string[]>> = {
  Patient: ['birthDate', 'deceasedDateTime'],
  Condition: ['onsetDateTime', 'abatementDateTime', 'recordedDate'],
  Procedure: ['performedDateTime'],
  MedicationRequest: ['authoredOn'],
  Observation: ['effectiveDateTime', 'issued'],
};

const changeTime: Change = (resource, stream) => {
  const period = resource['period'] as Json | undefined;
  const holder = period ?? resource;
  const field = pick(stream, period === undefined ? (times[resource.resourceType] ?? []) : ['start', 'end']);
  const text = typeof holder[field] === 'string' ? holder[field] : '2020-06-15T12:00:00Z';
  const day = resource.resourceType === 'Patient';
  const changes: (string | undefined)[] = [
    undefined,
    text.slice(0, 10),
    text.slice(0, 7),
    text.slice(0, 4),
    '2020-13-01',
    `${text.slice(0, 10)} `,
  ];
  if (!day)
    changes.push(`${text.slice(0, 19)}+09:30`, `${text.slice(0, 19)}-11:00`, text.slice(0, 19), `${text.slice(0, 17)}60Z`);
  const changed = pick(stream, changes);
  if (changed === undefined) delete holder[field];
  else holder[field] = changed;
};

const changeStatus: Change = (resource, stream) => {
  const statuses: Readonly<Record<string, readonly string[]>> = {
    Encounter: ['cancelled', 'planned', 'entered-in-error', 'in-progress', 'finished'],
    Procedure: ['not-done', 'preparation', 'entered-in-error', 'stopped'],
    MedicationRequest: ['entered-in-error', 'stopped', 'completed'],
    Observation: ['cancelled', 'entered-in-error', 'registered', 'preliminary', 'amended'],
  };
  if (resource.resourceType === 'Condition') {
    resource['verificationStatus'] = { coding: [{ code: pick(stream, ['refuted', 'entered-in-error', 'provisional']) }] };
  } else resource['status'] = pick(stream, statuses[resource.resourceType] ?? ['active']);
};

const changeReference: Change = (resource, stream) => {
  // Whose a procedure is that names an encounter of one patient and another patient, no definition says.
  const field = pick(stream, resource.resourceType === 'Procedure' ? ['encounter'] : ['subject', 'encounter']);
  const reference = (resource[field] as Json | undefined)?.['reference'];
  if (typeof reference !== 'string') return;
  resource[field] = pick<Json | undefined>(stream, [
    { reference: `https://example.org/fhir/${reference}` },
    { reference: `${reference}/_history/3` },
    { reference: `http://example.org/${reference}/_history/a` },
    { reference: `urn:uuid:${reference.split('/')[1] ?? ''}` },
    { reference: `#${reference}` },
    { reference: 'Patient?identifier=7' },
    { reference: `Group/${reference.split('/')[1] ?? ''}` },
    { identifier: { value: '7' } },
    undefined,
  ]);
};

const changeCodings: Change = (resource, stream) => {
  const name = resource.resourceType === 'MedicationRequest' ? 'medicationCodeableConcept' : 'code';
  const concept = resource[name] as { coding: Json[] } | undefined;
  const [first] = concept?.coding ?? [];
  if (concept === undefined || first === undefined) return;
  const other = pick<Json>(stream, [
    { system: icd, code: pick(stream, ['I50.9', 'i109', 'E11.22', 'J44.1', 'F32.9']) },
    { system: sct, code: pick(stream, ['88805009', '73438004', '370143000', '710824005', '232717009']) },
    { system: rxnorm, code: pick(stream, ['855332', '1049221']) },
    ...Array.from({ length: 6 }, () => pick(stream, likely[resource.resourceType] ?? [])),
    { code: '88805009' },
    { system: sct },
  ]);
  concept.coding = pick(stream, [[first, other], [other, first], [other], [{ ...first, system: undefined }], []]);
  if (resource.resourceType !== 'MedicationRequest') return;
  const [reference, resourceType] = pick(stream, [
    ...Array<[string, string]>(6).fill(['', '']),
    ...Array<[string, string]>(3).fill(['#drug', 'Medication']),
    ['#other', 'Medication'],
    ['#drug', 'Substance'],
    ['Medication/drug', 'Medication'],
  ]);
  if (reference === '') return;
  delete resource['medicationCodeableConcept'];
  resource['medicationReference'] = { reference };
  resource['contained'] = [{ resourceType, id: 'drug', code: concept }];
};

const changeEncounter: Change = (resource, stream) => {
  pick(stream, [
    () => void (resource['class'] = { code: pick(stream, ['IMP', 'ACUTE', 'NONAC', 'OBSENC', 'SS', 'EMER', 'AMB']) }),
    () => void (resource['type'] = [{ coding: [{ system: sct, code: pick(stream, types) }] }]),
    () =>
      void (resource['type'] = [
        { coding: [{ system: icd, code: 'x' }] },
        { coding: [{ system: sct, code: pick(stream, types) }] },
      ]),
    () =>
      void (resource['reasonCode'] = [
        {
          coding: [
            { system: icd, code: 'I50.9' },
            { system: sct, code: '185086009' },
          ],
        },
      ]),
    () => void (resource['reasonCode'] = [{ coding: [{ system: sct, code: pick(stream, reasons) }] }]),
    () => void delete resource['reasonCode'],
    () => void (resource['serviceProvider'] = { identifier: { value: 'north' } }),
    () => void delete resource['serviceProvider'],
    () =>
      void (resource['reasonCode'] = [
        { coding: [{ system: icd, code: pick(stream, ['j18.9', 'I50.9', 'Z50.1', 'F20.0', 'C34.9']) }] },
      ]),
    () => void (resource['priority'] = { coding: [{ code: pick(stream, ['EM', 'UR', 'EL', 'R', '1', '3', 'CR']) }] }),
    () =>
      void (resource['hospitalization'] = {
        dischargeDisposition: { coding: [{ display: 'no code' }, { code: pick(stream, ['20', '07', '02', 'exp', 'home']) }] },
      }),
  ])();
};

const changePatient: Change = (resource, stream) => {
  pick(stream, [
    () => void (resource['deceasedBoolean'] = true),
    () => void (resource['deceasedDateTime'] = pick(stream, ['2020', '2020-11', '2021-03-04', '2020-10-01T10:00:00Z'])),
    () => void (resource['gender'] = 'other'),
    () => void delete resource['birthDate'],
    () => void (resource['birthDate'] = pick(stream, ['2004', '2003-02', '1890-01-01', '2030-01-01'])),
  ])();
};

const changeValue: Change = (resource, stream) => {
  const quantity = resource['valueQuantity'] as Json | undefined;
  if (quantity === undefined) return;
  pick(stream, [
    () => void (quantity['comparator'] = '<'),
    () => void (quantity['value'] = pick(stream, [0, -3, 1e6, 12.345678])),
    () => void (quantity['code'] = pick(stream, ['g/L', 'mg/dL', 'umol/L', 'Cel', 'furlong'])),
    () => void delete quantity['code'],
    () => {
      delete quantity['code'];
      delete quantity['unit'];
    },
    () => {
      delete resource['valueQuantity'];
      resource['valueCodeableConcept'] = { coding: [{ system: sct, code: '449868002' }] };
    },
    () => {
      // A panel: the value stands in a component, beside one of another analyte.
      const code = resource['code'];
      resource['code'] = { coding: [{ system: loinc, code: '85354-9' }] };
      const pressure = { code: { coding: [{ system: loinc, code: '8480-6' }] }, valueQuantity: { value: 121, code: 'mm[Hg]' } };
      resource['component'] = [{ code, valueQuantity: quantity }, pressure];
      delete resource['valueQuantity'];
    },
  ])();
};

function changesOf(type: string): readonly Change[] {
  if (type === 'Patient') return [changePatient, changeTime];
  if (type === 'Encounter') return [changeEncounter, changeEncounter, changeTime, changeStatus, changeReference];
  if (type === 'Observation') return [changeValue, changeValue, changeTime, changeStatus, changeReference, changeCodings];
  return [changeTime, changeStatus, changeReference, changeCodings];
}

/** Another value, or another encounter, of the same time. */
function twin(resource: Resource, stream: RandomStream): Resource {
  if (resource.resourceType === 'Encounter') return { ...resource, id: `${resource.id}-twin${stream.below(1e9)}` };
  const quantity = resource['valueQuantity'] as Json | undefined;
  const value = typeof quantity?.['value'] === 'number' ? quantity['value'] + stream.uniform() : undefined;
  return {
    ...resource,
    id: `${resource.id}-twin${stream.below(1e9)}`,
    ...(quantity === undefined ? {} : { valueQuantity: { ...quantity, value } }),
  };
}
