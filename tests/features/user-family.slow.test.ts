/** A researcher's own features: usable by name when they keep to the doors, refused when they look past them in any way. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import {
  buildMatrix,
  fullCoverage,
  readFamilies,
  readFeatureFolders,
  readKnownRelations,
  selectFeatures,
  type FeatureDefinition,
  type FeatureFamily,
  type FeatureMatrix,
} from '../../src/features/index.ts';
import { checkFamilySql, requireColumns } from '../../src/features/user-family-sql.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, type Warehouse } from '../../src/warehouse/index.ts';
import { withLanding } from '../cases/landing.ts';
import { hospital } from './hospital.ts';
import { emptyWarehouse } from './matrix-of.ts';

const scratch = mkdtempSync(join(tmpdir(), 'user-family-'));
let folders = 0;
let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await emptyWarehouse();
  await withLanding(hospital(7, 40), async (folder) => {
    const manifest = await readManifest(folder);
    await loadFlatTables(warehouse, folder, manifest);
    await buildCohort(warehouse, readCohortDefinition('hwr-like'), {
      transactionTime: manifest.transactionTime,
      runOut: 20251231,
    });
  });
  const families = readFamilies().map((family) => family.relation);
  for (const relation of [...readKnownRelations(), ...families]) await warehouse.create(relation);
});
afterAll(() => {
  warehouse.close();
  rmSync(scratch, { recursive: true, force: true });
});

const entry = {
  unit: 'conditions',
  range: [0, 1000],
  window: null,
  missing: 'zero',
  needs: ['Condition'],
  words: '{value} of mine',
  source: 'this test',
};

interface Own {
  readonly family?: string;
  readonly features?: Record<string, object>;
  readonly file?: string;
}

/** A folder of one family with one feature, mine_value. */
function folderOf(sql: string, { family = 'mine', features = { mine_value: entry }, file = family }: Own = {}): string {
  const folder = join(scratch, String((folders += 1)));
  mkdirSync(folder);
  writeFileSync(join(folder, `${file}.json`), JSON.stringify({ family, title: 'Mine', features }));
  writeFileSync(join(folder, `${file}.sql`), `-- Mine.\n${sql}\n`);
  return folder;
}

/** The same, without a folder and what is checked when one is read. */
function familyOf(sql: string, features: Record<string, object> = { mine_value: entry }): FeatureFamily {
  return {
    family: 'mine',
    title: 'Mine',
    inDefaultSet: false,
    features: Object.entries(features).map(([name, of]) => ({ name, family: 'mine', ...(of as FeatureDefinition) })),
    relation: { name: 'mine', sql, file: 'mine.sql' },
    reads: [],
    own: { catalogue: '', sql },
  };
}

function matrixWith(sql: string, features?: Record<string, object>): Promise<FeatureMatrix> {
  return buildMatrix(warehouse, selectFeatures('mine', [familyOf(sql, features)]), fullCoverage);
}

/** A count per index discharge over a source that joins by `on`. */
const counted = (source: string, on: string): string =>
  `SELECT i.index_id, COUNT(x.index_id) AS mine_value FROM index_discharge i LEFT JOIN ${source} x ON ${on} GROUP BY i.index_id`;
const fair = counted('known_condition', "x.index_id = i.index_id AND x.code = '44054006'");

describe("a researcher's own features", () => {
  it('are computed, by name, beside the shipped ones', async () => {
    const families = await readFeatureFolders([folderOf(fair)]);
    const set = selectFeatures('age_years,mine', families);
    const matrix = await buildMatrix(warehouse, set, fullCoverage);
    expect(matrix.features.map(({ name }) => name)).toEqual(['age_years', 'mine_value']);
    expect(new Set(matrix.columns[1]).size).toBeGreaterThan(1);
    expect(await warehouse.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'trial'")).toEqual([]);
  });

  it('are part of "all" and not of "default", and leave the hash of other sets alone', async () => {
    const families = await readFeatureFolders([folderOf(fair)]);
    const names = (expression: string): string[] => selectFeatures(expression, families).features.map(({ name }) => name);
    expect(names('all')).toContain('mine_value');
    expect(names('all-minus-mine')).not.toContain('mine_value');
    expect(names('default')).not.toContain('mine_value');
    for (const expression of ['default', 'lace', 'age_years']) {
      expect(selectFeatures(expression, families).hash).toBe(selectFeatures(expression).hash);
    }
  });

  it('have a hash that changes with their SQL and their range', async () => {
    const hash = async (sql: string, own?: Own): Promise<string> =>
      selectFeatures('mine', await readFeatureFolders([folderOf(sql, own)])).hash;
    const before = await hash(fair);
    expect(await hash(fair)).toBe(before);
    expect(await hash(fair.replace('44054006', '88805009'))).not.toBe(before);
    expect(await hash(fair, { features: { mine_value: { ...entry, range: [0, 1001] } } })).not.toBe(before);
  });

  it('may be computed from shipped ones, which then run before them', async () => {
    const [family] = await readFeatureFolders([
      folderOf('SELECT s.index_id, s.lace * 2 AS mine_value FROM scores s JOIN utilization u ON u.index_id = s.index_id'),
    ]);
    expect(family?.reads).toEqual(['scores', 'utilization']);
    const set = selectFeatures('mine', family === undefined ? [] : [family]);
    expect(set.families.map((f) => f.family)).toContain('comorbidity');
    expect((await buildMatrix(warehouse, set, fullCoverage)).rows).toBeGreaterThan(40);
  });

  it('are what their description shows, word for word', async () => {
    const text = readFileSync(new URL('../../src/features/README.md', import.meta.url), 'utf8');
    const block = (language: string): string => new RegExp('```' + language + '\\n([^`]+)```').exec(text)?.[1] ?? '';
    const example = new URL('../../scripts/experiment/own-features/', import.meta.url);
    expect(block('sql')).toBe(readFileSync(new URL('prior-diabetes.sql', example), 'utf8'));
    expect(JSON.parse(block('json'))).toEqual(JSON.parse(readFileSync(new URL('prior-diabetes.json', example), 'utf8')));
    const matrix = await buildMatrix(
      warehouse,
      selectFeatures('prior-diabetes', await readFeatureFolders([fileURLToPath(example)])),
      fullCoverage,
    );
    expect(new Set(matrix.columns[0]).size).toBeGreaterThan(1);
  });

  it('may be copies of every shipped one: no fair feature is refused', async () => {
    const families = readFamilies();
    const features = Object.fromEntries(
      families.flatMap((f) => f.features.map(({ name, family: _family, ...definition }) => [`own_${name}`, definition])),
    );
    const columns = families.flatMap((f) => f.features.map(({ name }) => `${f.relation.name}.${name} AS own_${name}`));
    const joins = families.map(({ relation: { name } }) => `JOIN ${name} ON ${name}.index_id = i.index_id`);
    const sql = `SELECT i.index_id, ${columns.join(', ')} FROM index_discharge i ${joins.join(' ')}`;
    const set = selectFeatures('mine', await readFeatureFolders([folderOf(sql, { features })]));
    const { columns: copies } = await buildMatrix(warehouse, set, fullCoverage);
    expect(copies).toEqual((await buildMatrix(warehouse, selectFeatures('all'), fullCoverage)).columns);
  });

  it.each([
    ['an outcome', counted('outcome', 'x.index_id = i.index_id')],
    [
      'an outcome in a subquery',
      'SELECT i.index_id, (SELECT MAX(o.target) FROM outcome o WHERE o.index_id = i.index_id) AS mine_value FROM index_discharge i',
    ],
    ['an outcome behind a WITH', 'WITH a AS (SELECT * FROM outcome) SELECT a.index_id, a.target AS mine_value FROM a'],
    ['an outcome by its schema', 'SELECT o.index_id, o.target AS mine_value FROM main.outcome o'],
    [
      'stays',
      'SELECT i.index_id, COUNT(*) AS mine_value FROM index_discharge i JOIN stay s ON s.patient_id = i.patient_id GROUP BY ALL',
    ],
    [
      'a flat table',
      'SELECT i.index_id, COUNT(*) AS mine_value FROM index_discharge i JOIN condition c USING (patient_id) GROUP BY ALL',
    ],
    [
      'the outcome in a WHERE',
      'SELECT i.index_id, 1 AS mine_value FROM index_discharge i WHERE EXISTS (SELECT 1 FROM "OUTCOME" o)',
    ],
    ['a file', "SELECT i.index_id, 1 AS mine_value FROM index_discharge i CROSS JOIN 'secret.csv' x"],
    [
      'a function that reads a file',
      "SELECT i.index_id, 1 AS mine_value FROM index_discharge i CROSS JOIN read_text('/etc/hostname') x",
    ],
    ['a function that reads a table', "SELECT o.index_id, o.target AS mine_value FROM query_table('outcome') o"],
    [
      'what the warehouse holds',
      'SELECT i.index_id, t.n AS mine_value FROM index_discharge i CROSS JOIN (SELECT COUNT(*) AS n FROM duckdb_tables) t',
    ],
    ['a sample of rows', 'SELECT i.index_id, 1 AS mine_value FROM index_discharge i TABLESAMPLE 10%'],
    ['a sample of rows, otherwise', 'SELECT i.index_id, 1 AS mine_value FROM index_discharge i USING SAMPLE 5'],
  ])('may not read %s', async (_, sql) => {
    await expect(checkFamilySql(warehouse, familyOf(sql))).rejects.toMatchObject({ code: 'FEATURE_FOLDER_DOOR' });
  });

  it.each([
    ['two statements', `${fair}; ${fair}`, 'FEATURE_FOLDER_SQL'],
    ['a statement that changes something', 'DROP TABLE outcome', 'FEATURE_FOLDER_SQL'],
    ['no SQL', 'SELECT FROM', 'FEATURE_FOLDER_SQL'],
    ['a column that is not there', 'SELECT i.index_id, i.nothing AS mine_value FROM index_discharge i', 'FEATURE_FOLDER_SQL'],
    [
      'whatever row lies first',
      'SELECT c.index_id, any_value(c.onset_ms) AS mine_value FROM known_condition c GROUP BY 1',
      'FEATURE_FOLDER_SQL',
    ],
    ['chance', 'SELECT i.index_id, random() AS mine_value FROM index_discharge i', 'FEATURE_FOLDER_SQL'],
    ['today', 'SELECT i.index_id, year(CURRENT_DATE) AS mine_value FROM index_discharge i', 'FEATURE_FOLDER_SQL'],
    [
      'the name of a table for a WITH',
      'WITH outcome AS (SELECT 1 AS a) SELECT i.index_id, 1 AS mine_value FROM index_discharge i',
      'FEATURE_FOLDER_SQL',
    ],
    ['a column too few', 'SELECT i.index_id FROM index_discharge i', 'FEATURE_FOLDER_COLUMNS'],
    ['a column too many', 'SELECT i.index_id, 1 AS mine_value, 2 AS more FROM index_discharge i', 'FEATURE_FOLDER_COLUMNS'],
    ['a text', "SELECT i.index_id, 'x' AS mine_value FROM index_discharge i", 'FEATURE_FOLDER_COLUMNS'],
  ])('may not have %s', async (_, sql, code) => {
    const family = familyOf(sql);
    const checked = checkFamilySql(warehouse, family).then(() => requireColumns(warehouse, family));
    await expect(checked).rejects.toMatchObject({ code });
  });

  it('are checked so when their folder is read', async () => {
    const leak = folderOf(counted('outcome', 'x.index_id = i.index_id'));
    await expect(readFeatureFolders([leak])).rejects.toMatchObject({ code: 'FEATURE_FOLDER_DOOR' });
    const short = folderOf('SELECT i.index_id FROM index_discharge i');
    await expect(readFeatureFolders([short])).rejects.toMatchObject({ code: 'FEATURE_FOLDER_COLUMNS' });
  });

  it.each([
    ['another family as named', { family: 'other', file: 'mine' }, 'FEATURE_FOLDER_INVALID'],
    ['an unknown key', { features: { mine_value: { ...entry, more: 1 } } }, 'FEATURE_FOLDER_INVALID'],
    ['an unknown type', { features: { mine_value: { ...entry, needs: ['Claim'] } } }, 'FEATURE_FOLDER_INVALID'],
    ['no feature', { features: {} }, 'FEATURE_FOLDER_INVALID'],
    ['the name of a feature', { features: { age_years: entry } }, 'FEATURE_FOLDER_CLASH'],
    ['the name of a family', { family: 'social' }, 'FEATURE_FOLDER_CLASH'],
    ['the name of a table', { family: 'outcome' }, 'FEATURE_FOLDER_CLASH'],
  ])('may not have %s in their catalogue', async (_, own, code) => {
    await expect(readFeatureFolders([folderOf(fair, own)])).rejects.toMatchObject({ code });
  });

  it('are looked for where they are said to be', async () => {
    await expect(readFeatureFolders([join(scratch, 'none')])).rejects.toMatchObject({ code: 'FEATURE_FOLDER_UNREADABLE' });
    const folder = folderOf(fair);
    rmSync(join(folder, 'mine.sql'));
    await expect(readFeatureFolders([folder])).rejects.toMatchObject({ code: 'FEATURE_FOLDER_INVALID' });
    await expect(readFeatureFolders([folderOf(fair), folderOf(fair)])).rejects.toMatchObject({ code: 'FEATURE_FOLDER_CLASH' });
  });

  it.each([
    ['later index discharges', counted('index_discharge', 'x.patient_id = i.patient_id AND x.admit_ms > i.discharge_ms')],
    [
      'what is known at a later discharge',
      `WITH other AS (SELECT j.patient_id, c.index_id FROM index_discharge j JOIN known_condition c ON c.index_id = j.index_id) ${counted('other', 'x.patient_id = i.patient_id')}`,
    ],
    ['all patients', 'SELECT i.index_id, (SELECT COUNT(*) FROM known_condition c) AS mine_value FROM index_discharge i'],
    ['the rank among patients', 'SELECT i.index_id, RANK() OVER (ORDER BY i.admit_ms) AS mine_value FROM index_discharge i'],
  ])('may not rest on %s', async (_, sql) => {
    await expect(matrixWith(sql)).rejects.toMatchObject({ code: 'FEATURE_FOLDER_FUTURE' });
  });

  it.each([
    [
      'rows missing',
      "SELECT c.index_id, COUNT(*) AS mine_value FROM known_condition c WHERE c.code = '44054006' GROUP BY c.index_id",
    ],
    ['rows twice', 'SELECT i.index_id, 1 AS mine_value FROM index_discharge i CROSS JOIN (VALUES (1), (2)) v'],
    ['rows of others', "SELECT i.index_id || 'x' AS index_id, 1 AS mine_value FROM index_discharge i"],
  ])('may not have %s', async (_, sql) => {
    await expect(matrixWith(sql)).rejects.toMatchObject({ code: 'FEATURE_FOLDER_ROWS' });
  });

  it('may not differ between the engine of the matrix and that of a score', async () => {
    const halved = (two: string): string => fair.replace('COUNT(x.index_id)', `COUNT(x.index_id) / ${two}`);
    expect(halved('2')).toContain('/ 2');
    await expect(matrixWith(halved('2'))).rejects.toMatchObject({ code: 'FEATURE_FOLDER_ENGINES' });
    expect((await matrixWith(halved('2e0'))).rows).toBeGreaterThan(40);
  });

  it('may be such as only the engine of the matrix can run', async () => {
    const sql =
      'SELECT i.index_id, median(o.value) AS mine_value FROM index_discharge i LEFT JOIN known_observation o ON o.index_id = i.index_id GROUP BY i.index_id';
    const matrix = await matrixWith(sql, { mine_value: { ...entry, range: [0, 1e6] } });
    expect(new Set(matrix.columns[0]).size).toBeGreaterThan(10);
  });

  it('may not leave their range', async () => {
    await expect(matrixWith('SELECT i.index_id, -1 AS mine_value FROM index_discharge i')).rejects.toMatchObject({
      code: 'FEATURE_OUT_OF_RANGE',
    });
  });
});
