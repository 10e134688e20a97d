/** The shipped views: their columns, one patient's resources by hand, and the README that describes them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import { compileView, flatTableSql, jsonSource, readJsonSource, readViews, timeColumns } from '../../src/views/index.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

const views = readViews();
const patient = { subject: { reference: 'Patient/p1' }, encounter: { reference: 'http://h/fhir/Encounter/e1/_history/3' } };
const snomed = (code: string, display?: string): Record<string, unknown> => ({
  system: 'http://snomed.info/sct',
  code,
  ...(display && { display }),
});
const us = (name: string, code: string): Record<string, unknown> => ({
  url: `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`,
  extension: [
    { url: 'text', valueString: 'x' },
    { url: 'ombCategory', valueCoding: { code } },
  ],
});

const RESOURCES: readonly Record<string, unknown>[] = [
  {
    ...{ resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1950', deceasedDateTime: '2021-03-05', active: true },
    extension: [us('race', '2106-3'), us('ethnicity', '2186-5')],
  },
  {
    ...{ resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'IMP' }, subject: { reference: 'Patient/p1' } },
    type: [{ coding: [{ system: 'local', code: 'L' }] }, { coding: [snomed('1', 'one')] }],
    reasonCode: [{ coding: [snomed('2'), snomed('3', 'three')] }],
    period: { start: '2020-01-01T10:00:00Z', end: '2020-01-03T10:00:00+01:00' },
    hospitalization: { dischargeDisposition: { coding: [{ code: '01' }] } },
    serviceProvider: { identifier: { value: 'org-7' } },
    partOf: { reference: 'Encounter/e0' },
    reasonReference: [{ reference: 'Observation/o1' }, { reference: 'Condition/c2' }],
    diagnosis: [
      { condition: { reference: 'Condition/c3' }, use: { coding: [{ code: 'AD' }] }, rank: 1 },
      { condition: { reference: 'Condition/c1' }, rank: 1 },
    ],
  },
  {
    ...{
      resourceType: 'Condition',
      id: 'c1',
      ...patient,
      code: { coding: [snomed('44054006', 'Diabetes'), { system: 'icd', code: 'E11' }] },
    },
    clinicalStatus: { coding: [{ code: 'active' }] },
    verificationStatus: { coding: [{ code: 'confirmed' }] },
    category: [{ coding: [{ code: 'encounter-diagnosis' }] }],
    ...{ onsetDateTime: '2019-05', recordedDate: '2020-01-01T11:00:00Z' },
  },
  {
    ...{
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      ...patient,
      code: { coding: [{ system: 'loinc', code: '718-7' }] },
    },
    ...{ effectiveDateTime: '2020-01-02T08:00:00Z', issued: '2020-01-02T09:00:00.065Z' },
    valueQuantity: { value: 11.2, unit: 'grams', code: 'g/dL', comparator: '<' },
  },
  {
    ...{
      resourceType: 'Observation',
      id: 'o2',
      status: 'final',
      ...patient,
      code: { coding: [{ system: 'loinc', code: '85354-9' }] },
    },
    component: [
      { code: { coding: [{ system: 'loinc', code: '8480-6' }] }, valueQuantity: { value: 120, unit: 'mmHg' } },
      { code: { coding: [{ system: 'loinc', code: 'x' }] }, valueCodeableConcept: { coding: [{ code: 'yes' }] } },
    ],
  },
  {
    resourceType: 'Observation',
    id: 'o3',
    status: 'final',
    code: { text: 'no coding' },
    valueCodeableConcept: { coding: [{ display: 'd' }, { code: 'LA1' }] },
  },
  {
    resourceType: 'Procedure',
    id: 'r1',
    status: 'completed',
    ...patient,
    code: { coding: [snomed('5')] },
    performedPeriod: { start: '2020-01-01T12:00:00Z', end: '2020-01-01T13:00:00Z' },
  },
  {
    resourceType: 'Procedure',
    id: 'r2',
    status: 'completed',
    ...patient,
    code: { coding: [snomed('6')] },
    performedDateTime: '2020-01-02',
  },
  {
    resourceType: 'MedicationRequest',
    id: 'm1',
    status: 'active',
    intent: 'order',
    ...patient,
    authoredOn: '2020-01-02T08:00:00Z',
    medicationCodeableConcept: { coding: [{ system: 'rx', code: '9', display: 'nine' }] },
  },
  {
    resourceType: 'MedicationRequest',
    id: 'm2',
    status: 'active',
    intent: 'order',
    ...patient,
    medicationReference: { reference: '#m' },
  },
  {
    resourceType: 'MedicationRequest',
    id: 'm3',
    status: 'active',
    intent: 'order',
    ...patient,
    authoredOn: '2020-01-03T08:00:00Z',
    medicationReference: { reference: '#m' },
    contained: [
      { resourceType: 'Medication', id: 'other', code: { coding: [{ system: 'rx', code: '0' }] } },
      {
        resourceType: 'Medication',
        id: 'm',
        code: {
          coding: [
            { system: 'rx', code: '10' },
            { system: 'atc', code: 'A10' },
          ],
        },
      },
    ],
  },
];

const KEYS = { patient_id: 'Patient/p1', encounter_id: 'Encounter/e1' };
const EXPECTED: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  patient: [
    {
      ...{ patient_id: 'Patient/p1', gender: 'female', birth_date: '1950', deceased: '2021-03-05', deceased_flag: null },
      ...{ race: '2106-3', ethnicity: '2186-5', active: true },
    },
  ],
  encounter: [
    {
      ...{
        encounter_id: 'Encounter/e1',
        patient_id: 'Patient/p1',
        status: 'finished',
        class_code: 'IMP',
        type_code: '1',
        type_display: 'one',
      },
      ...{
        reason_system: 'http://snomed.info/sct',
        reason_code: '2',
        reason_display: null,
        period_start: '2020-01-01T10:00:00Z',
        period_end: '2020-01-03T10:00:00+01:00',
      },
      ...{ disposition_code: '01', service_provider: 'org-7', part_of_id: 'Encounter/e0' },
      ...{ reason_condition_id: 'Condition/c2', diagnosis_condition_id: 'Condition/c1' },
    },
  ],
  condition: [
    { system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes' },
    { system: 'icd', code: 'E11', display: null },
  ].map((coding) => ({
    ...{
      condition_id: 'Condition/c1',
      ...KEYS,
      clinical_status: 'active',
      verification_status: 'confirmed',
      category: 'encounter-diagnosis',
    },
    ...{ onset: '2019-05', abatement: null, recorded: '2020-01-01T11:00:00Z', ...coding },
  })),
  observation: [
    {
      ...{ observation_id: 'Observation/o1', ...KEYS, effective: '2020-01-02T08:00:00Z', issued: '2020-01-02T09:00:00.065Z' },
      ...{ value: 11.2, unit: 'g/dL', comparator: '<', value_code: null, system: 'loinc', code: '718-7' },
    },
    { observation_id: 'Observation/o2', ...KEYS, value: null, unit: null, value_code: null, system: 'loinc', code: '85354-9' },
    { observation_id: 'Observation/o2', ...KEYS, value: 120, unit: 'mmHg', value_code: null, system: 'loinc', code: '8480-6' },
    { observation_id: 'Observation/o2', ...KEYS, value: null, unit: null, value_code: 'yes', system: 'loinc', code: 'x' },
    {
      observation_id: 'Observation/o3',
      patient_id: null,
      encounter_id: null,
      value: null,
      unit: null,
      value_code: 'LA1',
      system: null,
      code: null,
    },
  ].map((row) => ({ effective: null, issued: null, comparator: null, status: 'final', ...row })),
  procedure: [
    { procedure_id: 'Procedure/r1', code: '5', performed_start: '2020-01-01T12:00:00Z', performed_end: '2020-01-01T13:00:00Z' },
    { procedure_id: 'Procedure/r2', code: '6', performed_start: '2020-01-02', performed_end: null },
  ].map((row) => ({ ...KEYS, status: 'completed', system: 'http://snomed.info/sct', display: null, ...row })),
  medication_request: [
    { medication_request_id: 'MedicationRequest/m1', authored: '2020-01-02T08:00:00Z', system: 'rx', code: '9', display: 'nine' },
    { medication_request_id: 'MedicationRequest/m2', authored: null, system: null, code: null, display: null },
    { medication_request_id: 'MedicationRequest/m3', authored: '2020-01-03T08:00:00Z', system: 'rx', code: '10', display: null },
    {
      medication_request_id: 'MedicationRequest/m3',
      authored: '2020-01-03T08:00:00Z',
      system: 'atc',
      code: 'A10',
      display: null,
    },
  ].map((row) => ({ ...KEYS, status: 'active', intent: 'order', ...row })),
};

let duck: DuckDBConnection;
let folder: string;
beforeAll(async () => {
  duck = await openDuck();
  folder = mkdtempSync(join(tmpdir(), 'shipped-views-'));
  writeFileSync(join(folder, 'all.ndjson'), RESOURCES.map((resource) => JSON.stringify(resource)).join('\n'));
  await duck.run('CREATE TABLE held (json VARCHAR)');
  for (const resource of RESOURCES) await duck.run('INSERT INTO held VALUES ($1)', [JSON.stringify(resource)]);
});
afterAll(() => {
  duck.closeSync();
  rmSync(folder, { recursive: true });
});

test('six views, in a stable order', () => {
  expect(views.map((view) => view.name)).toEqual(Object.keys(EXPECTED));
});

test.each(views)('$name: rows by hand, from files and from a table alike', async (definition) => {
  const view = compileView(definition);
  const rows = await rowsOf(duck, view.select(readJsonSource(view, [join(folder, 'all.ndjson')])));
  const expected = EXPECTED[view.name] ?? [];
  expect(rows.length).toBe(expected.length);
  expect(rows).toEqual(expect.arrayContaining([...expected]));
  expect(await rowsOf(duck, view.select(jsonSource(view, 'held', 'json')))).toEqual(rows);
});

test.each(views)('$name: flat tables from files and from a table are equal', async (definition) => {
  const view = compileView(definition);
  const fromFiles = await rowsOf(duck, flatTableSql(view, readJsonSource(view, [join(folder, 'all.ndjson')])));
  expect(fromFiles.length).toBeGreaterThan(0);
  expect(await rowsOf(duck, flatTableSql(view, jsonSource(view, 'held', 'json')))).toEqual(fromFiles);
  const times = timeColumns(view).map((name) => `${name}_ms`);
  expect(Object.keys(fromFiles[0] ?? {})).toEqual(expect.arrayContaining(times));
});

test.each(views)('$name: every column has a type and a description, and stands in the README', (definition) => {
  const readme = readFileSync(new URL('../../src/views/README.md', import.meta.url), 'utf8');
  const section = readme.split(/^### /m).find((part) => part.startsWith(`${definition.name}\n`)) ?? '';
  const columns =
    JSON.stringify(definition.select)
      .match(/"name":"(\w+)"/g)
      ?.map((text) => text.slice(8, -1)) ?? [];
  expect(columns.length).toBeGreaterThan(5);
  for (const column of columns) expect(section).toContain(`\`${column}\``);
  const compiled = compileView(definition);
  for (const { name } of compiled.columns)
    expect(JSON.stringify(definition.select)).toMatch(new RegExp(`"name":"${name}","path":[^}]*"type":"\\w+","description":"`));
});
