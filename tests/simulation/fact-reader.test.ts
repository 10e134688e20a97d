/** What a record says that counts, and what it says that does not. */
import { describe, expect, it } from '@jest/globals';
import { createFactReader, factsOf } from '../../src/simulation/fact-reader.ts';
import type { PatientFacts } from '../../src/simulation/facts.ts';
import { expand, type Resource } from '../cases/compact.ts';

const stay = 'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=88805009 type=32485007';
const read = (...lines: (string | Resource)[]): PatientFacts => factsOf(expand(lines));
const loinc = 'http://loinc.org';

describe('facts of a patient', () => {
  it('hold the person', () => {
    expect(read('Patient p born=1950-06 sex=male died=2020-02-01')).toMatchObject({
      patientId: 'Patient/p',
      known: true,
      sex: 'male',
      birth: { ymd: 19500600, precision: 2 },
      death: { ymd: 20200201, precision: 3 },
      deathFlag: false,
    });
  });

  it('are kept for a patient whom only others name', () => {
    const [facts] = [...reading(expand([stay]).slice(1)).values()];
    expect(facts).toMatchObject({ patientId: 'Patient/p', known: false, birth: null });
  });

  it('hold encounters of a hospital, not outpatient visits', () => {
    const facts = read(
      stay,
      'AMB v 2020-02-01T08:00:00Z/2020-02-01T09:00:00Z',
      'OBSENC o 2019-02-01T08:00:00Z/2019-02-01T09:00:00Z',
    );
    expect(facts.encounters.map(({ id }) => id)).toEqual(['Encounter/o', 'Encounter/a']);
    expect(facts.encounters[1]).toMatchObject({
      classCode: 'IMP',
      typeCode: '32485007',
      reasonCode: '88805009',
      provider: 'Organization/north',
      status: 'finished',
    });
  });

  it('read what standard codes of admission and discharge say', () => {
    const encounter = (fields: object): object =>
      factsOf([{ resourceType: 'Encounter', id: 'a', class: { code: 'IMP' }, subject: { reference: 'Patient/p' }, ...fields }])
        .encounters[0] as object;
    const went = (...coding: object[]): object => encounter({ hospitalization: { dischargeDisposition: { coding } } });
    for (const code of ['02', '2', '05', '5', '66']) expect(went({ code })).toMatchObject({ disposition: 'acute-transfer' });
    for (const code of ['20', 'exp', '41']) expect(went({ code })).toMatchObject({ disposition: 'expired' });
    expect(went({ code: '01' }, { code: '20' })).toMatchObject({ disposition: null });
    expect(went({ system: 'urn:own', code: '20' })).toMatchObject({ disposition: null });
    expect(went({ system: 'urn:own', code: '01' }, { code: '07' })).toMatchObject({ disposition: 'against-advice' });
    expect(encounter({ priority: { coding: [{ code: 'EL' }] } })).toMatchObject({ priority: 'elective' });
    expect(encounter({ hospitalization: { admitSource: { coding: [{ code: 'emd' }] } } })).toMatchObject({
      admitSource: 'emergency',
    });
  });

  it('know a condition from the later of its record and its onset', () => {
    const known = (line: string): number | undefined => read(`Condition c code=88805009 ${line}`).conditions[0]?.knownMs;
    expect(known('from=2015-01-01T10:00:00Z recorded=2015-01-03T10:00:00Z')).toBe(Date.UTC(2015, 0, 3, 10));
    expect(known('from=2015-02-01T10:00:00Z recorded=2015-01-03T10:00:00Z')).toBe(Date.UTC(2015, 1, 1, 10));
    expect(known('from=2015-02')).toBe(Date.UTC(2015, 2, 1) - 1);
    expect(known('recorded=2015-01-03')).toBe(Date.UTC(2015, 0, 4) - 1);
    expect(known('until=2015-01-03')).toBe(Infinity);
  });

  it('leave out conditions that no covariate reads, and those that are none', () => {
    const lines = ['x code=195662009', 'y code=88805009 verification=refuted', 'z code=88805009 verification=entered-in-error'];
    expect(read(...lines.map((line) => `Condition ${line} from=2015-01-01`)).conditions).toEqual([]);
  });

  it('read conditions in ICD-10 with and without dots', () => {
    const codes = (line: string): readonly string[] => read(`Condition c ${line} from=2015`).conditions[0]?.sets ?? [];
    expect(codes('system=http://hl7.org/fhir/sid/icd-10-cm code=I50.9')).toContain('charlson_chf');
    expect(codes('system=http://hl7.org/fhir/sid/icd-10-cm code=i509')).toContain('charlson_chf');
    expect(codes('system=http://example.org/own code=I50.9')).toEqual([]);
  });

  it('count an order with several codings as one drug, in every class of them', () => {
    const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
    const coding = [
      { system: 'http://example.org/own', code: '1' },
      { system: rxnorm, code: '855332' },
      { system: rxnorm, code: '309362' },
    ];
    const order = { resourceType: 'MedicationRequest', id: 'm', subject: { reference: 'Patient/p' }, authoredOn: '2020-01-02' };
    const facts = read({ ...order, medicationCodeableConcept: { coding } });
    expect(facts.orders).toHaveLength(1);
    expect(facts.orders[0]).toMatchObject({
      drug: '309362',
      authoredMs: Date.UTC(2020, 0, 2),
      knownMs: Date.UTC(2020, 0, 3) - 1,
    });
    expect([...(facts.orders[0]?.sets ?? [])].sort()).toEqual(['medication_anticoagulant', 'medication_antiplatelet']);
  });

  it('read the drug of an order in the contained Medication that it names', () => {
    const code = { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '855332' }] };
    const order = { resourceType: 'MedicationRequest', id: 'm', subject: { reference: 'Patient/p' }, authoredOn: '2020-01-02' };
    const drug = (reference: string, resourceType = 'Medication'): unknown =>
      read({ ...order, medicationReference: { reference }, contained: [{ resourceType, id: 'd', code }] }).orders[0]?.drug;
    expect(drug('#d')).toBe('855332');
    expect([drug('#e'), drug('Medication/d'), drug('#d', 'Substance')]).toEqual([null, null, null]);
  });

  it('leave out plans, proposals, undated orders and those entered in error', () => {
    const lines = ['a intent=plan on=2020', 'b intent=proposal on=2020', 'c status=entered-in-error on=2020', 'd on=2020-13'];
    expect(read(...lines.map((line) => `Order ${line} code=855332`)).orders).toEqual([]);
  });

  it('hold procedures of hospital encounters or of none that were done', () => {
    const facts = read(
      stay,
      'AMB v 2020-01-02T08:00:00Z/2020-01-02T09:00:00Z',
      'Procedure of-stay code=232717009 on=2020-01-02T08:00:00Z in=a',
      'Procedure of-none code=232717009 on=2020-01-03T08:00:00Z',
      'Procedure of-visit code=232717009 on=2020-01-02T08:00:00Z in=v',
      'Procedure of-unknown code=232717009 on=2020-01-02T08:00:00Z in=elsewhere',
      'Procedure not-done code=232717009 on=2020-01-02T08:00:00Z in=a status=not-done',
      'Procedure assessed code=710824005 on=2020-01-02T08:00:00Z in=a',
    );
    expect(facts.procedures.map(({ id }) => id)).toEqual(['of-stay', 'of-none']);
  });

  it('hold values in the unit of the catalogue, of components too', () => {
    const component = (code: string, value: number): object => ({
      code: { coding: [{ system: loinc, code }] },
      valueQuantity: { value, unit: 'mm[Hg]' },
    });
    const facts = read('Observation o code=718-7 value=134 unit=g/L on=2020-01-02T08:00:00Z issued=2020-01-02T09:00:00Z', {
      resourceType: 'Observation',
      id: 'panel',
      subject: { reference: 'Patient/p' },
      effectiveDateTime: '2020-01-03',
      code: { coding: [{ system: loinc, code: '85354-9' }] },
      component: [component('8480-6', 131), component('8462-4', 80)],
    });
    expect(facts.observations).toMatchObject([
      { analyte: 'haemoglobin', value: 134 * 0.1, hospital: true, knownMs: Date.UTC(2020, 0, 2, 9) },
      { analyte: 'systolic_bp', value: 131, knownMs: Date.UTC(2020, 0, 4) - 1 },
    ]);
  });

  it.each(['unit=furlong', 'unit=g/dL comparator=<', 'unit=kg', 'unit=g/dL status=cancelled'])(
    'hold no value of haemoglobin with %s',
    (words) => {
      expect(read(`Observation o code=718-7 value=12 on=2020-01-02 ${words}`).observations).toEqual([]);
    },
  );

  it('believe a value at the edge of its range and none beyond', () => {
    const values = (value: number): number =>
      read(`Observation o code=718-7 value=${value} unit=g/dL on=2020`).observations.length;
    expect([values(2), values(25), values(1.999), values(25.001)]).toEqual([1, 1, 0, 0]);
  });

  it('hold body mass of any visit, other values of a hospital only', () => {
    const facts = read(
      'AMB v 2020-01-02T08:00:00Z/2020-01-02T09:00:00Z',
      'Observation bmi code=39156-5 value=27 unit=kg/m2 on=2020-01-02 in=v',
      'Observation na code=2951-2 value=140 unit=mmol/L on=2020-01-02 in=v',
    );
    expect(facts.observations).toMatchObject([{ analyte: 'bmi', hospital: false }]);
  });

  it('do not change with the order of records', () => {
    const lines = expand([
      stay,
      'Condition c code=88805009 from=2015-01-01',
      'Condition b code=44054006 from=2015-01-01',
      'Order m code=855332 on=2020-01-02',
      'Order n code=309362 on=2020-01-02',
      'Observation o code=718-7 value=12 unit=g/dL on=2020-01-02 in=a',
      'Observation n code=718-7 value=13 unit=g/dL on=2020-01-02 in=a',
    ]);
    expect(factsOf([...lines].reverse())).toEqual(factsOf(lines));
  });
});

describe('references', () => {
  const facts = (reference: string): Map<string, PatientFacts> =>
    reading([{ resourceType: 'Encounter', id: 'a', class: { code: 'IMP' }, subject: { reference } }]);

  it.each(['Patient/p', 'https://example.org/fhir/Patient/p', 'http://a.b/Patient/p/_history/3', 'Patient/p/_history/1'])(
    '%s names the patient',
    (reference) => {
      expect([...facts(reference).keys()]).toEqual(['Patient/p']);
    },
  );

  it.each(['urn:uuid:p', '#p', 'Patient?identifier=p', 'Group/p', 'Patient/p/x', 'ftp://a.b/Patient/p', 'Patient/'])(
    '%s names nobody, and is counted',
    (reference) => {
      expect([...facts(reference).keys()]).toEqual([]);
      const reader = createFactReader();
      reader.read({ resourceType: 'Condition', id: 'c', subject: { reference } });
      expect(reader.withoutPatient).toBe(1);
    },
  );
});

describe('the reader', () => {
  it('tells the end of the records, whoever and whatever they are of', () => {
    const reader = createFactReader();
    const at = (type: string, fields: object): number => reader.read({ resourceType: type, id: 'x', ...fields });
    at('Encounter', { class: { code: 'AMB' }, period: { start: '2020-01-01', end: '2020-01-02T10:00:00Z' } });
    expect(reader.lastEventMs).toBe(Date.UTC(2020, 0, 2, 10));
    at('Observation', { code: { coding: [{ system: loinc, code: '718-7' }] }, effectiveDateTime: '2021-01-01' });
    expect(reader.lastEventMs).toBe(Date.UTC(2021, 0, 1));
    at('Observation', { code: { coding: [{ system: loinc, code: 'unused' }] }, effectiveDateTime: '2024-01-01' });
    at('Condition', { recordedDate: '2025-01-01' });
    expect(reader.lastEventMs).toBe(Date.UTC(2021, 0, 1));
    at('MedicationRequest', { authoredOn: '2022-01-01' });
    expect(reader.lastEventMs).toBe(Date.UTC(2022, 0, 1));
  });

  it.each([
    ['SIM_RECORD', [null]],
    ['SIM_RECORD', [{ id: 'p' }]],
    ['SIM_RECORD', [{ resourceType: 'Patient' }]],
    [
      'SIM_DUPLICATE',
      [
        { resourceType: 'Patient', id: 'p' },
        { resourceType: 'Patient', id: 'p' },
      ],
    ],
    ['SIM_DUPLICATE', expand([stay, stay])],
  ])('refuses with %s', (code, resources) => {
    expect(() => reading(resources)).toThrow(expect.objectContaining({ code }));
  });

  it('gives facts of one patient only', () => {
    expect(() => factsOf(expand(['Patient p born=1950', 'Patient q born=1950']))).toThrow(
      expect.objectContaining({ code: 'SIM_PATIENTS' }),
    );
    expect(() => factsOf([])).toThrow(expect.objectContaining({ code: 'SIM_PATIENTS' }));
  });
});

function reading(resources: readonly unknown[]): Map<string, PatientFacts> {
  const reader = createFactReader();
  for (const resource of resources) reader.read(resource);
  return reader.patients();
}
