/**
 * A researcher's own families: a folder with NAME.json (catalogue) and NAME.sql beside each other, read and checked before any record is.
 *
 * In      a folder; each family in the form of the shipped ones, without `order` and `inDefaultSet`
 * Out     families that a feature expression can name; their SQL runs after the shipped ones
 * Checks  catalogue, names (no clash with what is there), the doors the SQL reads (./user-family-sql.ts), its columns. One row per index
 *         discharge, sound values and the prediction time are checked on the records, each time a matrix is built (./as-of-trial.ts)
 * Choice  a family reads the doors and the shipped families, not another family of the researcher: what a feature rests on stays in one file
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { buildCohort, readCohortDefinition } from '../cohort/index.ts';
import { FeatureError } from '../errors.ts';
import { documentFault } from '../util/document-fault.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { loadFlatTables, loadTerminology, readRelation, relationName, Warehouse } from '../warehouse/index.ts';
import { featureNameSchema, featureSchema, readFamilies, readKnownRelations, type FeatureFamily } from './catalogue.ts';
import { fullCoverage } from './coverage.ts';
import { checkFamilySql, requireColumns } from './user-family-sql.ts';

const catalogueSchema = z.strictObject({
  family: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  features: z
    .record(featureNameSchema, featureSchema)
    .refine((features) => Object.keys(features).length > 0, 'expected at least one feature'),
});

/**
 * @param folders  each with one family or several
 * @returns        sorted by name
 * @throws {FeatureError} FEATURE_FOLDER_UNREADABLE, FEATURE_FOLDER_INVALID, FEATURE_FOLDER_CLASH, FEATURE_FOLDER_SQL, FEATURE_FOLDER_DOOR,
 *         FEATURE_FOLDER_COLUMNS
 */
export async function readFeatureFolders(folders: readonly string[]): Promise<FeatureFamily[]> {
  const families = folders.flatMap(readFolder).sort((a, b) => (a.family < b.family ? -1 : 1));
  if (families.length === 0) return [];
  const warehouse = await emptyWarehouse();
  try {
    await requireNewNames(warehouse, families);
    const checked: FeatureFamily[] = [];
    for (const family of families) {
      const reads = await checkFamilySql(warehouse, family);
      await requireColumns(warehouse, family);
      checked.push({ ...family, reads });
    }
    return checked;
  } finally {
    warehouse.close();
  }
}

function readFolder(folder: string): FeatureFamily[] {
  const files = listed(folder);
  const names = (ending: string): string[] =>
    files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  const [catalogues, queries] = [names('.json'), names('.sql')];
  const alone = catalogues.find((name) => !queries.includes(name)) ?? queries.find((name) => !catalogues.includes(name));
  if (catalogues.length === 0 || alone !== undefined) {
    throw new FeatureError(
      'FEATURE_FOLDER_INVALID',
      `${folder}: expected NAME.json and NAME.sql for each family, found ${alone === undefined ? 'none' : `"${alone}" without its other half`}`,
    );
  }
  return catalogues.sort().map((name) => readFamily(folder, name));
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new FeatureError(
      'FEATURE_FOLDER_UNREADABLE',
      `expected a folder of feature families, found none at ${folder}${didYouMeanPath(folder)}`,
      {
        cause,
      },
    );
  }
}

function readFamily(folder: string, name: string): FeatureFamily {
  const file = join(folder, `${name}.json`);
  const catalogue = readFileSync(file, 'utf8');
  const { family, title, features } = parseCatalogue(catalogue, file, name);
  const path = join(folder, `${name}.sql`);
  const relation = readRelation(pathToFileURL(path));
  return {
    family,
    title,
    inDefaultSet: false,
    features: Object.entries(features).map(([feature, definition]) => ({ name: feature, family, ...definition })),
    relation: { ...relation, sql: relation.sql.replace(/;\s*$/, '') },
    reads: [],
    own: { catalogue, sql: readFileSync(path, 'utf8') },
  };
}

function parseCatalogue(text: string, file: string, name: string): z.infer<typeof catalogueSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FeatureError('FEATURE_FOLDER_INVALID', `${file}: expected JSON, found another form`, { cause });
  }
  const parsed = catalogueSchema.safeParse(value);
  if (!parsed.success) {
    const { place, what } = documentFault(catalogueSchema, value, parsed.error);
    throw new FeatureError('FEATURE_FOLDER_INVALID', `${file}: ${place}: ${what}`);
  }
  const unknownType = Object.values(parsed.data.features)
    .flatMap(({ needs }) => needs)
    .find((type) => !fullCoverage.types.includes(type));
  if (unknownType !== undefined) {
    throw new FeatureError(
      'FEATURE_FOLDER_INVALID',
      `${file}: needs: expected resource types among ${fullCoverage.types.join(', ')}, found "${unknownType}"${didYouMean(unknownType, fullCoverage.types)}`,
    );
  }
  if (parsed.data.family === name) return parsed.data;
  throw new FeatureError(
    'FEATURE_FOLDER_INVALID',
    `${file}: expected the family "${name}", as the file is named, found "${parsed.data.family}"`,
  );
}

/** Everything that is there before a family runs, without a record in it: so a column that does not exist is found in a second. */
async function emptyWarehouse(): Promise<Warehouse> {
  const warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
  const transactionTime = '2000-01-02T00:00:00Z';
  await loadFlatTables(warehouse, '.', {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'no records' },
    transactionTime,
    synthetic: true,
    coverage: { types: [...fullCoverage.types], from: null },
    files: [],
  });
  await buildCohort(warehouse, readCohortDefinition('hwr-like'), { transactionTime, runOut: 20000101 });
  for (const relation of readKnownRelations()) await warehouse.create(relation);
  for (const { relation } of readFamilies()) await warehouse.create(relation);
  return warehouse;
}

/** Names must be new: of families and features among the shipped ones and each other, of tables among those of the warehouse. */
async function requireNewNames(warehouse: Warehouse, families: readonly FeatureFamily[]): Promise<void> {
  const shipped = readFamilies();
  const tables = await warehouse.rows('SELECT table_name FROM duckdb_tables()', [], 'table names');
  const taken = new Set([
    'all',
    'default',
    ...shipped.flatMap(({ family, features }) => [family, ...features.map(({ name }) => name)]),
    ...tables.map((row) => String(row['table_name'])),
  ]);
  for (const { family, features } of families) {
    for (const name of new Set([family, relationName(family), ...features.map((feature) => feature.name)])) {
      if (taken.has(name) || name.startsWith('all-minus-')) {
        throw new FeatureError(
          'FEATURE_FOLDER_CLASH',
          `family "${family}": expected names of its own, found "${name}", which is taken; rename it`,
          { details: { family, name } },
        );
      }
      taken.add(name);
    }
  }
}
