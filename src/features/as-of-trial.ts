/**
 * The trial of families on the records themselves: does a value stay what it is when what came later is taken away, or when something comes?
 *
 * Whose   a researcher's own families are refused where a value changes; of all families the leakage audit tells which do
 * In      a warehouse with flat tables, cohort, doors and all families made
 * Rows    each family has one row per index discharge
 * Sample  one index discharge of a patient, its first, so that most lies ahead of it; patients with later ones before others, 400 at most
 * Trials  twice without: half the patients alone, each with that one discharge and the facts known by its prediction time;
 *         once with more: every fact of each patient and every stay and discharge comes again after the prediction time
 * Out     nothing, or a refusal: a value may differ in no bit
 * Choice  a half at a time, so that a value that rests on other patients (a rank, a mean) is found out too: it could not be computed for one
 *         patient when a score is asked for
 * Choice  the tables of a trial lie in a schema of their own before the true ones, so that the SQL that runs is the same text
 */
import { FeatureError } from '../errors.ts';
import type { Warehouse } from '../warehouse/index.ts';
import { requireSameInBothEngines } from './user-family-engines.ts';
import { readKnownRelations, type FeatureFamily } from './catalogue.ts';

const sampledPatients = 400;
/** Index discharges whose values are also computed in SQLite. */
const inBothEngines = 50;
const dayMs = 86_400_000;

/** Facts of a patient, and the instants by which one is known; a fact without any is taken for known, as its door decides. */
const factTables = {
  condition: 'COALESCE(f.recorded_latest_ms, f.onset_latest_ms)',
  encounter: 'f.period_start_latest_ms',
  observation: 'GREATEST(f.effective_latest_ms, f.issued_latest_ms)',
  procedure: 'f.performed_start_latest_ms',
  medication_request: 'f.authored_latest_ms',
} as const;

/** Columns filled in later, and the instant they tell. */
const laterColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  condition: laterOf(['abatement_ms', 'abatement_latest_ms', 'abatement_ymd'], 'abatement_latest_ms'),
  encounter: laterOf(['period_end_ms', 'period_end_latest_ms', 'period_end_ymd'], 'period_end_latest_ms'),
  procedure: laterOf(['performed_end_ms', 'performed_end_latest_ms', 'performed_end_ymd'], 'performed_end_latest_ms'),
};

function laterOf(columns: readonly string[], instant: string): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, instant]));
}

/**
 * @param families  in order, all that have run; own ones among them are tried
 * @throws {FeatureError} FEATURE_FOLDER_ROWS, FEATURE_FOLDER_FUTURE, FEATURE_FOLDER_ENGINES naming the first feature at fault
 */
export async function tryOwnFamilies(warehouse: Warehouse, families: readonly FeatureFamily[]): Promise<void> {
  const own = families.filter((family) => family.own !== undefined);
  if (own.length === 0) return;
  for (const family of own) await requireOneRowEach(warehouse, family);
  await drawSample(warehouse);
  try {
    for (const half of [0, 1]) {
      await layOut(warehouse, `SELECT * FROM main.trial_sample WHERE half = ${half}`, 'without');
      await compare(warehouse, families, own, 'without what came later and without other patients');
    }
    await layOut(warehouse, 'SELECT * FROM main.trial_sample', 'more');
    await compare(warehouse, families, own, 'with facts and stays added after the prediction time');
    for (const family of own)
      await requireSameInBothEngines(warehouse, family, `(SELECT * FROM main.trial_sample LIMIT ${inBothEngines})`);
  } finally {
    await warehouse.run('DROP SCHEMA IF EXISTS trial CASCADE');
    await warehouse.run('DROP TABLE IF EXISTS main.trial_sample');
  }
}

async function requireOneRowEach(warehouse: Warehouse, { family, relation }: FeatureFamily): Promise<void> {
  const [row] = await warehouse.rows(
    `SELECT
       (SELECT COUNT(*) FROM index_discharge) AS expected,
       (SELECT COUNT(*) FROM ${relation.name}) AS found,
       (SELECT COUNT(DISTINCT f.index_id) FROM ${relation.name} f JOIN index_discharge i ON i.index_id = f.index_id) AS matched`,
    [],
    relation.file,
  );
  const [expected, found, matched] = ['expected', 'found', 'matched'].map((name) => Number(row?.[name])) as [
    number,
    number,
    number,
  ];
  if (found === expected && matched === expected) return;
  throw new FeatureError(
    'FEATURE_FOLDER_ROWS',
    `${family}.sql: expected one row per index discharge, ${expected} in all, found ${found} rows of ${matched} index discharges; ` +
      'start from index_discharge and LEFT JOIN what may be absent',
    { details: { family, expected, found, matched } },
  );
}

async function drawSample(warehouse: Warehouse): Promise<void> {
  await warehouse.run(
    `CREATE OR REPLACE TABLE main.trial_sample AS
     WITH numbered AS (
       SELECT
         i.*,
         ROW_NUMBER() OVER (PARTITION BY i.patient_id ORDER BY i.as_of_ms, i.index_id) AS own_number,
         COUNT(*) OVER (PARTITION BY i.patient_id) AS own_count
       FROM index_discharge i
     )
     SELECT n.* EXCLUDE (own_number, own_count), ROW_NUMBER() OVER (ORDER BY n.own_count DESC, md5(n.patient_id), n.index_id) % 2 AS half
     FROM numbered n
     WHERE n.own_number = 1
     ORDER BY n.own_count DESC, md5(n.patient_id), n.index_id
     LIMIT ${sampledPatients}`,
    [],
    'trial',
  );
}

/** Fills the schema of the trial. @param mode  "without" what came later, or with "more" of it */
async function layOut(warehouse: Warehouse, sample: string, mode: 'without' | 'more'): Promise<void> {
  await warehouse.run('DROP SCHEMA IF EXISTS trial CASCADE');
  await warehouse.run('CREATE SCHEMA trial');
  const table = (name: string, select: string): Promise<void> =>
    warehouse.run(`CREATE TABLE trial.${name} AS ${select}`, [], `trial ${name}`);
  await table('asked', sample);
  const known = await reasonKnown(warehouse);
  const index = `SELECT i.* EXCLUDE (half) ${known ? '' : 'REPLACE (NULL AS reason_code, NULL AS reason_display)'} FROM trial.asked i`;
  const mine = 'JOIN trial.asked a ON a.patient_id = f.patient_id';
  if (mode === 'without') {
    await table('index_discharge', index);
    await table(
      'patient',
      `SELECT f.* REPLACE (NULL AS deceased_ms, NULL AS deceased_latest_ms, NULL AS deceased_flag) FROM main.patient f ${mine}`,
    );
    for (const [name, instant] of Object.entries(factTables)) {
      const masks = Object.entries(laterColumns[name] ?? {}).map(
        ([column, later]) => `CASE WHEN f.${later} <= a.as_of_ms THEN f.${column} END AS ${column}`,
      );
      const replace = masks.length === 0 ? '' : `REPLACE (${masks.join(', ')})`;
      await table(name, `SELECT f.* ${replace} FROM main.${name} f ${mine} WHERE COALESCE(${instant}, a.as_of_ms) <= a.as_of_ms`);
    }
    await table('stay', `SELECT f.* FROM main.stay f ${mine} WHERE f.discharge_ms <= a.as_of_ms OR f.stay_id = a.stay_id`);
    await table('stay_encounter', `SELECT f.* FROM main.stay_encounter f JOIN trial.stay s ON s.stay_id = f.stay_id`);
    return;
  }
  const shift = 10 * dayMs;
  const again = (columns: readonly string[]): string =>
    `REPLACE (${columns.map((column) => `${column} + ${shift} AS ${column}`).join(', ')}, f.index_id || '/later' AS index_id, f.stay_id || '/later' AS stay_id)`;
  await table(
    'index_discharge',
    `${index} UNION ALL SELECT f.* ${again(['admit_ms', 'discharge_ms', 'as_of_ms'])} FROM (${index}) f`,
  );
  await table('patient', `SELECT f.* FROM main.patient f ${mine}`);
  for (const name of Object.keys(factTables)) await table(name, await cameAgain(warehouse, name, `${name}_id`));
  await table('stay', await cameAgain(warehouse, 'stay', 'stay_id'));
  await table('stay_encounter', `SELECT f.* FROM main.stay_encounter f ${mine}`);
}

/** Every row of these patients, and each once more between one and twenty-one days after the prediction time. */
async function cameAgain(warehouse: Warehouse, name: string, id: string): Promise<string> {
  const columns = (await warehouse.rows(`DESCRIBE main.${name}`)).map((row) => String(row['column_name']));
  const later = (column: string): string =>
    `CASE WHEN f.${column} IS NOT NULL THEN a.as_of_ms + ${dayMs} + ((f.${column} % ${20 * dayMs}) + ${20 * dayMs}) % ${20 * dayMs} END AS ${column}`;
  const replaced = [`f.${id} || '/later' AS ${id}`, ...columns.filter((column) => column.endsWith('_ms')).map(later)];
  const from = `FROM main.${name} f JOIN trial.asked a ON a.patient_id = f.patient_id`;
  return `SELECT f.* ${from} UNION ALL SELECT f.* REPLACE (${replaced.join(', ')}) ${from}`;
}

/** Whether the reason of a stay, as index_discharge has it, is known at discharge; known_reason says which part of it is. */
async function reasonKnown(warehouse: Warehouse): Promise<boolean> {
  const [row] = await warehouse.rows('SELECT index_diagnoses_known FROM site_rule');
  return Number(row?.['index_diagnoses_known']) === 1;
}

async function compare(
  warehouse: Warehouse,
  families: readonly FeatureFamily[],
  own: readonly FeatureFamily[],
  how: string,
): Promise<void> {
  await computeAgain(warehouse, families);
  await eachFeature(warehouse, own, (family, name, before, after) => requireSame(family, name, before, after, how));
}

/** Doors and families over the tables of the trial. */
async function computeAgain(warehouse: Warehouse, families: readonly FeatureFamily[]): Promise<void> {
  await warehouse.run("SET search_path = 'trial,main'");
  try {
    for (const relation of [...readKnownRelations(), ...families.map((family) => family.relation)])
      await warehouse.create(relation);
  } finally {
    await warehouse.run("SET search_path = 'main'");
  }
}

/** Each feature's values of the sample, as they are and as the trial made them. */
async function eachFeature(
  warehouse: Warehouse,
  families: readonly FeatureFamily[],
  visit: (family: string, feature: string, before: Float64Array, after: Float64Array) => void,
): Promise<void> {
  const [count] = await warehouse.rows('SELECT COUNT(*) AS n FROM trial.asked');
  for (const { family, features, relation } of families) {
    const values = (schema: string): Promise<Float64Array[]> =>
      warehouse.numericColumns(
        `SELECT ${features.map(({ name }) => `CAST(f.${name} AS DOUBLE)`).join(', ')}
         FROM trial.asked a LEFT JOIN ${schema}.${relation.name} f ON f.index_id = a.index_id ORDER BY a.index_id`,
        Number(count?.['n']),
        relation.file,
      );
    const [before, after] = [await values('main'), await values('trial')];
    features.forEach(({ name }, c) => visit(family, name, before[c] as Float64Array, after[c] as Float64Array));
  }
}

/** What the trial found of a whole feature set: see asOfTrial. */
export interface AsOfTrial {
  /** Index discharges in the sample. */
  readonly discharges: number;
  /** Facts recorded after the prediction time that were taken away. */
  readonly removed: number;
  /** Values that changed by it, and the features they are of. */
  readonly changedValues: number;
  readonly changed: readonly string[];
}

/**
 * The first trial for shipped families too: which values change when what was recorded or filled in after the prediction time is taken away?
 *
 * @param families  in order, all that have run
 */
export async function asOfTrial(warehouse: Warehouse, families: readonly FeatureFamily[]): Promise<AsOfTrial> {
  await drawSample(warehouse);
  try {
    await layOut(warehouse, 'SELECT * FROM main.trial_sample', 'without');
    await computeAgain(warehouse, families);
    let changedValues = 0;
    const changed: string[] = [];
    await eachFeature(warehouse, families, (_family, feature, before, after) => {
      const differing = before.filter((value, r) => !Object.is(value, after[r])).length;
      changedValues += differing;
      if (differing > 0) changed.push(feature);
    });
    const [counts] = await warehouse.rows(
      `SELECT (SELECT COUNT(*) FROM trial.asked) AS discharges, ${Object.keys(factTables)
        .map(
          (name) =>
            `(SELECT COUNT(*) FROM main.${name} f JOIN trial.asked a ON a.patient_id = f.patient_id) - (SELECT COUNT(*) FROM trial.${name})`,
        )
        .join(' + ')} AS removed`,
    );
    return { discharges: Number(counts?.['discharges']), removed: Number(counts?.['removed']), changedValues, changed };
  } finally {
    await warehouse.run('DROP SCHEMA IF EXISTS trial CASCADE');
    await warehouse.run('DROP TABLE IF EXISTS main.trial_sample');
  }
}

function requireSame(family: string, feature: string, before: Float64Array, after: Float64Array, how: string): void {
  const differing = [...before.keys()].filter((r) => !Object.is(before[r], after[r]));
  if (differing.length === 0) return;
  const isRounding = differing.every(
    (r) => Math.abs((before[r] as number) - (after[r] as number)) <= 1e-9 * Math.abs(before[r] as number),
  );
  throw new FeatureError(
    'FEATURE_FOLDER_FUTURE',
    `${family}.sql: expected ${feature} to rest on what is known of one patient at the prediction time, found ${differing.length} of ` +
      `${before.length} sampled index discharges with another value ${how}; ` +
      (isRounding
        ? 'the difference is one of rounding: sum in a stated order, or round'
        : 'look at one index discharge at a time, through known_* tables of the same index_id'),
    { details: { family, feature, differing: differing.length } },
  );
}
