/** Codes under their standard system and, for ICD, in one form, in every flat table and both engines. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publicAliases } from '../../src/mapping/index.ts';
import { readTerminology } from '../../src/terminology/index.ts';
import type { Resource } from '../cases/compact.ts';
import { BothEngines, mappingOf } from './both-engines.ts';

let engines: BothEngines;
beforeAll(async () => {
  engines = await BothEngines.open();
});
afterAll(() => engines.close());

const subject = { reference: 'Patient/p' };
const sct = 'http://snomed.info/sct';
const cm = 'http://hl7.org/fhir/sid/icd-10-cm';
const gm = 'http://fhir.de/CodeSystem/bfarm/icd-10-gm';
const coded = (
  resourceType: string,
  id: string,
  ...codings: (readonly [system: string | undefined, code: string])[]
): Resource => ({
  resourceType,
  id,
  subject,
  [resourceType === 'MedicationRequest' ? 'medicationCodeableConcept' : 'code']: {
    coding: codings.map(([system, code]) => ({ ...(system !== undefined && { system }), code })),
  },
});
const pairs = (rows: readonly object[]): unknown[] =>
  rows.map((row) => [(row as Record<string, unknown>)['system'], (row as Record<string, unknown>)['code']]);

describe('ICD', () => {
  it('has one form, however it is written', async () => {
    const forms = [
      ['I50.01', 'I5001'],
      ['I5001', 'I5001'],
      ['i50.01', 'I5001'],
      ['E11.40†', 'E1140'],
      ['G63.2*', 'G632'],
      ['E11.40+', 'E1140'],
      ['I50.-', 'I50'],
      [' I10 ', 'I10'],
    ] as const;
    const lines = forms.map(([written], i) => coded('Condition', `c${i}`, [cm, written], [gm, written]));
    const rows = await engines.rows(mappingOf({}), lines, 'condition');
    expect(rows).toHaveLength(2 * forms.length);
    for (const [i, [, normal]] of forms.entries()) {
      const codes = rows.filter((row) => row['condition_id'] === `Condition/c${i}`).map((row) => row['code']);
      expect(codes).toEqual([normal, normal]);
    }
  });

  it('is told from other systems, whose codes stay as they are', async () => {
    const lines = [
      coded(
        'Condition',
        'c',
        [sct, 'x.1'],
        ['urn:local', 'i50.1'],
        [undefined, 'i50.1'],
        ['http://hl7.org/fhir/sid/icd-9-cm', '428.0'],
      ),
      coded('Procedure', 'p', ['urn:oid:2.16.840.1.113883.6.4', '0dt.j4zz'], ['http://fhir.de/CodeSystem/bfarm/ops', '5-470.11']),
    ];
    const conditions = await engines.rows(mappingOf({}), lines, 'condition');
    expect(pairs(conditions)).toEqual(
      expect.arrayContaining([
        [sct, 'x.1'],
        ['urn:local', 'i50.1'],
        [null, 'i50.1'],
        ['http://hl7.org/fhir/sid/icd-9-cm', '4280'],
      ]),
    );
    expect(pairs(await engines.rows(mappingOf({}), lines, 'procedure'))).toEqual(
      expect.arrayContaining([
        ['http://www.cms.gov/Medicare/Coding/ICD10', '0DTJ4ZZ'],
        ['http://fhir.de/CodeSystem/bfarm/ops', '5-470.11'],
      ]),
    );
  });
});

describe('code systems', () => {
  it('have their standard name under every public alias without a mapping', async () => {
    expect(publicAliases.length).toBeGreaterThan(10);
    const lines = publicAliases.map(({ from }, i) => coded('Condition', `c${i}`, [from, 'A1']));
    const rows = await engines.rows(mappingOf({}), lines, 'condition');
    for (const [i, { to }] of publicAliases.entries()) {
      expect(rows.find((row) => row['condition_id'] === `Condition/c${i}`)?.['system']).toBe(to);
    }
  });

  it('have it under the names of the hospital, in every table', async () => {
    const mapping = mappingOf({
      codeSystems: [
        { from: 'https://h/problems', to: sct },
        { from: 'https://h/lab', to: 'http://loinc.org' },
        { from: 'https://h/drugs', to: 'http://www.nlm.nih.gov/research/umls/rxnorm' },
        { from: 'https://h/icd', to: gm },
      ],
    });
    const lines: Resource[] = [
      coded('Condition', 'c', ['https://h/problems', '44054006'], ['https://h/icd', 'e11.9']),
      coded('Procedure', 'x', ['https://h/problems', '116861002']),
      coded('MedicationRequest', 'm', ['https://h/drugs', '855332']),
      { ...coded('Observation', 'o', ['https://h/lab', '2951-2']), valueQuantity: { value: 140, code: 'mmol/L' } },
      {
        ...{ resourceType: 'Observation', id: 'panel', subject, code: { coding: [{ code: 'panel' }] } },
        component: [{ code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.6.1', code: '8480-6' }] } }],
      },
      {
        ...{ resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'IMP' }, subject },
        type: [{ coding: [{ system: 'https://h/problems', code: '183452005' }] }],
        reasonCode: [{ coding: [{ system: 'https://h/icd', code: 'i50.1' }] }],
      },
    ];
    expect(pairs(await engines.rows(mapping, lines, 'condition'))).toEqual(
      expect.arrayContaining([
        [sct, '44054006'],
        [gm, 'E119'],
      ]),
    );
    expect(pairs(await engines.rows(mapping, lines, 'procedure'))).toEqual([[sct, '116861002']]);
    expect(pairs(await engines.rows(mapping, lines, 'medication_request'))).toEqual([
      ['http://www.nlm.nih.gov/research/umls/rxnorm', '855332'],
    ]);
    expect(pairs(await engines.rows(mapping, lines, 'observation')).sort()).toEqual([
      ['http://loinc.org', '2951-2'],
      ['http://loinc.org', '8480-6'],
    ]);
    const [encounter] = await engines.rows(mapping, lines, 'encounter');
    expect(encounter).toMatchObject({ type_code: '183452005', reason_system: gm, reason_code: 'I501' });
  });

  it('may be another system at a hospital that uses a standard name for it', async () => {
    const mapping = mappingOf({
      codeSystems: [
        { from: 'http://hl7.org/fhir/sid/icd-10', to: gm },
        { from: sct, to: 'http://loinc.org' },
      ],
    });
    const rows = await engines.rows(
      mapping,
      [coded('Condition', 'c', ['http://hl7.org/fhir/sid/icd-10', 'i10'], [sct, '1'])],
      'condition',
    );
    expect(pairs(rows)).toEqual(
      expect.arrayContaining([
        [gm, 'I10'],
        ['http://loinc.org', '1'],
      ]),
    );
  });

  it('may take a public alias for another system: then it no longer stands for the first', async () => {
    const mapping = mappingOf({ codeSystems: [{ from: 'urn:oid:2.16.840.1.113883.6.96', to: 'http://loinc.org' }] });
    const type = [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.6.96', code: '449411000124106' }] }];
    const encounter = { resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'IMP' }, subject, type };
    const [row] = await engines.rows(mapping, [encounter], 'encounter');
    expect(row).toMatchObject({ kind: 'inpatient', type_code: null });
    const [standard] = await engines.rows(mappingOf({}), [encounter], 'encounter');
    expect(standard).toMatchObject({ kind: 'nursing', type_code: '449411000124106' });
  });

  it('of the value sets are all standard names', () => {
    const used = new Set(readTerminology().sets.flatMap(({ codes }) => codes.map(({ system }) => system)));
    expect(used.size).toBeGreaterThan(2);
    expect(publicAliases.filter(({ from }) => used.has(from))).toEqual([]);
  });
});
