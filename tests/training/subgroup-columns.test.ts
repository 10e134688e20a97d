/** Subgroups read from records: codes to words, both edges of the age bands, precedence of the specialty cohorts, and what cannot be told. */
import { describe, expect, it } from '@jest/globals';
import { openStudy } from '../../src/training/study.ts';
import { clinicalTypes, withLanding, type LandingOptions } from '../cases/landing.ts';
import { expand, type Resource } from '../cases/compact.ts';
import type { SubgroupColumn } from '../../src/training/subgroup-columns.ts';
import { readSpecialtyCohorts } from '../../src/training/specialty-cohort.ts';

const omb = (kind: 'race' | 'ethnicity', ...codes: string[]): object => ({
  url: `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${kind}`,
  extension: [
    ...codes.map((code) => ({ url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code } })),
    { url: 'text', valueString: 'as the patient says' },
  ],
});
const person = (id: string, born: string, more: Record<string, unknown> = {}): Resource => ({
  resourceType: 'Patient',
  id,
  birthDate: born,
  ...more,
});
const stay = (id: string, rest = 'reason=233604007'): string =>
  `IMP ${id} 2020-01-02T08:00:00Z/2020-01-10T10:00:00Z of=${id} ${rest}`;

async function subgroups(lines: readonly (string | Resource)[], options: LandingOptions = {}): Promise<Map<string, Labels>> {
  return withLanding(
    expand(lines),
    async (folder) => {
      const study = await openStudy(folder, {
        cohort: 'all-adult',
        features: 'age_years',
        runOut: 20250101,
        threads: 1,
      });
      return new Map(study.subgroups.map((column) => [column.by, labelsOf(column, study.matrix.patientIds)]));
    },
    options,
  );
}
type Labels = Readonly<Record<string, string | null>>;
/** By patient. */
function labelsOf({ labels, groups }: SubgroupColumn, patientIds: readonly string[]): Labels {
  for (const label of labels) if (label !== null) expect(groups).toContain(label);
  return Object.fromEntries(patientIds.map((id, i) => [id.replace('Patient/', ''), labels[i] as string | null]));
}

describe('who the patient is', () => {
  it('by the codes of US Core, the first race of several; unknown is not recorded', async () => {
    const people = [
      person('a', '1950-06-15', { gender: 'female', extension: [omb('race', '2106-3'), omb('ethnicity', '2186-5')] }),
      person('b', '1950-06-15', { gender: 'male', extension: [omb('race', '2054-5', '2028-9'), omb('ethnicity', '2135-2')] }),
      person('c', '1950-06-15', { gender: 'unknown', extension: [omb('race', 'UNK'), omb('ethnicity', 'ASKU')] }),
      person('d', '1950-06-15', { gender: 'other', extension: [omb('race', '2076-8')] }),
      person('e', '1950-06-15'),
    ];
    const found = await subgroups([...people, ...people.map(({ id }) => stay(id))]);
    expect([...found.keys()]).toEqual(['sex', 'age band', 'race', 'ethnicity', 'specialty cohort']);
    expect(found.get('sex')).toEqual({ a: 'female', b: 'male', c: null, d: 'other', e: null });
    expect(found.get('race')).toEqual({
      a: 'White',
      b: 'Black or African American',
      c: null,
      d: 'Native Hawaiian or Other Pacific Islander',
      e: null,
    });
    expect(found.get('ethnicity')).toEqual({ a: 'Not Hispanic or Latino', b: 'Hispanic or Latino', c: null, d: null, e: null });
  });

  it('by whole years at admission, both edges of each band', async () => {
    const born: Record<string, [string, string]> = {
      a18: ['2002-01-02', '18-44'],
      b44: ['1975-01-03', '18-44'],
      c45: ['1975-01-02', '45-64'],
      d64: ['1955-01-03', '45-64'],
      e65: ['1955-01-02', '65-74'],
      f74: ['1945-01-03', '65-74'],
      g75: ['1945-01-02', '75-84'],
      h84: ['1935-01-03', '75-84'],
      i85: ['1935-01-02', '85+'],
      j99: ['1920-06-15', '85+'],
    };
    const people = Object.entries(born).map(([id, [date]]) => person(id, date));
    const found = await subgroups([...people, ...people.map(({ id }) => stay(id))]);
    expect(found.get('age band')).toEqual(Object.fromEntries(Object.entries(born).map(([id, [, band]]) => [id, band])));
  });
});

describe('the specialty cohort', () => {
  const pcs = 'http://www.cms.gov/Medicare/Coding/ICD10';
  const operation = (id: string, rest: string): string => `Procedure ${id}-x of=${id} on=2020-01-03T09:00:00Z in=${id} ${rest}`;
  /** title, encounter, procedure, cohort. */
  const cases: readonly (readonly [string, string, string, string | null])[] = [
    ['heart failure', 'reason=88805009', '', 'cardiorespiratory'],
    ['infarction', 'reason=22298006', '', 'cardiovascular'],
    ['stroke', 'reason=230690007', '', 'neurology'],
    ['sepsis', 'reason=91302008', '', 'medicine'],
    ['pneumonia in ICD-10-CM', 'icd=J18.9', '', 'cardiorespiratory'],
    ['atrial fibrillation in ICD-10-CM', 'icd=I48.91', '', 'cardiovascular'],
    ['epilepsy in ICD-10-CM', 'icd=G40.909', '', 'neurology'],
    ['kidney failure in ICD-10-CM', 'icd=N17.9', '', 'medicine'],
    ['an operation comes before the reason', 'reason=22298006', 'code=232717009', 'surgery/gynaecology'],
    ['a major procedure in ICD-10-PCS that CMS does not plan', 'icd=K35.80', `code=0DTJ4ZZ system=${pcs}`, 'surgery/gynaecology'],
    ['a minor one', 'icd=I50.9', `code=4A023N7 system=${pcs}`, 'cardiorespiratory'],
    ['an operation that was not done', 'reason=22298006', 'code=232717009 status=not-done', 'cardiovascular'],
    ['an operation without a reason', '', 'code=52734007', 'surgery/gynaecology'],
    ['no reason', '', '', null],
    ['a SNOMED CT code in no list', 'reason=999999999', '', null],
  ];

  it('is the first that fits', async () => {
    const ids = cases.map((_, n) => `p${n}`);
    const lines = cases.flatMap(([, encounter, procedure], n) => [
      person(`p${n}`, '1950-06-15'),
      stay(`p${n}`, encounter),
      ...(procedure === '' ? [] : [operation(`p${n}`, procedure)]),
    ]);
    const found = (await subgroups(lines)).get('specialty cohort') ?? {};
    expect(ids.map((id, n) => [cases[n]?.[0], found[id]])).toEqual(cases.map(([title, , , cohort]) => [title, cohort]));
  });

  it('cannot be told where procedures were not searched', async () => {
    const types = clinicalTypes.filter((type) => type !== 'Procedure');
    const found = await subgroups([person('a', '1950-06-15'), stay('a')], { coverage: { types, from: null } });
    expect(found.get('specialty cohort')).toEqual({ a: null });
    expect(found.get('age band')).toEqual({ a: '65-74' });
  });

  it('names no diagnosis in two cohorts', () => {
    const { names, assign } = readSpecialtyCohorts();
    expect(names).toEqual(['surgery/gynaecology', 'cardiorespiratory', 'cardiovascular', 'neurology', 'medicine']);
    const told = ['J12', 'J44.1', 'I50', 'I26.99', 'I21.4', 'I71', 'G30', 'G20', 'I63.9', 'S06', 'A41.9', 'Z00'].map((code) =>
      assign({ isOperated: false, procedures: [], reason: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code } }),
    );
    expect(told).toEqual([
      ...Array<string>(4).fill('cardiorespiratory'),
      ...Array<string>(2).fill('cardiovascular'),
      'medicine',
      ...Array<string>(3).fill('neurology'),
      ...Array<string>(2).fill('medicine'),
    ]);
  });
});
