/** Comorbidity from ICD-10 codes one patient at a time: the reference's figures, and nothing left over for the next patient. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCohortDefinition } from '../../src/cohort/index.ts';
import { selectFeatures } from '../../src/features/index.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { PatientWarehouse } from '../../src/scoring/patient-warehouse.ts';
import { expand, type Resource } from '../cases/compact.ts';

interface GoldenCase {
  readonly codes: readonly string[];
  readonly charlson_index: number;
  readonly elixhauser_index: number;
}
const golden = new URL('../features/golden/comorbidity.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: GoldenCase[] };
const features = selectFeatures('charlson_index,elixhauser_index,active_conditions,reason_heart_failure');
const icd = 'http://hl7.org/fhir/sid/icd-10-cm';

let warehouse: PatientWarehouse;
beforeAll(async () => {
  warehouse = await PatientWarehouse.open(readCohortDefinition('all-adult'), features, settleMapping(standardMapping, true));
});
afterAll(() => warehouse.close());

const stay = 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z';

function valuesOf(records: readonly (string | Resource)[]): Record<string, number> {
  const resources = new Map<string, Resource[]>();
  for (const resource of expand(records)) {
    resources.set(resource.resourceType, [...(resources.get(resource.resourceType) ?? []), resource]);
  }
  const request = { resources, encounterId: 'Encounter/a', asOf: undefined };
  const values = warehouse.read(request, (answer) => Array.from(answer.stay?.values ?? []));
  return Object.fromEntries(features.features.map(({ name }, c) => [name, values[c] ?? Number.NaN]));
}

describe('one patient with ICD-10 codes', () => {
  it('has the reference’s indices, patient after patient', () => {
    const some = cases.slice(0, 120);
    const found = some.map(({ codes }) =>
      valuesOf([stay, ...codes.map((code, c) => `Condition c${c} code=${code} system=${icd} recorded=2018-01-01`)]),
    );
    expect(found.map((row) => [row['charlson_index'], row['elixhauser_index'], row['active_conditions']])).toEqual(
      some.map((entry) => [entry.charlson_index, entry.elixhauser_index, new Set(entry.codes).size]),
    );
  });

  it('leaves nothing for a patient without any', () => {
    expect(valuesOf([stay, `Condition c code=C78.0 system=${icd} recorded=2018-01-01`])['charlson_index']).toBe(6);
    expect(valuesOf([stay])).toMatchObject({ charlson_index: 0, active_conditions: 0 });
  });

  it('has the group of a reason coded in ICD-10', () => {
    const encounter = expand([stay]).find(({ resourceType }) => resourceType === 'Encounter') as Resource;
    const withReason = (code: string): Resource => ({ ...encounter, reasonCode: [{ coding: [{ system: icd, code }] }] });
    expect(valuesOf([withReason('I50.9')])['reason_heart_failure']).toBe(1);
    expect(valuesOf([withReason('J18.9')])['reason_heart_failure']).toBe(0);
  });
});
