/**
 * A researcher's own labels: a file that takes the place of the outcome.
 *
 * In      .csv, .ndjson (.jsonl) or .parquet, plain or .gz (not parquet), with a column encounter_id, stay_id or index_id (with or without
 *         "Encounter/") and a column label (0 or 1, false or true; empty is no label)
 * Out     relation stay_label(stay_id, label); the name and SHA-256 that go into the cohort definition
 * Choice  any encounter of a stay names the stay; two labels of one stay must agree; a label of a stay that is no index discharge is not used
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CohortError } from '../errors.ts';
import type { Warehouse } from '../warehouse/index.ts';
import type { CohortDefinition } from './definition.ts';

const readers: readonly (readonly [RegExp, string])[] = [
  [/\.csv(\.gz)?$/, 'read_csv($1, header = true, all_varchar = true)'],
  [/\.(ndjson|jsonl)(\.gz)?$/, "read_json($1, format = 'newline_delimited')"],
  [/\.parquet$/, 'read_parquet($1)'],
];
const idColumns = ['encounter_id', 'stay_id', 'index_id'];

/**
 * The labels field of a definition: what a model says it was trained on.
 *
 * @throws {CohortError} COHORT_LABELS_UNREADABLE
 */
export async function describeLabels(path: string): Promise<NonNullable<CohortDefinition['labels']>> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw new CohortError('COHORT_LABELS_UNREADABLE', `expected a readable labels file, found none at ${path}`, { cause });
  }
  return { name: basename(path).slice(0, 200), sha256: hash.digest('hex') };
}

/**
 * Reads the labels and ties them to stays.
 *
 * @throws {CohortError} COHORT_LABELS_FORMAT, COHORT_LABELS_UNREADABLE, COHORT_LABELS_COLUMN, COHORT_LABELS_VALUE, COHORT_LABELS_UNKNOWN,
 *         COHORT_LABELS_CONFLICT
 */
export async function loadLabels(warehouse: Warehouse, path: string): Promise<void> {
  const reader = readers.find(([ending]) => ending.test(path))?.[1];
  if (reader === undefined) {
    throw new CohortError('COHORT_LABELS_FORMAT', `expected a labels file ending in .csv, .ndjson or .parquet, found "${path}"`);
  }
  const columns = await columnsOf(warehouse, reader, path);
  const id = idColumns.find((name) => columns.includes(name));
  if (id === undefined || !columns.includes('label')) {
    throw new CohortError(
      'COHORT_LABELS_COLUMN',
      `${path}: expected the columns label and one of ${idColumns.join(', ')}, found ${columns.slice(0, 20).join(', ') || 'none'}`,
    );
  }
  await warehouse.run(
    `CREATE OR REPLACE TABLE given_label AS
     SELECT CASE WHEN g.id LIKE 'Encounter/%' THEN g.id ELSE 'Encounter/' || g.id END AS encounter_id,
       CASE WHEN g.label IN ('1', '1.0', 'true') THEN 1 WHEN g.label IN ('0', '0.0', 'false') THEN 0 ELSE NULL END AS label,
       CASE WHEN g.id IS NULL OR g.label NOT IN ('1', '1.0', 'true', '0', '0.0', 'false') THEN 1 ELSE 0 END AS wrong
     FROM (SELECT CAST(f.${id} AS VARCHAR) AS id, NULLIF(LOWER(TRIM(CAST(f.label AS VARCHAR))), '') AS label FROM ${reader} f) g
     WHERE g.label IS NOT NULL`,
    [path],
    'labels',
  );
  await requireNone(
    warehouse,
    path,
    'COHORT_LABELS_VALUE',
    'a label of 0 or 1 (or none) and an id in each row',
    'rows with another',
    ['SELECT COUNT(*) AS n, NULL AS first FROM given_label WHERE wrong = 1'],
  );
  await requireNone(warehouse, path, 'COHORT_LABELS_UNKNOWN', 'ids of encounters in these records', 'others', [
    `SELECT COUNT(*) AS n, MIN(g.encounter_id) AS first FROM given_label g
     WHERE NOT EXISTS (SELECT 1 FROM encounter e WHERE e.encounter_id = g.encounter_id)`,
  ]);
  await warehouse.run(
    `CREATE OR REPLACE TABLE stay_label AS
     SELECT m.stay_id, MIN(g.label) AS label, MAX(g.label) AS other_label
     FROM given_label g JOIN stay_encounter m ON m.encounter_id = g.encounter_id GROUP BY m.stay_id`,
    [],
    'labels',
  );
  await requireNone(warehouse, path, 'COHORT_LABELS_CONFLICT', 'one label for each stay', 'stays with both', [
    'SELECT COUNT(*) AS n, MIN(stay_id) AS first FROM stay_label WHERE label <> other_label',
  ]);
}

async function columnsOf(warehouse: Warehouse, reader: string, path: string): Promise<string[]> {
  try {
    return (await warehouse.rows(`DESCRIBE SELECT * FROM ${reader}`, [path], 'labels')).map((row) => String(row['column_name']));
  } catch (cause) {
    throw new CohortError('COHORT_LABELS_UNREADABLE', `${path}: expected a readable table, found none; the cause says why`, {
      cause,
    });
  }
}

async function requireNone(
  warehouse: Warehouse,
  path: string,
  code: string,
  expected: string,
  found: string,
  [query = '']: readonly [string],
): Promise<void> {
  const [row] = await warehouse.rows(query, [], 'labels');
  const n = Number(row?.['n'] ?? 0);
  if (n === 0) return;
  const first = row?.['first'] ?? null;
  const example = first === null ? '' : `, the first ${first}`;
  throw new CohortError(code, `${path}: expected ${expected}, found ${n} ${found}${example}`, { details: { n, first } });
}
