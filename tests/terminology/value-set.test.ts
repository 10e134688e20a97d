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

/** The common concept of a disease in SNOMED CT, and the ICD-10 code for it. */
const commonConcepts: readonly (readonly [snomed: string, icd: string])[] = [
  ['57054005', 'I21.9'],
  ['1755008', 'I25.2'],
  ['42343007', 'I50.0'],
  ['400047006', 'I73.9'],
  ['399957001', 'I73.9'],
  ['233985008', 'I71.4'],
  ['62914000', 'I67.9'],
  ['432504007', 'I63.9'],
  ['266257000', 'G45.9'],
  ['52448006', 'F03'],
  ['429998004', 'F01.9'],
  ['13645005', 'J44.9'],
  ['55464009', 'M32.9'],
  ['89155008', 'M34.9'],
  ['31384009', 'M33.2'],
  ['65323003', 'M35.3'],
  ['13200003', 'K27.9'],
  ['397825006', 'K25.9'],
  ['51868009', 'K26.9'],
  ['19943007', 'K74.6'],
  ['59927004', 'K72.9'],
  ['28670008', 'I85.9'],
  ['34742003', 'K76.6'],
  ['13920009', 'K72.9'],
  ['51292008', 'K76.7'],
  ['46635009', 'E10.9'],
  ['73211009', 'E14.9'],
  ['4855003', 'E14.3'],
  ['60389000', 'G82.2'],
  ['50582007', 'G81.9'],
  ['709044004', 'N18.9'],
  ['433146000', 'N18.5'],
  ['714152005', 'N18.5'],
  ['90688005', 'N18.9'],
  ['118600007', 'C85.9'],
  ['128462008', 'C79.9'],
  ['5370000', 'I48.9'],
  ['59282003', 'I26.9'],
  ['70995007', 'I27.2'],
  ['38341003', 'I10'],
  ['64715009', 'I11.9'],
  ['38481006', 'I12.9'],
  ['31992008', 'I15.9'],
  ['49049000', 'G20'],
  ['24700007', 'G35'],
  ['40930008', 'E03.9'],
  ['302215000', 'D69.6'],
  ['64779008', 'D68.9'],
  ['414916001', 'E66.9'],
  ['66590003', 'F10.2'],
  ['35489007', 'F32.9'],
  ['89362005', 'R63.4'],
  ['272588001', 'E46'],
  ['89627008', 'E87.1'],
  ['43339004', 'E87.6'],
  ['14140009', 'E87.5'],
  ['34095006', 'E86'],
  ['87522002', 'D50.9'],
  ['84027009', 'D51.0'],
  ['58214004', 'F20.9'],
  ['68890003', 'F25.9'],
  ['69322001', 'F29'],
];
/** Names without those that a graver category of theirs silences. */
const undominated = (names: readonly string[]): string[] =>
  names.filter((name) => !hierarchies.some(({ dominant, dominated }) => dominated === name && names.includes(dominant)));

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

  it('have a SNOMED CT code in every comorbidity category, but for anaemia by loss of blood', () => {
    const categories = sets.filter(({ name }) => /^(charlson|elixhauser|lace)_/.test(name));
    const without = categories.filter((set) => !set.codes.some(({ system }) => system === systems[0])).map(({ name }) => name);
    expect(without).toEqual(['elixhauser_blane']);
  });

  it.each(commonConcepts)('put SNOMED CT %s where ICD-10 %s stands', (snomed, icd) => {
    const categories = sets.filter(({ name }) => /^(charlson|elixhauser|lace)_/.test(name));
    const bySnomed = categories.filter((set) => set.codes.some(({ system, code }) => system === systems[0] && code === snomed));
    const byIcd = categories.filter((set) => set.prefixes.some(({ prefix }) => icd.replace('.', '').startsWith(prefix)));
    expect(bySnomed.length).toBeGreaterThan(0);
    expect(undominated(bySnomed.map(({ name }) => name))).toEqual(undominated(byIcd.map(({ name }) => name)));
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
