/** Value sets and units as shipped: each code once, each weight known, each conversion sound. */
import { describe, expect, it } from '@jest/globals';
import { standardSystems } from '../../src/mapping/index.ts';
import { readCodeSystemFamilies, readTerminology, readUnitConversions } from '../../src/terminology/index.ts';

const { files, sets, hierarchies } = readTerminology();
const families = readCodeSystemFamilies();
const byName = new Map(sets.map((set) => [set.name, set]));
const systems = ['http://snomed.info/sct', 'http://loinc.org', 'http://www.nlm.nih.gov/research/umls/rxnorm'];
/** Short codes without a check digit. */
const plainSystems = ['https://www.nubc.org/CodeSystem/PatDischargeStatus', 'http://terminology.hl7.org/CodeSystem/'];
const codes = (name: string): string[] => byName.get(name)?.codes.map(({ code }) => code) ?? [];

/** Check digit of a SNOMED CT identifier (Verhoeff). */
function isSnomed(code: string): boolean {
  const d = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ];
  const p = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
  ];
  const check = [...code].reverse().reduce((c, digit, i) => d[c]?.[p[i % 8]?.[Number(digit)] ?? 0] ?? 0, 0);
  return /^[1-9]\d{5,17}$/.test(code) && check === 0;
}

/** Check digit of a LOINC code (Luhn, mod 10). */
function isLoinc(code: string): boolean {
  const [, number = '', check = ''] = /^(\d+)-(\d)$/.exec(code) ?? [];
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return number !== '' && (10 - (sum % 10)) % 10 === Number(check);
}

describe('value sets', () => {
  it('are many, each name once, each file with source and version', () => {
    expect(sets.length).toBeGreaterThan(100);
    expect(byName.size).toBe(sets.length);
    expect(files.filter(({ source, version }) => source.length < 5 || version === '')).toEqual([]);
  });

  it.each(sets.map((set) => [set.name, set] as const))(
    '%s has each code once, of a known system and with its check digit',
    (_, set) => {
      const keys = set.codes.map(({ system, code }) => `${system}|${code}`);
      expect(new Set(keys).size).toBe(keys.length);
      const wrong = set.codes.filter(({ system, code }) => {
        if (system === systems[0]) return !isSnomed(code);
        if (system === systems[1]) return !isLoinc(code);
        if (plainSystems.some((plain) => system.startsWith(plain))) return code.trim() === '' || code.trim() !== code;
        return system !== systems[2] || !/^\d{3,7}$/.test(code);
      });
      expect(wrong).toEqual([]);
    },
  );

  it('give prefixes once a set, of ICD-10 (diagnoses, procedures) or ATC, none of them inside another', () => {
    const withPrefixes = sets.filter(({ prefixes }) => prefixes.length > 0);
    expect(withPrefixes.length).toBeGreaterThan(60);
    for (const { name, prefixes } of withPrefixes) {
      const wrong = prefixes.filter(
        ({ system, prefix }) =>
          !standardSystems.includes(system) ||
          prefixes.filter((other) => other.system === system && prefix.startsWith(other.prefix)).length !== 1,
      );
      expect({ name, wrong }).toEqual({ name, wrong: [] });
    }
  });

  it('spell a family of code systems out', () => {
    expect(families.map(({ name }) => name)).toContain('icd-10');
    const infarction = byName.get('charlson_mi')?.prefixes ?? [];
    expect(infarction.filter(({ prefix }) => prefix === 'I252').map(({ system }) => system)).toEqual(families[0]?.uris);
  });

  it('give every Charlson and Elixhauser category ICD-10 prefixes', () => {
    const categories = sets.filter(({ name }) => /^(charlson|elixhauser|lace)_/.test(name));
    expect(categories.filter(({ name }) => name.startsWith('charlson_'))).toHaveLength(17);
    expect(categories.filter(({ name }) => name.startsWith('elixhauser_'))).toHaveLength(31);
    expect(categories.filter(({ prefixes }) => prefixes.length === 0)).toEqual([]);
  });

  it('give every comorbidity category its weight', () => {
    const weight = { charlson: ['original', 'quan2011'], elixhauser: ['vanWalraven'], lace: ['lace'] };
    for (const [prefix, names] of Object.entries(weight)) {
      const categories = sets.filter(({ name }) => name.startsWith(`${prefix}_`));
      expect(categories.length).toBeGreaterThan(10);
      for (const set of categories) expect(Object.keys(set.weights ?? {}).sort()).toEqual(names);
    }
  });

  it('have hierarchies between categories that exist, the dominant one weighing more', () => {
    expect(hierarchies.length).toBeGreaterThan(5);
    for (const { dominant, dominated } of hierarchies) {
      const [over, under] = [byName.get(dominant), byName.get(dominated)];
      const named = { dominant, dominated, exist: over !== undefined && under !== undefined };
      expect(named).toEqual({ dominant, dominated, exist: true });
      const weights = (set: typeof over): number[] => Object.values(set?.weights ?? {});
      weights(over).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(weights(under)[i] as number));
    }
  });

  it('keep what must not overlap apart', () => {
    const apart: [string, string][] = [
      ['elective_admission', 'emergency_admission'],
      ['elective_admission', 'nursing_admission'],
      ['planned_always_procedure', 'potentially_planned_procedure'],
      ['administrative_procedure', 'operating_room_procedure'],
      ['administrative_procedure', 'potentially_planned_procedure'],
      ['administrative_procedure', 'ventilation_procedure'],
      ['administrative_procedure', 'dialysis_procedure'],
      ['administrative_procedure', 'transfusion_procedure'],
      ['acute_diagnosis', 'neoplasm'],
      ['charlson_diab', 'charlson_diabwc'],
    ];
    for (const [a, b] of apart) {
      expect({ a, n: codes(a).length > 0 }).toEqual({ a, n: true });
      expect({ a, b, both: codes(a).filter((code) => codes(b).includes(code)) }).toEqual({ a, b, both: [] });
      const starts = (name: string): string[] => byName.get(name)?.prefixes.map(({ prefix }) => prefix) ?? [];
      const both = starts(a).filter((x) => starts(b).some((y) => x.startsWith(y) || y.startsWith(x)));
      expect({ a, b, both }).toEqual({ a, b, both: [] });
    }
  });

  it('give each observation code one analyte', () => {
    const all = sets.filter(({ name }) => name.startsWith('observation_')).flatMap((set) => set.codes.map(({ code }) => code));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('units', () => {
  const conversions = readUnitConversions();
  const convert = (analyte: string, unit: string, value: number): number => {
    const found = conversions.find((c) => c.analyte === analyte && c.writtenUnit === unit);
    return value * (found?.factor ?? Number.NaN) + (found?.shift ?? Number.NaN);
  };

  it('exist for every observation that is a number', () => {
    const analytes = sets
      .filter(({ name }) => name.startsWith('observation_'))
      .map(({ name }) => name.replace('observation_', ''));
    const converted = new Set(conversions.map(({ analyte }) => analyte));
    expect(analytes.filter((analyte) => !converted.has(analyte))).toEqual(['smoking_status']);
    expect([...converted].filter((analyte) => !analytes.includes(analyte))).toEqual([]);
  });

  it('list each written unit once and leave the unit of the catalogue as it is', () => {
    const keys = conversions.map(({ analyte, writtenUnit }) => `${analyte} ${writtenUnit}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { analyte, unit, low, high } of conversions) {
      expect(low).toBeLessThan(high);
      expect(convert(analyte, unit, 1.5)).toBe(1.5);
    }
  });

  it.each([
    ['glucose', 'mmol/L', 5, 90.08],
    ['creatinine', 'umol/L', 88.4, 1],
    ['urea_nitrogen', 'mmol/L', 7.14, 20],
    ['bilirubin', 'umol/L', 17.1, 1],
    ['haemoglobin', 'g/L', 140, 14],
    ['albumin', 'g/L', 40, 4],
    ['body_temperature', '[degF]', 32, 0],
    ['body_temperature', '[degF]', 212, 100],
    ['nt_probnp', 'ng/L', 450, 450],
    ['platelets', '10*9/L', 250, 250],
    ['platelets', '/nl', 250, 250],
    ['leukocytes', '/uL', 7200, 7.2],
    ['haemoglobin', 'mmol/l', 8.7, 14.02],
    ['creatinine', 'µmol/l', 88.4, 1],
    ['hba1c', 'mmol/mol', 53, 7],
    ['nt_probnp', 'pmol/L', 100, 845.7],
  ])('%s: %s', (analyte, unit, written, value) => {
    expect(convert(analyte, unit, written)).toBeCloseTo(value, 1);
  });
});
