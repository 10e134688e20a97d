/**
 * One patient in an in-memory database: the cohort's and the features' own SQL, prepared once and refilled for every request.
 *
 * In      resources of one patient by type, the encounter to score, the prediction time
 * Out     the discharge's row, the feature values in the set's order, and the resources behind chosen features
 * Choice  every request runs in a transaction that is rolled back, so nothing of a patient stays behind for the next
 * Choice  encounters that had not begun at the prediction time are not there, and an end ahead of it is the prediction time: where
 *         the stay is still open, scoring ends it there
 * Choice  a prediction time after the end of the stay is read as the end: that is what the model was trained on
 */
import {
  cohortDefinitionColumns,
  cohortDefinitionRow,
  dischargeRelations,
  recordStartColumns,
  type CohortDefinition,
} from '../cohort/index.ts';
import { FeatureError } from '../errors.ts';
import { familySelects, readKnownRelations, type FeatureSet } from '../features/index.ts';
import { partUpdates, recordedEncounter, type SettledMapping } from '../mapping/index.ts';
import {
  classifiedCodes,
  encounterSelect,
  flatTime,
  loadTerminology,
  PatientDatabase,
  PatientTables,
  PrefixMatcher,
} from '../warehouse/index.ts';
import type { FlatRow, PatientStatement, Relation, Row } from '../warehouse/index.ts';
import { elementReaders, type ElementReaders } from './resource-shape.ts';
import { rankEvidence, readEvidenceSelect, type Evidence } from './evidence.ts';
import { knownEvents, readKnownEventsSelect, type KnownEvent } from './known-events.ts';

/** One patient's resources by type, JSON-parsed, references already as `Type/id`. */
export type ResourcesByType = ReadonlyMap<string, readonly unknown[]>;

export interface StayRequest {
  readonly resources: ResourcesByType;
  /** `Encounter/id`. */
  readonly encounterId: string;
  /** FHIR dateTime; undefined takes the encounter's end. */
  readonly asOf: string | undefined;
}

export interface ScoredStay {
  /** Why this is no index discharge; null where it is one. */
  readonly exclusion: string | null;
  readonly stayId: string;
  readonly dischargeEncounter: string;
  readonly admitMs: number;
  /** Equal to the prediction time. */
  readonly dischargeMs: number;
  readonly reasonDisplay: string | null;
  /** In the set's order, NaN where missing; empty when excluded. */
  readonly values: Float64Array;
}

/** When the encounter asked about began, and the prediction time; of a part, those of its whole. */
export interface AskedEncounter {
  readonly id: string;
  readonly startMs: number | null;
  /** The prediction time in force; null where neither the request nor the record gives one. */
  readonly asOfMs: number | null;
}

/** What else can be asked while the tables are filled, of an index discharge. */
export interface Behind {
  /** The resources behind features, newest first. */
  evidenceOf(features: readonly string[]): Evidence[];
  /** What was known of so many days before the prediction time. */
  eventsOf(days: number): KnownEvent[];
}

export interface StayAnswer {
  /** null when no encounter has the id. */
  readonly encounter: AskedEncounter | null;
  /** null when the encounter belongs to no acute stay that had begun. */
  readonly stay: ScoredStay | null;
}

type FlatRows = ReadonlyMap<string, FlatRow[]>;
type InstantAndDay = ReturnType<typeof flatTime>;

/** Later than every calendar day, so that run-out excludes nothing where the future is what is asked for. */
const noRunOutDay = 3_000_000;
const requestedStay = 'SELECT m.stay_id FROM stay_encounter m JOIN request q ON q.encounter_id = m.encounter_id';

export class PatientWarehouse {
  readonly #database: PatientDatabase;
  readonly #tables: PatientTables;
  readonly #asksHours: boolean;
  /** Of the elements that the tables read. */
  readonly readers: ElementReaders;
  /** Filled one after the other. */
  readonly #relations: PatientStatement[] = [];
  readonly #families: PatientStatement[] = [];
  readonly #familyOf = new Map<string, string>();
  readonly #evidence = new Map<string, PatientStatement>();
  #events!: PatientStatement;
  /** From recorded_encounter to `encounter`, and what was recorded in its parts to the whole. */
  readonly #encounters: PatientStatement[] = [];
  #asked!: PatientStatement;
  /** What was not known at the prediction time is taken away. */
  readonly #clips: PatientStatement[] = [];
  #discharge!: PatientStatement;
  #lastInpatient!: PatientStatement;
  #classifiedCodes!: PatientStatement;
  readonly #prefixes = new PrefixMatcher();

  private constructor(database: PatientDatabase, mapping: SettledMapping) {
    this.#database = database;
    this.#tables = new PatientTables(mapping);
    this.readers = elementReaders(mapping);
    this.#asksHours = mapping.encounter.rules.some(({ hours }) => hours !== undefined);
  }

  /** @param mapping  what the model's records were read with */
  static async open(definition: CohortDefinition, set: FeatureSet, mapping: SettledMapping): Promise<PatientWarehouse> {
    const self = new PatientWarehouse(await PatientDatabase.open(), mapping);
    await self.#prepareAll(definition, set, mapping);
    return self;
  }

  close(): void {
    this.#database.close();
  }

  /**
   * Loads the records, runs the SQL, and hands over what it found while the tables are filled.
   *
   * @param use  told the answer, and given a way to ask what is behind it
   */
  read<T>(request: StayRequest, use: (answer: StayAnswer, behind: Behind) => T): T {
    let asOfMs = Number.NaN;
    const behind: Behind = {
      evidenceOf: (features) => this.#evidenceOf(features),
      eventsOf: (days) => knownEvents(this.#events.rows(), asOfMs, days),
    };
    const asOf = request.asOf === undefined ? null : flatTime(request.asOf);
    return this.#filled(request.resources, asOf, request.encounterId, (flat) => {
      const [asked] = this.#asked.rows();
      if (asked === undefined) return use({ encounter: null, stay: null }, behind);
      const time = asOf ?? { ms: number(asked['period_end_ms']), ymd: number(asked['period_end_ymd']) };
      this.#database.run('DELETE FROM request');
      this.#database.append('request', [[text(asked['encounter_id']), time.ms, time.ymd]]);
      for (const clip of this.#clips) clip.run();
      if (this.#tables.mayMatchPrefixes(flat)) {
        this.#database.append('value_set', this.#prefixes.members(this.#classifiedCodes.rows()));
      }
      const encounter = { id: String(asked['encounter_id']), startMs: number(asked['period_start_ms']), asOfMs: time.ms };
      for (const relation of this.#relations) relation.run();
      const [discharge] = this.#discharge.rows();
      if (discharge === undefined) return use({ encounter, stay: null }, behind);
      const values = discharge['exclusion'] === null ? this.#featureValues() : new Float64Array();
      const stay = toStay(discharge, values);
      asOfMs = stay.dischargeMs;
      return use({ encounter, stay }, behind);
    });
  }

  /**
   * The inpatient encounter that began last, by the mapping and the rules of the cohort; of a part, its whole.
   *
   * @param asOf  FHIR dateTime; what had not begun by then is passed over
   * @returns     `Encounter/id`, or null where there is none
   */
  lastInpatientEncounter(resources: ResourcesByType, asOf: string | undefined): string | null {
    return this.#filled(resources, asOf === undefined ? null : flatTime(asOf), null, () =>
      text(this.#lastInpatient.rows()[0]?.['encounter_id']),
    );
  }

  /** Runs `use` while the flat tables and `encounter` hold the records. */
  #filled<T>(resources: ResourcesByType, asOf: InstantAndDay | null, encounterId: string | null, use: (flat: FlatRows) => T): T {
    const flat = this.#tables.flatten(resources);
    if (asOf !== null && this.#asksHours) endOpenEncounters(this.#tables, flat.get(recordedEncounter) ?? [], asOf);
    this.#database.run('BEGIN');
    try {
      for (const [table, rows] of flat) this.#database.append(table, rows);
      this.#database.append('request', [[encounterId, asOf?.ms ?? null, asOf?.ymd ?? null]]);
      for (const fill of this.#encounters) fill.run();
      return use(flat);
    } finally {
      this.#database.run('ROLLBACK');
    }
  }

  #featureValues(): Float64Array {
    const values: number[] = [];
    for (const family of this.#families) {
      for (const value of Object.values(family.rows()[0] ?? {})) values.push(value === null ? Number.NaN : Number(value));
    }
    return Float64Array.from(values);
  }

  #evidenceOf(features: readonly string[]): Evidence[] {
    const rows: Row[] = [];
    for (const family of new Set(features.map((feature) => this.#familyOf.get(feature) as string))) {
      this.#database.run('DELETE FROM asked');
      this.#database.append(
        'asked',
        features.filter((feature) => this.#familyOf.get(feature) === family).map((feature) => [feature]),
      );
      // Of a researcher's own family it is not told which resources a value came from.
      rows.push(...(this.#evidence.get(family)?.rows() ?? []));
    }
    return rankEvidence(rows);
  }

  async #prepareAll(definition: CohortDefinition, set: FeatureSet, mapping: SettledMapping): Promise<void> {
    const database = this.#database;
    const relations = requestRelations();
    await loadTerminology(database);
    database.run('CREATE INDEX value_set_code ON value_set (code, name)');
    // What a request covers is told feature by feature, so no record has a start of its own.
    database.run(`CREATE TABLE record_start (${recordStartColumns})`);
    database.run(`CREATE TABLE cohort_definition (${cohortDefinitionColumns})`);
    database.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, noRunOutDay)})`);
    await this.#tables.create(database);
    database.run('CREATE INDEX site_code_code ON site_code (element, code, system)');
    database.run('CREATE TABLE request (encounter_id VARCHAR, as_of_ms BIGINT, as_of_ymd INTEGER)');
    database.run('CREATE TABLE asked (feature VARCHAR)');
    const encounters = encounterSelect(mapping);
    database.run(`CREATE TABLE encounter AS SELECT e.* FROM (${encounters}) e WHERE FALSE`, [], 'encounter');
    for (const sql of [`INSERT INTO encounter ${encounters}`, ...partUpdates(mapping)]) {
      this.#encounters.push(database.prepare(sql, 'encounter'));
    }
    this.#asked = database.prepare(askedQuery, 'asked encounter');
    for (const sql of clips(this.#tables.columns('patient'))) this.#clips.push(database.prepare(sql, 'prediction time'));
    this.#classifiedCodes = database.prepare(classifiedCodes, 'codes by their beginning');
    for (const { name, sql, file } of relations) {
      database.run(`CREATE TABLE ${name} AS SELECT e.* FROM (${sql}) e WHERE FALSE`, [], file);
      this.#relations.push(database.prepare(`INSERT INTO ${name} ${sql}`, file));
    }
    for (const table of ['encounter', 'stay_encounter']) database.run(`CREATE INDEX ${table}_id ON ${table} (encounter_id)`);
    const own = new Set(set.families.filter((family) => family.own !== undefined).map(({ family }) => family));
    for (const { family, relation } of set.families) {
      const create = (): void => database.run(`CREATE VIEW ${relation.name} AS ${relation.sql}`, [], relation.file);
      if (own.has(family)) asOwn(family, create);
      else create();
    }
    for (const { select, family } of familySelects(set)) {
      const prepare = (): PatientStatement => database.prepare(select, family);
      this.#families.push(own.has(family) ? asOwn(family, prepare) : prepare());
    }
    for (const { name, family } of set.features) this.#familyOf.set(name, family);
    for (const family of new Set(this.#familyOf.values())) {
      if (own.has(family)) continue;
      this.#evidence.set(family, database.prepare(readEvidenceSelect(family), `evidence ${family}`));
    }
    this.#events = database.prepare(readKnownEventsSelect(), 'known events');
    this.#discharge = database.prepare(dischargeQuery, 'discharge');
    this.#lastInpatient = database.prepare(lastInpatientQuery(relations), 'last inpatient encounter');
  }
}

/** @throws {FeatureError} FEATURE_FOLDER_ENGINES where a researcher's own SQL cannot be prepared */
function asOwn<T>(family: string, prepare: () => T): T {
  try {
    return prepare();
  } catch (cause) {
    throw new FeatureError(
      'FEATURE_FOLDER_ENGINES',
      `${family}.sql: expected SQL that SQLite runs too, which computes it when a score is asked for, found some that only DuckDB does; ` +
        'rewrite it and train again, or keep the model for studies',
      { details: { family }, cause },
    );
  }
}

const dischargeQuery = `SELECT d.exclusion, d.stay_id, d.discharge_id, d.admit_ms, d.discharge_ms, d.reason_display
  FROM discharge d WHERE d.stay_id IN (${requestedStay})`;

/** Before any of the relations is filled; parts are of another kind than their whole, so they are none. */
function lastInpatientQuery(relations: readonly Relation[]): string {
  const { sql } = relations.find(({ name }) => name === 'inpatient_encounter') as Relation;
  return `SELECT x.encounter_id FROM (${sql}) x CROSS JOIN request q
    WHERE x.exclusion IS NULL AND (q.as_of_ms IS NULL OR x.start_ms <= q.as_of_ms)
    ORDER BY x.start_ms DESC, x.encounter_id LIMIT 1`;
}

/** The relations filled in a request, in the order they build on each other. */
function requestRelations(): Relation[] {
  return [
    ...dischargeRelations.map((relation) =>
      relation.name === 'index_discharge'
        ? { ...relation, sql: `SELECT x.* FROM (${relation.sql}) x WHERE x.stay_id IN (${requestedStay})` }
        : relation,
    ),
    ...readKnownRelations(),
  ];
}

/** The encounter asked about; of a part, its whole. */
const askedQuery = `SELECT w.encounter_id, w.period_start_ms, w.period_end_ms, w.period_end_ymd
  FROM request q
  JOIN encounter e ON e.encounter_id = q.encounter_id
  JOIN encounter w ON w.encounter_id = COALESCE(e.whole_id, e.encounter_id)`;

/** Statements that leave encounters which had begun, end them at the prediction time where their end lay ahead of it, and forget a later death. */
function clips(patientColumns: readonly string[]): string[] {
  const asOf = '(SELECT q.as_of_ms FROM request q)';
  // An encounter that nobody closed is not ended here: it is over for the stay asked about, as it is in training (stay-encounter.sql).
  const mayGoOn = `period_start_ms >= (
       SELECT w.period_start_ms - d.open_encounter_ms FROM encounter w CROSS JOIN cohort_definition d
       WHERE w.encounter_id = (SELECT q.encounter_id FROM request q))`;
  const death = patientColumns.filter((name) => name.startsWith('deceased')).map((name) => `${name} = NULL`);
  return [
    `DELETE FROM encounter WHERE (
       period_start_latest_ms <= ${asOf} OR (period_start_ms <= ${asOf} AND encounter_id = (SELECT q.encounter_id FROM request q))
     ) IS NOT TRUE`,
    // Where the patient went was written down when the stay had ended.
    `UPDATE encounter SET period_end_ms = ${asOf}, period_end_latest_ms = ${asOf},
       period_end_ymd = (SELECT q.as_of_ymd FROM request q), period_end_precision = 4, disposition_code = NULL, disposition = NULL
     WHERE (period_end_ms IS NULL AND ${mayGoOn}) OR period_end_latest_ms > ${asOf}`,
    `UPDATE patient SET ${death.join(', ')} WHERE deceased_ms > ${asOf}`,
  ];
}

/**
 * Ends what is still open at the prediction time, so that a rule on hours sees how long it has lasted. Changes the rows.
 *
 * Choice  what is finished but lacks an end may get one from its parts, and is left alone
 */
function endOpenEncounters(tables: PatientTables, rows: FlatRow[], asOf: { ms: number | null; ymd: number | null }): void {
  const names = tables.columns(recordedEncounter);
  const at = (name: string): number => names.indexOf(name);
  const disposition = names.flatMap((name, c) => (name.startsWith('disposition') ? [c] : []));
  for (const row of rows) {
    if (row[at('period_end_ms')] !== null || row[at('status')] === 'finished') continue;
    row[at('period_end_ms')] = row[at('period_end_latest_ms')] = asOf.ms;
    row[at('period_end_ymd')] = asOf.ymd;
    row[at('period_end_precision')] = 4;
    for (const c of disposition) row[c] = null;
  }
}

function toStay(discharge: Row, values: Float64Array): ScoredStay {
  return {
    exclusion: text(discharge['exclusion']),
    stayId: String(discharge['stay_id']),
    dischargeEncounter: String(discharge['discharge_id']),
    admitMs: Number(discharge['admit_ms']),
    dischargeMs: Number(discharge['discharge_ms']),
    reasonDisplay: text(discharge['reason_display']),
    values,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
