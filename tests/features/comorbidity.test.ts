/**
 * Comorbidity from ICD-10 codes against an independent implementation (scripts/golden/comorbidity.py), and from several codings of one thing.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FeatureMatrix } from '../../src/features/index.ts';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { emptyWarehouse, featuresOf, matrixOf, rowOf } from './matrix-of.ts';

interface GoldenCase {
  readonly codes: readonly string[];
  readonly charlson: readonly string[];
  readonly charlson_index: number;
  readonly elixhauser: readonly string[];
  readonly elixhauser_index: number;
}
const { cases } = JSON.parse(readFileSync(new URL('./golden/comorbidity.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};
const editions = [
  'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://fhir.de/CodeSystem/bfarm/icd-10-gm',
];

let warehouse: Warehouse;
let matrix: FeatureMatrix;

beforeAll(async () => {
  warehouse = await emptyWarehouse();
  const lines = cases.flatMap(({ codes }, n) => [
    `Patient p${n} born=1950-06-15`,
    `IMP s${n} 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z of=p${n}`,
    ...codes.map((code, c) => `Condition c${n}x${c} of=p${n} code=${code} system=${editions[(n + c) % 3]} recorded=2018-01-01`),
  ]);
  matrix = await matrixOf(warehouse, expand(lines), { features: 'comorbidity' });
}, 60_000);
afterAll(() => warehouse.close());

const flags = (features: Record<string, number>, prefix: string): string[] =>
  Object.keys(features)
    .filter((name) => name.startsWith(prefix) && !name.endsWith('_index') && features[name] === 1)
    .map((name) => name.slice(prefix.length))
    .sort();

/** The reference leaves a category out where a graver one dominates it; the flags keep both. */
const dominated: Readonly<Record<string, string>> = {
  msld: 'mld',
  diabwc: 'diab',
  metacanc: 'canc',
  hypc: 'hypunc',
};
const silenced = (categories: readonly string[]): string[] => {
  const gone = new Set(categories.map((category) => dominated[category]));
  return categories.filter((category) => !gone.has(category));
};

describe('ICD-10', () => {
  it('has a case for every Charlson category and enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    const named = new Set(cases.flatMap(({ charlson }) => charlson));
    expect([...named].sort()).toEqual(
      Object.keys(rowOf(matrix, 's0'))
        .filter((name) => name.startsWith('charlson_') && name !== 'charlson_index')
        .map((name) => name.slice('charlson_'.length))
        .sort(),
    );
    expect(new Set(cases.flatMap(({ elixhauser }) => elixhauser)).size).toBe(31);
  });

  it('gives the reference’s Charlson categories and index', () => {
    const found = cases.map((_, n) => rowOf(matrix, `s${n}`));
    expect(found.map((row) => silenced(flags(row, 'charlson_')))).toEqual(cases.map(({ charlson }) => charlson));
    expect(found.map((row) => row['charlson_index'])).toEqual(cases.map((golden) => golden.charlson_index));
  });

  it('gives the reference’s Elixhauser index, and every category of it that has a flag', () => {
    const found = cases.map((_, n) => rowOf(matrix, `s${n}`));
    const flagged = new Set(Object.keys(found[0] ?? {}).map((name) => name.replace('elixhauser_', '')));
    expect(found.map((row) => row['elixhauser_index'])).toEqual(cases.map((golden) => golden.elixhauser_index));
    expect(found.map((row) => silenced(flags(row, 'elixhauser_')))).toEqual(
      cases.map(({ elixhauser }) => elixhauser.filter((category) => flagged.has(category))),
    );
  });

  it.concurrent('reads codes with and without dots, in either case, and no other system’s codes', async () => {
    const stay = 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z';
    const icd = (code: string, system: string): string => `Condition c code=${code} system=${system} recorded=2018-01-01`;
    const infarction = async (line: string): Promise<number | undefined> =>
      (await featuresOf(warehouse, 'a', stay, line))['charlson_mi'];
    const found = await Promise.all([
      ...['I25.2', 'I252', 'i25.2', 'I21', 'I21.9', 'I25', 'I25.1', 'I2'].map((code) => infarction(icd(code, editions[0] ?? ''))),
      infarction(icd('I25.2', 'urn:local:catalogue')),
    ]);
    expect(found).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('forgets the codes of records loaded before', async () => {
    const own = await emptyWarehouse();
    const matched = async (...lines: string[]): Promise<number> => {
      await featuresOf(own, 'a', 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z', ...lines);
      return Number((await own.rows('SELECT COUNT(*) AS n FROM value_set WHERE by_prefix = 1'))[0]?.['n']);
    };
    expect(await matched(`Condition c code=I25.2 system=${editions[0]} recorded=2018-01-01`)).toBeGreaterThan(0);
    expect(await matched()).toBe(0);
    own.close();
  });
});

describe('one record in two code systems', () => {
  const stay = 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z';
  const diseases: readonly [snomed: string, icd: string][] = [
    ['22298006', 'I21.9'],
    ['88805009', 'I50.0'],
    ['230690007', 'I64'],
    ['26929004', 'F00.9'],
    ['185086009', 'J44.9'],
    ['69896004', 'M06.9'],
    ['44054006', 'E11.9'],
    ['127013003', 'E11.2'],
    ['431857002', 'N18.4'],
    ['254637007', 'C34.9'],
    ['94260004', 'C79.8'],
    ['62479008', 'B24'],
    ['49436004', 'I48.9'],
    ['59621000', 'I10'],
    ['370143000', 'F32.9'],
  ];
  const snomed = 'http://snomed.info/sct';
  const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
  const condition = (id: string, codings: object[]): Resource => ({
    resourceType: 'Condition',
    id,
    subject: { reference: 'Patient/p' },
    recordedDate: '2018-01-01',
    code: { coding: codings },
  });
  const order = (id: string, codings: object[], on: string): Resource => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/p' },
    authoredOn: on,
    medicationCodeableConcept: { coding: codings },
  });

  it.concurrent(
    'has the same comorbidity, scores and number of conditions as in SNOMED CT alone, in ICD-10 alone and in both',
    async () => {
      const choices = [
        [true, false],
        [false, true],
        [true, true],
      ];
      const asked = choices.map(([useSnomed, useIcd]) => {
        const conditions = diseases.map(([s, i], n) =>
          condition(`c${n}`, [
            ...(useIcd === true ? [{ system: editions[n % 3], code: i }] : []),
            ...(useSnomed === true ? [{ system: snomed, code: s }] : []),
          ]),
        );
        return featuresOf(warehouse, 'a', stay, ...conditions);
      });
      const rows = await Promise.all(asked);
      expect(rows[0]).toMatchObject({ charlson_mi: 1, charlson_aids: 1, charlson_index: 18, active_conditions: diseases.length });
      expect(rows[1]).toEqual(rows[0]);
      expect(rows[2]).toEqual(rows[0]);
    },
  );

  it.concurrent('has the same flags and scores for the common concept of a disease as for its ICD-10 code', async () => {
    const pairs: readonly [concept: string, icd: string][] = [
      ['400047006', 'I73.9'],
      ['13200003', 'K27.9'],
      ['59927004', 'K72.9'],
      ['28670008', 'I85.9'],
      ['19943007', 'K74.6'],
      ['272588001', 'E46'],
      ['89627008', 'E87.1'],
      ['34095006', 'E86'],
      ['87522002', 'D50.9'],
      ['64715009', 'I11.9'],
      ['58214004', 'F20.9'],
      ['13645005', 'J44.9'],
      ['709044004', 'N18.9'],
      ['433146000', 'N18.5'],
      ['46635009', 'E10.9'],
      ['52448006', 'F03'],
      ['118600007', 'C85.9'],
      ['128462008', 'C79.9'],
    ];
    const lines = pairs.flatMap(([concept, icd], n) =>
      [
        ['s', `code=${concept}`],
        ['i', `code=${icd} system=${editions[n % 3]}`],
      ].flatMap(([by, code]) => [
        `Patient ${by}${n} born=1950-06-15`,
        `IMP ${by}${n}x 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z of=${by}${n}`,
        `Condition ${by}${n}c of=${by}${n} ${code} recorded=2018-01-01`,
      ]),
    );
    const both = await matrixOf(warehouse, expand(lines), { features: 'comorbidity,lace' });
    const rows = (by: string): Record<string, number>[] => pairs.map((_, n) => rowOf(both, `${by}${n}x`));
    expect(rows('s')).toEqual(rows('i'));
    expect(rows('s').map((row, n) => [pairs[n]?.[0], row['active_conditions']])).toEqual(pairs.map(([concept]) => [concept, 1]));
    expect(rows('s').filter((row) => row['charlson_index'] !== 0 || row['elixhauser_index'] !== 0).length).toBeGreaterThan(12);
    expect(
      rows('s')
        .slice(0, 3)
        .map((row) => [row['charlson_pvd'], row['charlson_pud'], row['charlson_msld']]),
    ).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it.concurrent('counts an order with two codings as one drug, by its RxNorm code', async () => {
    const both = [
      { system: 'http://hl7.org/fhir/sid/ndc', code: '0001' },
      { system: rxnorm, code: '855332' },
    ];
    const features = await featuresOf(
      warehouse,
      'a',
      stay,
      order('m1', both, '2020-07-01T08:00:00Z'),
      order('m2', [{ system: rxnorm, code: '855332' }], '2020-07-02T08:00:00Z'),
      order('m3', [{ system: 'http://hl7.org/fhir/sid/ndc', code: '0002' }], '2020-07-02T08:00:00Z'),
      order('m4', [], '2020-07-02T08:00:00Z'),
    );
    expect(features).toMatchObject({
      distinct_drugs_365d: 2,
      distinct_drugs_90d: 2,
      new_drugs_in_stay: 2,
      medication_anticoagulant: 1,
    });
  });

  it.concurrent('knows drug classes from ATC codes', async () => {
    const drug = (code: string): object[] => [{ system: 'http://www.whocc.no/atc', code }];
    const features = await featuresOf(
      warehouse,
      'a',
      stay,
      order('m1', drug('B01AF02'), '2020-07-01T08:00:00Z'),
      order('m2', drug('C09BA02'), '2020-07-01T08:00:00Z'),
    );
    expect(Object.keys(features).filter((name) => name.startsWith('medication_') && features[name] === 1)).toEqual([
      'medication_anticoagulant',
      'medication_diuretic',
      'medication_raas_inhibitor',
    ]);
  });

  it.concurrent('knows operations and dialysis from OPS codes', async () => {
    const ops = (id: string, code: string): string =>
      `Procedure ${id} code=${code} system=http://fhir.de/CodeSystem/bfarm/ops on=2020-07-01T08:00:00Z in=a`;
    const features = await featuresOf(warehouse, 'a', stay, ops('p1', '5-361.03'), ops('p2', '8-854.2'));
    expect(features).toMatchObject({ stay_procedures: 2, stay_operation: 1, stay_dialysis: 1, stay_ventilation: 0 });
  });

  it.concurrent('counts a procedure with two codings once, and not at all when one of them is administrative', async () => {
    const procedure = (id: string, codings: object[]): Resource => ({
      resourceType: 'Procedure',
      id,
      status: 'completed',
      subject: { reference: 'Patient/p' },
      encounter: { reference: 'Encounter/a' },
      performedDateTime: '2020-07-01T08:00:00Z',
      code: { coding: codings },
    });
    const local = (code: string): object => ({ system: 'urn:local:procedures', code });
    const features = await featuresOf(
      warehouse,
      'a',
      stay,
      procedure('p1', [{ system: snomed, code: '232717009' }, local('1')]),
      procedure('p2', [{ system: snomed, code: '710824005' }, local('2')]),
    );
    expect(features).toMatchObject({ stay_procedures: 1, stay_operation: 1 });
  });
});
