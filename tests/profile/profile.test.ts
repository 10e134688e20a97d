/** Profiles of two made-up hospitals and of records in standard codes; the mapping made of a profile read back and used. */
import { describe, expect, it } from '@jest/globals';
import { standardMapping, type SiteMapping } from '../../src/mapping/index.ts';
import { profileLanding, starterMapping, type Profile, type ProfileOptions } from '../../src/profile/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';
import { americanHospital, germanHospital, secrets } from './hospitals.ts';

const profileOf = (resources: readonly Resource[], options: ProfileOptions = {}): Promise<Profile> =>
  withLanding(resources, (folder) => profileLanding(folder, { threads: 1, ...options }));
const share = ({ elements }: Profile, type: string, element: string): [number, number] => {
  const found = elements.find((entry) => entry.type === type && entry.element === element);
  return [found?.present ?? Number.NaN, found?.records ?? Number.NaN];
};
const ids = ({ verdicts }: Profile, weight: string): string[] =>
  verdicts.filter((verdict) => verdict.weight === weight).map(({ id }) => id);
const system = ({ systems }: Profile, place: string): object[] =>
  systems
    .filter((entry) => entry.place === place)
    .map(({ system: uri, codings, status, standard, isRead }) => ({ uri, codings, status, standard, isRead }));
const reasonOf = ({ features }: Profile, name: string): [string | undefined, string | null | undefined] => {
  const found = features.find(({ feature }) => feature === name);
  return [found?.state, found?.reason];
};

describe('a German hospital', () => {
  it('is told that no encounter is inpatient, which classes it has and what their words say', async () => {
    const profile = await profileOf(germanHospital());
    expect(profile.records).toEqual({
      Condition: 25,
      Encounter: 36,
      MedicationRequest: 12,
      Observation: 24,
      Patient: 12,
      Procedure: 12,
    });
    expect(ids(profile, 'stops')).toEqual(['no-inpatient', 'unclaimed-class', 'no-index-discharge']);
    expect(profile.classes).toEqual([
      { classCode: 'VS', kind: 'other', encounters: 24, patients: 12 },
      { classCode: 'X9', kind: 'other', encounters: 12, patients: 12 },
    ]);
    expect(share(profile, 'Encounter', 'partOf')).toEqual([12, 36]);
    expect(share(profile, 'Encounter', 'hospitalization.dischargeDisposition')).toEqual([12, 36]);
    expect(share(profile, 'Condition', 'recordedDate')).toEqual([0, 25]);
    expect(share(profile, 'Condition', 'recordedDate, onsetDateTime or encounter')).toEqual([25, 25]);
    expect(system(profile, 'Condition.code')).toEqual([
      {
        uri: 'https://kis.example/icd10gm',
        codings: 25,
        status: 'unknown',
        standard: 'http://fhir.de/CodeSystem/bfarm/icd-10-gm',
        isRead: false,
      },
    ]);
    expect(system(profile, 'MedicationRequest.medication')).toMatchObject([{ status: 'alias', isRead: true }]);
    expect(system(profile, 'Procedure.code')).toMatchObject([{ status: 'used', isRead: true }]);
    expect(profile.unread).toContainEqual({
      role: 'unit',
      system: null,
      code: 'mval',
      display: null,
      records: 12,
      patients: 12,
      analyte: 'haemoglobin',
    });
    expect(profile.unread.filter(({ role }) => role === 'observation').map(({ code }) => code)).toEqual(['1988-5']);
    expect(reasonOf(profile, 'charlson_chf')).toEqual(['unknown', 'no code of its value set occurs']);
    expect(reasonOf(profile, 'last_haemoglobin')).toEqual(['unknown', 'measured, but no value has an accepted unit']);
  });

  it('gets a mapping to begin with, under which it has a cohort', async () => {
    const before = await profileOf(germanHospital());
    const mapping = starterMapping(before, standardMapping);
    expect(mapping.encounter.rules.map(({ kind, when }) => [kind, when])).toEqual([
      ['part-of', "type.coding.where(system = 'http://fhir.de/CodeSystem/Kontaktebene' and code = 'abteilungskontakt').exists()"],
      ['inpatient', "class.code = 'VS'"],
      ['other', "class.code = 'X9'"],
    ]);
    expect(mapping.encounter.rules[1]?.why).toBe(
      '24 encounters of 12 patients have the class "VS" (Vollstationär): guessed from its words',
    );
    expect(mapping.encounter.disposition.path).toContain('Entlassungsgrund');
    expect(mapping.encounter.disposition.codes).toMatchObject([{ code: '01', meaning: 'home' }]);
    expect(mapping.codeSystems).toMatchObject([
      { from: 'https://kis.example/icd10gm', to: 'http://fhir.de/CodeSystem/bfarm/icd-10-gm' },
    ]);

    const after = await profileOf(germanHospital(), { mapping });
    expect(after.cohort.indexDischarges).toBe(12);
    expect(ids(after, 'stops')).toEqual([]);
    expect(ids(after, 'harms')).not.toContain('disposition');
    expect(after.unread.filter(({ role }) => role === 'disposition')).toEqual([]);
    expect(reasonOf(after, 'reason_heart_failure')).toEqual(['constant', '1 in every index discharge']);
    expect(system(after, 'Condition.code')).toMatchObject([{ status: 'alias', isRead: true }]);
  });
});

describe('an American hospital', () => {
  it('is told of private classes, orders by reference, undated deaths and private dispositions', async () => {
    const profile = await profileOf(americanHospital());
    expect(ids(profile, 'stops')).toEqual(['no-inpatient', 'unclaimed-class', 'no-index-discharge']);
    expect(ids(profile, 'harms')).toEqual(expect.arrayContaining(['medication-reference', 'undated-deaths', 'no-records']));
    expect(share(profile, 'MedicationRequest', 'medicationReference not followed')).toEqual([12, 12]);
    expect(profile.verdicts.find(({ id }) => id === 'medication-reference')?.text).toContain(
      'medicationReference: 12 of 12 not followed',
    );
    expect(system(profile, 'Condition.code')).toMatchObject([
      { uri: 'http://hl7.org/fhir/sid/icd-10-cm', status: 'used', isRead: true },
      { uri: 'http://snomed.info/sct', status: 'used' },
      { uri: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.696871', status: 'unknown', standard: null },
    ]);
    expect(system(profile, 'Observation.code')).toMatchObject([{ status: 'alias', standard: 'http://loinc.org', isRead: true }]);
    const mapping = starterMapping(profile, standardMapping);
    expect(mapping.encounter.rules.map(({ kind }) => kind).sort()).toEqual(['emergency', 'inpatient', 'outpatient']);
    expect(mapping.encounter.disposition.codes).toMatchObject([{ code: '7', meaning: 'expired' }]);

    const after = await profileOf(americanHospital(), { mapping });
    expect(after.classes.map(({ kind }) => kind).sort()).toEqual(['emergency', 'inpatient', 'outpatient']);
    // All of them died in hospital, says the disposition, and one is dead since an unknown day.
    expect(after.cohort.attrition.find(({ label }) => label === 'died-in-stay')?.n).toBe(11);
    expect(after.cohort.attrition.find(({ label }) => label === 'undated-death')?.n).toBe(1);
  });
});

describe('orders by reference', () => {
  const order = (n: number, more: object): Resource => ({
    resourceType: 'MedicationRequest',
    id: `m${n}`,
    status: 'active',
    intent: 'order',
    subject: { reference: `Patient/p${n}` },
    authoredOn: '2020-01-02T10:00:00Z',
    ...more,
  });
  const patients = Array.from({ length: 6 }, (_, n) => expand([`Patient p${n} born=1950-01-01`])).flat();
  const code = { coding: [{ system: 'http://www.whocc.no/atc', code: 'C03CA01', display: 'furosemide' }] };
  const contained = [
    { resourceType: 'PractitionerRole', id: 'who', code: [{ text: 'Dr. Secretname' }] },
    { resourceType: 'Medication', id: 'd', code },
  ];

  it('count with the contained Medication they name, and are told apart from those that name another resource', async () => {
    const orders = patients.map((_, n) =>
      order(n, { medicationReference: { reference: n < 5 ? '#d' : 'Medication/d' }, contained }),
    );
    const profile = await profileOf([...patients, ...orders]);
    expect(share(profile, 'MedicationRequest', 'medicationCodeableConcept or contained Medication')).toEqual([5, 6]);
    expect(share(profile, 'MedicationRequest', 'medicationReference not followed')).toEqual([1, 6]);
    expect(system(profile, 'MedicationRequest.medication')).toMatchObject([
      { uri: 'http://www.whocc.no/atc', codings: 5, isRead: true },
    ]);
    expect(profile.verdicts.find(({ id }) => id === 'medication-reference')).toMatchObject({
      weight: 'harms',
      text: expect.stringContaining('medicationReference: 1 of 6 not followed') as unknown,
    });
    expect(JSON.stringify(profile)).not.toContain('Secretname');
  });

  it('say nothing where every Medication is contained', async () => {
    const orders = patients.map((_, n) => order(n, { medicationReference: { reference: '#d' }, contained }));
    const profile = await profileOf([...patients, ...orders]);
    expect(profile.verdicts.filter(({ id }) => id === 'medication-reference')).toEqual([]);
  });
});

describe('privacy', () => {
  it.each([
    ['German', germanHospital(12)],
    ['American', americanHospital(12)],
  ])('no name, date, number or free text of the %s records is in the profile or the mapping', async (_, resources) => {
    expect(secrets.some((secret) => JSON.stringify(resources).includes(secret))).toBe(true);
    const profile = await profileOf(resources);
    const shown = JSON.stringify([profile, starterMapping(profile, standardMapping)]);
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });

  it('names a code from the fifth patient on, and counts it before', async () => {
    for (const [patients, named] of [
      [4, false],
      [5, true],
    ] as const) {
      const profile = await profileOf(germanHospital(patients));
      const shown = JSON.stringify([profile.codes, profile.unread, profile.classes, starterMapping(profile, standardMapping)]);
      expect({ patients, named: shown.includes('VS') || shown.includes('I50.01') || shown.includes('mval') }).toEqual({
        patients,
        named,
      });
      expect(system(profile, 'Condition.code')).toMatchObject([{ codings: 2 * patients + 1 }]);
    }
    const all = await profileOf(germanHospital(4), { minimumPatients: 1 });
    expect(JSON.stringify(all.codes)).toContain('I50.01');
  });
});

describe('standard codes', () => {
  const people = Array.from({ length: 6 }, (_, n) => [
    `Patient p${n} born=1950-06-15 sex=female died=2023-0${n + 1}-01`,
    `IMP a${n} 2020-06-30T12:00:00Z/2020-07-0${n + 2}T18:00:00Z of=p${n} at=north reason=233604007 disposition=01`,
    `EMER e${n} 2020-06-30T08:00:00Z/2020-06-30T11:00:00Z of=p${n}`,
    `AMB v${n} 2021-12-03T08:00:00Z/2021-12-03T09:00:00Z of=p${n}`,
    `Condition c${n} of=p${n} code=${n < 3 ? '88805009' : '44054006'} recorded=2018-01-01 in=a${n}`,
    `Observation o${n} of=p${n} code=2951-2 value=${130 + n} unit=mmol/L on=2020-06-30T13:00:00Z in=a${n}`,
    `Observation w${n} of=p${n} code=718-7 value=12 unit=furlong on=2020-06-30T13:00:00Z in=a${n}`,
    `Procedure x${n} of=p${n} code=232717009 on=2020-06-30T14:00:00Z in=a${n}`,
    `Order m${n} of=p${n} code=855332 on=2020-06-30T15:00:00Z in=a${n}`,
  ]).flat();

  it('need no mapping: nothing stops, what varies is told apart from what does not', async () => {
    const profile = await profileOf(expand(people));
    expect(ids(profile, 'stops')).toEqual([]);
    expect(profile.cohort.indexDischarges).toBe(6);
    expect(reasonOf(profile, 'charlson_chf')).toEqual(['varies', null]);
    expect(reasonOf(profile, 'last_sodium')).toEqual(['varies', null]);
    expect(reasonOf(profile, 'charlson_mi')).toEqual(['constant', 'no code of its value set occurs']);
    expect(reasonOf(profile, 'last_haemoglobin')).toEqual(['empty', 'measured, but no value has an accepted unit']);
    expect(reasonOf(profile, 'last_creatinine')).toEqual(['empty', 'no code of its value set occurs']);
    expect(reasonOf(profile, 'medication_anticoagulant')).toEqual(['constant', '1 in every index discharge']);
    expect(profile.cohort.notAssessable.map(({ rule }) => rule)).toContain('elective-by-priority');
    const mapping = starterMapping(profile, standardMapping);
    expect({ ...mapping, name: '', description: '' }).toEqual({ ...standardMapping, name: '', description: '' });
  });

  it('are told to be missing where a type is missing', async () => {
    const profile = await profileOf(expand(people).filter(({ resourceType }) => resourceType !== 'Observation'));
    expect(profile.verdicts.find(({ id }) => id === 'no-records')?.text).toContain('Observation');
    expect(reasonOf(profile, 'last_sodium')).toEqual(['empty', 'no Observation record']);
  });

  it('are told not to be searched where the manifest says so, and cut where it gives a date', async () => {
    const coverage = { types: ['Patient', 'Encounter', 'Condition'], from: '2015-01-01' };
    const profile = await withLanding(expand(people), (folder) => profileLanding(folder, { threads: 1 }), { coverage });
    expect(reasonOf(profile, 'last_sodium')).toEqual(['empty', 'Observation not searched, says the manifest']);
    expect(reasonOf(profile, 'charlson_chf')).toEqual([
      'empty',
      'looks at the whole record, which was searched from a date only',
    ]);
    expect(reasonOf(profile, 'lace')[0]).toBe('empty');
  });

  it('still give a profile where there is no patient and no dated encounter', async () => {
    const records: Resource[] = [{ resourceType: 'Encounter', id: 'a', class: { code: 'IMP' } }];
    const profile = await profileOf(records);
    expect(profile.cohort).toMatchObject({ indexDischarges: null });
    expect(profile.cohort.failure).toContain('COHORT_EMPTY');
    expect(ids(profile, 'stops')).toEqual(expect.arrayContaining(['no-records', 'element', 'no-cohort']));
  });

  it('keep the entries of the mapping in force before new ones', async () => {
    const own: SiteMapping = {
      ...standardMapping,
      name: 'own',
      encounter: {
        ...standardMapping.encounter,
        rules: [{ kind: 'ignored', when: "class.code = 'X9'", why: 'consultations are not care' }],
      },
    };
    const profile = await profileOf(germanHospital(), { mapping: own });
    const rules = starterMapping(profile, own).encounter.rules;
    expect(rules.map(({ kind }) => kind)).toEqual(['ignored', 'part-of', 'inpatient']);
  });
});
