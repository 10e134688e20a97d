/** Codes found by their beginnings: rules on a small terminology, and the shipped one against a comparison of every code with every beginning. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readManifest } from '../../src/fhir/landing.ts';
import { readTerminology, type Terminology, type ValueSet } from '../../src/terminology/index.ts';
import { loadFlatTables, loadTerminology, PrefixMatcher, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const icd = 'http://hl7.org/fhir/sid/icd-10';
const { cases } = JSON.parse(readFileSync(new URL('../features/golden/comorbidity.json', import.meta.url), 'utf8')) as {
  cases: { codes: string[] }[];
};

function terminology(...sets: Partial<ValueSet>[]): Terminology {
  const whole = sets.map((set, n): ValueSet => ({ name: `set_${n}`, title: 'of a test', codes: [], prefixes: [], ...set }));
  return { files: [], sets: whole, hierarchies: [] };
}
const bare = (code: string): string => code.replaceAll('.', '').toUpperCase();
const found = (of: Terminology, ...codes: string[]): string[] =>
  new PrefixMatcher(of).members(codes.map((code) => ({ system: icd, code }))).map(([name, , code]) => `${name} ${code}`);

describe('PrefixMatcher', () => {
  const heart = terminology({
    prefixes: [
      { system: icd, prefix: 'I25' },
      { system: icd, prefix: 'I2520' },
    ],
  });

  it('sets dots and case aside, and gives the code as written', () => {
    expect(found(heart, 'I25', 'I25.2', 'I252', 'i25.20')).toEqual(['set_0 I25', 'set_0 I25.2', 'set_0 I252', 'set_0 i25.20']);
  });

  it('takes no code that is shorter, or that only holds the beginning', () => {
    expect(found(heart, 'I2', 'I', '', 'XI25', 'I24.5', 'I 25')).toEqual([]);
  });

  it('takes no code of another system', () => {
    expect(new PrefixMatcher(heart).members([{ system: 'urn:local', code: 'I25' }])).toEqual([]);
  });

  it('gives every set that holds the code, and none that names it itself', () => {
    const both = terminology(
      { prefixes: [{ system: icd, prefix: 'I25' }], codes: [{ system: icd, code: 'I25.2' }] },
      { prefixes: [{ system: icd, prefix: 'I252' }] },
      { prefixes: [{ system: icd, prefix: 'I26' }] },
    );
    expect(found(both, 'I25.2', 'I252')).toEqual(['set_1 I25.2', 'set_0 I252', 'set_1 I252']);
  });
});

describe('loadFlatTables', () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await Warehouse.open({ threads: 1 });
    await loadTerminology(warehouse);
  });
  afterAll(() => warehouse.close());

  it('adds what a comparison of every code with every beginning finds', async () => {
    const editions = [icd, 'http://hl7.org/fhir/sid/icd-10-cm', 'http://fhir.de/CodeSystem/bfarm/icd-10-gm', 'urn:local'];
    const codes = [...new Set(cases.flatMap((golden) => golden.codes))].sort();
    expect(codes.length).toBeGreaterThan(300);
    const coded = [
      ...codes.map((code, n) => ({
        system: editions[n % editions.length] as string,
        code: n % 3 === 0 ? code.toLowerCase() : code,
      })),
      { system: 'http://www.whocc.no/atc', code: 'B01AF02' },
      { system: 'http://www.cms.gov/Medicare/Coding/ICD10', code: '02703ZZ' },
    ];
    const lines = coded.map(({ system, code }, n) => {
      const type = system.includes('atc') ? 'Order' : system.includes('cms') ? 'Procedure' : 'Condition';
      return `${type} c${n} code=${code} system=${system}`;
    });
    await withLanding(expand([...lines, 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z icd=F32.9']), async (folder) =>
      loadFlatTables(warehouse, folder, await readManifest(folder)),
    );
    // As the flat tables have them.
    const held = await warehouse.rows(`SELECT system, code FROM condition UNION ALL SELECT system, code FROM procedure
      UNION ALL SELECT system, code FROM medication_request UNION ALL SELECT reason_system, reason_code FROM encounter`);
    expect(held.length).toBe(coded.length + 1);
    const { sets } = readTerminology();
    const expected = held.flatMap(({ system, code }) => {
      const start = bare(String(code));
      return sets
        .filter(({ prefixes }) => prefixes.some((p) => p.system === system && start.startsWith(p.prefix)))
        .filter(({ codes: own }) => !own.some((c) => c.system === system && c.code === code))
        .map(({ name }) => `${name} ${String(system)} ${String(code)}`);
    });
    const rows = await warehouse.rows('SELECT name, system, code FROM value_set WHERE by_prefix = 1');
    const actual = rows.map(({ name, system, code }) => `${String(name)} ${String(system)} ${String(code)}`);
    expect(expected.length).toBeGreaterThan(500);
    expect(actual.sort()).toEqual([...new Set(expected)].sort());
  });
});
