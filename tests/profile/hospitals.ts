/**
 * Two made-up hospitals whose records look nothing like Synthea's: a German one with local classes, contact levels and ICD-10-GM, and an
 * American one with private class codes, two codings a diagnosis and medications by reference. Names and free text stand in them so that a
 * test can look for them.
 */
import type { Resource } from '../cases/compact.ts';

/** Text that no profile may show. */
export const secrets = [
  'Musterfrau',
  'Zweitname',
  '1947-03-09',
  'Hauptstrasse',
  'MRN-0042',
  'seltene Diagnose',
  'note about the patient',
];

const person = (n: number): Record<string, unknown> => ({
  name: [{ family: 'Musterfrau', given: ['Zweitname'] }],
  identifier: [{ system: 'https://hospital.example/mrn', value: `MRN-00${42 + n}` }],
  address: [{ line: ['Hauptstrasse 1'] }],
  birthDate: n === 0 ? '1947-03-09' : `19${40 + n}-05-01`,
  gender: n % 2 === 0 ? 'female' : 'male',
  text: { status: 'generated', div: '<div>note about the patient</div>' },
});
const day = (n: number, hour = 8): string =>
  `2021-${String(1 + (n % 9)).padStart(2, '0')}-03T${String(hour).padStart(2, '0')}:00:00+01:00`;
const to = (type: string, id: string): object => ({ reference: `${type}/${id}` });

const levels = 'http://fhir.de/CodeSystem/Kontaktebene';
const fallart = 'https://kis.example/fhir/fallart';
const dispositionSystem = 'http://fhir.de/CodeSystem/dkgev/EntlassungsgrundErsteUndZweiteStelle';

export function germanHospital(patients = 12): Resource[] {
  return Array.from({ length: patients }, (_, n) => germanPatient(n)).flat();
}

function germanPatient(n: number): Resource[] {
  const subject = to('Patient', `p${n}`);
  const encounter = (id: string, level: string, code: string, display: string, rest: object): Resource => ({
    resourceType: 'Encounter',
    id: `${id}${n}`,
    status: 'finished',
    class: { system: fallart, code, display },
    type: [{ coding: [{ system: levels, code: level }] }],
    subject,
    ...rest,
  });
  const stay = {
    period: { start: day(n), end: day(n, 20).replace('-03T', '-09T') },
    identifier: [{ system: 'https://kis.example/fallnummer', value: `F${n}` }],
    hospitalization: {
      dischargeDisposition: {
        extension: [
          {
            url: 'http://fhir.de/StructureDefinition/Entlassungsgrund',
            extension: [
              {
                url: 'ErsteUndZweiteStelle',
                valueCoding: { system: dispositionSystem, code: '01', display: 'Behandlung regulär beendet' },
              },
              {
                url: 'DritteStelle',
                valueCoding: { system: 'http://fhir.de/CodeSystem/dkgev/EntlassungsgrundDritteStelle', code: '9' },
              },
            ],
          },
        ],
      },
    },
    diagnosis: [{ condition: to('Condition', `c${n}`), use: { coding: [{ code: 'DD' }] } }],
  };
  const icd = (id: string, code: string, text: string): Resource => ({
    resourceType: 'Condition',
    id: `${id}${n}`,
    subject,
    encounter: to('Encounter', `fall${n}`),
    code: {
      coding: [{ system: 'https://kis.example/icd10gm', version: '2021', code, display: text }],
      text: 'note about the patient',
    },
  });
  return [
    { resourceType: 'Patient', id: `p${n}`, ...person(n) },
    encounter('fall', 'einrichtungskontakt', 'VS', 'Vollstationär', stay),
    encounter('abteilung', 'abteilungskontakt', 'VS', 'Vollstationär', {
      period: stay.period,
      partOf: to('Encounter', `fall${n}`),
    }),
    encounter('ambulanz', 'einrichtungskontakt', 'X9', 'Sprechstunde', { period: { start: '2021-12-03', end: '2021-12-03' } }),
    icd('c', 'I50.01', 'Primäre Rechtsherzinsuffizienz'),
    icd('d', 'E11.90', 'Diabetes mellitus, Typ 2'),
    ...(n === 0 ? [icd('s', 'E75.2', 'seltene Diagnose')] : []),
    {
      resourceType: 'Observation',
      id: `hb${n}`,
      status: 'final',
      subject,
      encounter: to('Encounter', `fall${n}`),
      code: { coding: [{ system: 'http://loinc.org', code: '718-7', display: 'Hemoglobin' }] },
      effectiveDateTime: day(n, 10),
      valueQuantity: { value: 7.4, unit: 'mval' },
    },
    {
      resourceType: 'Observation',
      id: `crp${n}`,
      status: 'final',
      subject,
      code: { coding: [{ system: 'http://loinc.org', code: '1988-5', display: 'CRP' }] },
      effectiveDateTime: day(n, 10),
      valueQuantity: { value: 12, unit: 'mg/L', code: 'mg/L' },
    },
    {
      resourceType: 'Procedure',
      id: `op${n}`,
      status: 'completed',
      subject,
      encounter: to('Encounter', `fall${n}`),
      code: { coding: [{ system: 'http://fhir.de/CodeSystem/bfarm/ops', code: '5-361.03' }] },
      performedDateTime: day(n, 12),
    },
    {
      resourceType: 'MedicationRequest',
      id: `m${n}`,
      status: 'active',
      intent: 'order',
      subject,
      medicationCodeableConcept: { coding: [{ system: 'http://fhir.de/CodeSystem/bfarm/atc', code: 'C03CA01' }] },
      authoredOn: day(n, 9),
    },
  ];
}

const epic = 'urn:oid:1.2.840.114350';

export function americanHospital(patients = 12): Resource[] {
  return Array.from({ length: patients }, (_, n) => americanPatient(n)).flat();
}

function americanPatient(n: number): Resource[] {
  const subject = to('Patient', `p${n}`);
  const encounter = (id: string, code: string, display: string, rest: object): Resource => ({
    resourceType: 'Encounter',
    id: `${id}${n}`,
    status: 'finished',
    class: { system: `${epic}.1.72.1.7.7.10.696784.13260`, code, display },
    subject,
    ...rest,
  });
  return [
    { resourceType: 'Patient', id: `p${n}`, ...person(n), ...(n === 1 ? { deceasedBoolean: true } : {}) },
    encounter('ed', '3', 'Emergency', { period: { start: day(n, 5), end: day(n, 8) } }),
    encounter('ip', '4', 'Inpatient', {
      period: { start: day(n, 8), end: day(n, 20).replace('-03T', '-06T') },
      hospitalization: {
        dischargeDisposition: {
          coding: [{ system: `${epic}.1.13.0.1.7.4.698084.18888`, code: '7', display: 'Expired in hospital' }],
        },
      },
      reasonCode: [
        {
          coding: [{ system: 'http://snomed.info/sct', code: '233604007', display: 'Pneumonia' }],
          text: 'note about the patient',
        },
      ],
    }),
    encounter('phone', '50', 'Telephone note', { period: { start: '2021-12-03T10:00:00Z', end: '2021-12-03T10:10:00Z' } }),
    {
      resourceType: 'Condition',
      id: `c${n}`,
      subject,
      recordedDate: '2019-04-01',
      verificationStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
      },
      code: {
        coding: [
          { system: 'http://snomed.info/sct', code: '13645005', display: 'COPD' },
          { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J44.9', display: 'COPD' },
          { system: `${epic}.1.13.0.1.7.2.696871`, code: `${1000 + n}`, display: 'COPD' },
        ],
      },
    },
    {
      resourceType: 'Observation',
      id: `na${n}`,
      status: 'final',
      subject,
      encounter: to('Encounter', `ip${n}`),
      code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.6.1', code: '2951-2' }] },
      effectiveDateTime: day(n, 10),
      issued: day(n, 11),
      valueQuantity: { value: 130 + n, unit: 'mmol/L' },
    },
    {
      resourceType: 'MedicationRequest',
      id: `m${n}`,
      status: 'active',
      intent: 'order',
      subject,
      medicationReference: to('Medication', `med${n}`),
      authoredOn: day(n, 9),
    },
  ];
}
