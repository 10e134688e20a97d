/** A hospital of three patients, small enough to know by heart: the landing folder that the server tests serve. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLandingFile, writeManifest, type LandingFile } from '../../../src/fhir/landing.ts';

export type Resource = { resourceType: string; id: string } & Record<string, unknown>;

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const sct = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const concept = (system: string, code: string): object => ({ coding: [{ system, code }] });
const to = (reference: string): object => ({ reference });

export const patients: Resource[] = [
  {
    resourceType: 'Patient',
    id: 'ann',
    meta: { versionId: '3', lastUpdated: '2024-05-01T10:00:00.000Z' },
    identifier: [{ system: 'urn:mrn', value: 'A,1' }, { value: 'bare' }],
    name: [{ family: 'Ångström "A" \\ 𝄞' }],
    gender: 'female',
    birthDate: '1950-02',
    generalPractitioner: [to('Practitioner/gp')],
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    identifier: [{ system: 'urn:mrn', value: 'B1' }],
    gender: 'male',
    birthDate: '1949-07-01',
    active: true,
  },
  {
    resourceType: 'Patient',
    id: 'cyd',
    gender: 'male',
    birthDate: '1960',
    link: [{ other: to('Patient/bob'), type: 'seealso' }],
  },
];

export const encounters: Resource[] = [
  encounter('e1', 'ann', 'IMP', '2020-01-30T08:00:00Z', '2020-02-03T12:00:00Z', '2024-01-01T00:00:00Z'),
  encounter('e2', 'ann', 'AMB', '2020-02-10T09:00:00-05:00', '2020-02-10T09:30:00-05:00', '2024-01-03T00:00:00Z'),
  encounter('e3', 'bob', 'EMER', '2020-02-10T15:00:00+01:00', '2020-02-10T18:00:00+01:00', '2024-01-02T00:00:00Z'),
  encounter('e4', 'bob', 'IMP', '2021-03-01', undefined, '2024-01-04T00:00:00Z'),
  { ...encounter('e5', 'cyd', 'IMP', '', '', '2024-01-05T00:00:00Z'), period: undefined },
];

export const conditions: Resource[] = [
  {
    resourceType: 'Condition',
    id: 'c1',
    code: concept(sct, '84114007'),
    subject: to('Patient/ann'),
    encounter: to('Encounter/e1'),
    onsetDateTime: '2018',
  },
  {
    resourceType: 'Condition',
    id: 'c2',
    code: concept(sct, '38341003'),
    subject: to('Patient/ann'),
    encounter: to('Encounter/e2'),
    recordedDate: '2020-02-10',
  },
  {
    resourceType: 'Condition',
    id: 'c3',
    code: concept('urn:local', '38341003'),
    subject: to('Patient/bob'),
    encounter: to('Encounter/e3'),
  },
  {
    resourceType: 'Condition',
    id: 'c4',
    code: { coding: [{ code: '38341003' }] },
    subject: to('Patient/ghost'),
    encounter: to('Encounter/none'),
  },
];

export const observations: Resource[] = [
  observation('o1', 'Patient/ann', 'e1', { effectiveDateTime: '2020-01-31T06:00:00Z' }),
  observation('o2', 'Patient/ann', 'e1', { effectivePeriod: { start: '2020-02-01', end: '2020-02-02' } }),
  observation('o3', 'Patient/ann', undefined, { effectiveDateTime: '2020-02' }),
  observation('o4', 'Patient/bob', 'e3', { effectiveInstant: '2020-02-10T14:30:00.500Z' }),
  observation('o5', 'Group/g1', undefined, { effectiveTiming: { event: ['2020-03-01', '2020-03-05'] } }),
  observation('o6', 'https://source.example/fhir/Patient/cyd/_history/2', undefined, {}),
];

export const others: Resource[] = [
  { resourceType: 'Organization', id: 'h1', name: 'Hospital' },
  { resourceType: 'Practitioner', id: 'gp', active: true },
];

function encounter(
  id: string,
  patient: string,
  code: string,
  start: string,
  end: string | undefined,
  lastUpdated: string,
): Resource {
  return {
    resourceType: 'Encounter',
    id,
    meta: { lastUpdated },
    status: end === undefined ? 'in-progress' : 'finished',
    class: { system: actCode, code },
    subject: to(`Patient/${patient}`),
    period: { start, ...(end === undefined ? {} : { end }) },
    serviceProvider: to('Organization/h1'),
    participant: [{ individual: to('Practitioner/gp') }, { individual: to('Practitioner?identifier=npi|1') }],
  };
}

function observation(id: string, subject: string, stay: string | undefined, effective: object): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: concept(loinc, '2951-2'),
    subject: to(subject),
    ...(stay === undefined ? {} : { encounter: to(`Encounter/${stay}`) }),
    ...effective,
    valueQuantity: { value: 139, unit: 'mmol/L' },
  };
}

/** Writes resources of any types; types keep the order in which they come. Procedure is covered, and there is none. */
export async function writeLanding(resources: readonly Resource[], lines?: Record<string, readonly string[]>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'fhir-server-'));
  const byType = new Map<string, string[]>();
  for (const resource of resources)
    byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), JSON.stringify(resource)]);
  for (const [type, extra] of Object.entries(lines ?? {})) byType.set(type, [...(byType.get(type) ?? []), ...extra]);
  const files: LandingFile[] = [];
  for (const [type, texts] of byType) {
    // Two files a type, one of them compressed: the server must not care.
    files.push(await writeLandingFile(dir, type, texts.slice(0, 2), { part: 0 }));
    files.push(await writeLandingFile(dir, type, texts.slice(2), { part: 1, gzip: true }));
  }
  await writeManifest(dir, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'fhir-search', url: 'https://source.example/fhir', description: 'made by hand' },
    transactionTime: '2024-06-01T00:00:00Z',
    synthetic: true,
    coverage: { types: [...byType.keys(), 'Procedure'], from: null },
    files,
  });
  return dir;
}

export const smallHospital: Resource[] = [...patients, ...encounters, ...conditions, ...observations, ...others];
