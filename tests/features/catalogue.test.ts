/** The catalogue against the SQL: same columns, sound entries, only known records behind them. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dischargeRelations, outcomeRelation } from '../../src/cohort/index.ts';
import { columnDictionary, readFamilies, readKnownRelations, selectFeatures } from '../../src/features/index.ts';
import { readUnitConversions } from '../../src/terminology/index.ts';
import type { Relation, Warehouse } from '../../src/warehouse/index.ts';
import { hospital } from './hospital.ts';
import { emptyWarehouse, matrixOf } from './matrix-of.ts';

const families = readFamilies();
const features = families.flatMap((family) => family.features);
const doors = readKnownRelations();

/** Names after FROM and JOIN that are no common table expression of the same statement. */
function readBy({ sql }: Relation): string[] {
  const own = new Set([...sql.matchAll(/(?:WITH|,)\s*(\w+) AS \(/g)].map(([, name]) => name));
  const targets = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)/g)].map(([, name]) => name as string);
  return [...new Set(targets)].filter((name) => !own.has(name)).sort();
}

describe('catalogue', () => {
  it('names each feature once, in nine families', () => {
    expect(families.map(({ family }) => family)).toEqual([
      'demographics',
      'index-stay',
      'utilization',
      'comorbidity',
      'observations',
      'medications',
      'procedures',
      'social',
      'scores',
    ]);
    expect(features.length).toBeGreaterThan(100);
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
    expect(families.map((family) => family.relation.name)).toEqual(families.map(({ family }) => family.replace('-', '_')));
  });

  it.each(features.map((feature) => [feature.name, feature] as const))('%s is sound', (_, feature) => {
    const [low, high] = feature.range;
    expect(low).toBeLessThan(high);
    expect(feature.source.length).toBeGreaterThan(3);
    if (feature.unit === 'flag') {
      expect(feature.range).toEqual([0, 1]);
      expect(feature.wordsAbsent ?? '').not.toBe('');
      expect(feature.words).not.toContain('{value}');
    } else {
      expect(feature.words).toContain('{value}');
      expect(feature.wordsAbsent).toBeUndefined();
    }
    if (feature.missing === 'zero') expect(low).toBeLessThanOrEqual(0);
    expect(feature.needs.length).toBeGreaterThan(0);
    const window = feature.window;
    if (window !== null && window.fromDays !== null) expect(window.fromDays).toBeLessThanOrEqual(window.toDays ?? 0);
    const days = /_(\d+)d$/.exec(feature.name)?.[1];
    if (days !== undefined) expect(window?.fromDays).toBe(-Number(days));
  });

  it('believes the same ranges as the units do', () => {
    const units = readUnitConversions();
    expect(units.length).toBeGreaterThan(20);
    for (const { analyte, unit, low, high } of units) {
      expect(features.find(({ name }) => name === `last_${analyte}`)).toMatchObject({ unit, range: [low, high] });
    }
  });

  it('has a dictionary entry for each column', () => {
    const dictionary = columnDictionary({ features });
    expect(Object.keys(dictionary)).toEqual(features.map(({ name }) => name));
    expect(dictionary['age_years']).toMatchObject({ unit: 'years', family: 'demographics' });
  });
});

describe('columns', () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await emptyWarehouse();
    await matrixOf(warehouse, hospital(5, 3));
  });
  afterAll(() => warehouse.close());

  it.each(families.map((family) => [family.family, family] as const))(
    '%s: the SQL gives what the catalogue lists, in its order',
    async (_, family) => {
      const rows = await warehouse.rows(`SELECT column_name FROM (DESCRIBE ${family.relation.name})`);
      expect(rows.map((row) => row['column_name'])).toEqual(['index_id', ...family.features.map(({ name }) => name)]);
    },
  );

  it.each(families.map((family) => [family.family, family] as const))(
    '%s: one row for each index discharge',
    async (_, family) => {
      const [row] = await warehouse.rows(
        `SELECT COUNT(*) AS n, COUNT(DISTINCT f.index_id) AS ids, (SELECT COUNT(*) FROM index_discharge) AS discharges FROM ${family.relation.name} f`,
      );
      expect(row?.['n']).toBeGreaterThan(0);
      expect([row?.['n'], row?.['ids']]).toEqual([row?.['discharges'], row?.['discharges']]);
    },
  );
});

describe('SQL of the features', () => {
  const allowed = ['index_discharge', 'value_set', 'value_set_weight', 'value_set_hierarchy', 'last_value'];
  const known = doors.filter(({ name }) => name.startsWith('known_')).map(({ name }) => name);

  it('has eight doors and the last value', () => {
    expect(doors.map(({ name }) => name)).toEqual([
      'known_condition',
      'known_encounter',
      'known_medication_request',
      'known_observation',
      'known_patient',
      'known_procedure',
      'known_reason',
      'known_stay',
      'last_value',
    ]);
  });

  it.each(families.map((family) => [family.family, family] as const))(
    '%s reads through the doors only',
    (family, { relation }) => {
      // The published scores are sums of other families' columns.
      const others = family === 'scores' ? families.map((f) => f.relation.name).filter((name) => name !== family) : [];
      const read = readBy(relation);
      expect(read.length).toBeGreaterThan(0);
      expect(read.filter((name) => ![...allowed, ...known, ...others].includes(name))).toEqual([]);
    },
  );

  it('lets last_value read through the doors only', () => {
    expect(readBy(doors.at(-1) as Relation)).toEqual(['index_discharge', 'known_observation']);
  });

  it.each(
    [...doors, ...families.map((family) => family.relation), ...dischargeRelations, outcomeRelation].map(
      (r) => [r.file, r] as const,
    ),
  )('%s keeps to the portable subset', (_, { sql }) => {
    expect(sql).not.toMatch(/SELECT\s+(DISTINCT\s+)?(\w+\.)?\*/);
    // "//" is an operator; in a URI it is text.
    expect(sql.replace(/'[^']*'/g, "''")).not.toMatch(
      /\bQUALIFY\b|\bEXCLUDE\b|\bDISTINCT ON\b|arg_max|arg_min|max_by|min_by|any_value|IGNORE NULLS|RECURSIVE|\/\/|"/i,
    );
    expect(sql).not.toMatch(/\d+\s*\*\s*86400000/);
    expect(sql).not.toContain(';');
  });

  it('says in each header what goes in and what comes out', () => {
    const folders = ['../../src/features/families/', '../../src/features/known/', '../../src/cohort/sql/'];
    const files = folders.flatMap((folder) =>
      readdirSync(new URL(folder, import.meta.url))
        .filter((name) => name.endsWith('.sql'))
        .map((name) => ({ name, text: readFileSync(new URL(folder + name, import.meta.url), 'utf8') })),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const { name, text } of files) {
      const header = text
        .split('\n')
        .filter((line) => line.startsWith('--'))
        .join('\n');
      expect({ name, header: /^-- [A-Z].*\n-- In {4}.*[\s\S]*\n-- Out {3}/.test(header) }).toEqual({ name, header: true });
      const said = /^-- In {4}([\s\S]*?)\n-- Out/m.exec(header)?.[1] ?? '';
      const sql = text
        .split('\n')
        .filter((line) => !line.startsWith('--'))
        .join('\n');
      const missing = readBy({ name, sql, file: name }).filter((table) => !said.includes(table));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });
});

describe('selectFeatures', () => {
  it('takes the default set without the scores', () => {
    const names = selectFeatures().features.map(({ family }) => family);
    expect(new Set(names)).toEqual(new Set(families.filter(({ inDefaultSet }) => inDefaultSet).map(({ family }) => family)));
    expect(names).not.toContain('scores');
  });

  it('adds and takes away, in the order of the catalogue', () => {
    const set = selectFeatures('charlson_index, demographics, -sex_male');
    expect(set.features.map(({ name }) => name)).toEqual(['age_years', 'sex_female', 'charlson_index']);
    expect(set.families.map(({ family }) => family)).toEqual(['demographics', 'comorbidity']);
    expect(selectFeatures('demographics,-sex_male,charlson_index').hash).toBe(set.hash);
  });

  it('runs every family where the scores need them', () => {
    expect(selectFeatures('lace').families).toHaveLength(families.length);
  });

  it('refuses what it does not know and what selects nothing', () => {
    expect(() => selectFeatures('nope')).toThrow(
      expect.objectContaining({ code: 'FEATURE_UNKNOWN', message: expect.stringContaining('nope') }),
    );
    expect(() => selectFeatures('social,-social')).toThrow(expect.objectContaining({ code: 'FEATURE_SET_EMPTY' }));
  });

  it('gives another hash to another choice', () => {
    const hashes = ['default', 'all', 'default,-social', 'lace', 'age_years'].map((names) => selectFeatures(names).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
