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
import { cohortDefinitionColumns, cohortDefinitionRow, dischargeRelations, type CohortDefinition } from '../cohort/index.ts';
import { familySelects, readKnownRelations, type FeatureSet } from '../features/index.ts';
import {
  flattenPatient,
  flatTime,
  createPatientTables,
  flatColumns,
  loadTerminology,
  PatientDatabase,
} from '../warehouse/index.ts';
import type { Cell, PatientStatement, Relation, Row } from '../warehouse/index.ts';
import { rankEvidence, readEvidenceSelect, type Evidence } from './evidence.ts';

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

/** The encounter's times as recorded, for telling why there is no stay. */
export interface RecordedEncounter {
  readonly classCode: string | null;
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** The prediction time in force; null where neither the request nor the record gives one. */
  readonly asOfMs: number | null;
  /** Its calendar date as written, yyyymmdd. */
  readonly asOfYmd: number | null;
}

/** The resources behind features, newest first. */
export type EvidenceOf = (features: readonly string[]) => Evidence[];

export interface StayAnswer {
  /** null when no encounter has the id. */
  readonly encounter: RecordedEncounter | null;
  /** null when the encounter belongs to no acute stay that had begun. */
  readonly stay: ScoredStay | null;
}

/** Later than every calendar day, so that run-out excludes nothing where the future is what is asked for. */
const noRunOutDay = 3_000_000;
const requestedStay = 'SELECT m.stay_id FROM stay_encounter m JOIN request q ON q.encounter_id = m.encounter_id';
/** Encounters as recorded; `encounter` is made from them for the prediction time. */
const recordedEncounters = 'recorded_encounter';
export class PatientWarehouse {
  readonly #database: PatientDatabase;
  /** Filled one after the other. */
  readonly #relations: PatientStatement[] = [];
  readonly #families: PatientStatement[] = [];
  readonly #familyOf = new Map<string, string>();
  readonly #evidence = new Map<string, PatientStatement>();
  #discharge!: PatientStatement;

  private constructor(database: PatientDatabase) {
    this.#database = database;
  }

  static async open(definition: CohortDefinition, set: FeatureSet): Promise<PatientWarehouse> {
    const self = new PatientWarehouse(await PatientDatabase.open());
    await self.#prepareAll(definition, set);
    return self;
  }

  close(): void {
    this.#database.close();
  }

  /**
   * Loads the records, runs the SQL, and hands over what it found while the tables are filled.
   *
   * @param use  told the answer, and given a way to ask which resources are behind features of an index discharge
   */
  read<T>(request: StayRequest, use: (answer: StayAnswer, evidenceOf: EvidenceOf) => T): T {
    const evidenceOf: EvidenceOf = (features) => this.#evidenceOf(features);
    const flat = flattenPatient(request.resources);
    const encounter = recordedEncounter(flat.get('encounter') ?? [], request);
    if (encounter === null) return use({ encounter: null, stay: null }, evidenceOf);
    forgetLaterDeath(flat.get('patient') ?? [], encounter.asOfMs);
    this.#database.run('BEGIN');
    try {
      for (const [table, rows] of flat) this.#database.append(table === 'encounter' ? recordedEncounters : table, rows);
      this.#database.append('request', [[request.encounterId, encounter.asOfMs, encounter.asOfYmd]]);
      for (const relation of this.#relations) relation.run();
      const [discharge] = this.#discharge.rows();
      if (discharge === undefined) return use({ encounter, stay: null }, evidenceOf);
      const values = discharge['exclusion'] === null ? this.#featureValues() : new Float64Array();
      return use({ encounter, stay: toStay(discharge, values) }, evidenceOf);
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
      rows.push(...(this.#evidence.get(family) as PatientStatement).rows());
    }
    return rankEvidence(rows);
  }

  async #prepareAll(definition: CohortDefinition, set: FeatureSet): Promise<void> {
    const database = this.#database;
    const relations = requestRelations();
    await loadTerminology(database);
    database.run('CREATE INDEX value_set_code ON value_set (code, name)');
    database.run(`CREATE TABLE cohort_definition (${cohortDefinitionColumns})`);
    database.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, noRunOutDay)})`);
    await createPatientTables(database, { encounter: recordedEncounters });
    database.run('CREATE TABLE request (encounter_id VARCHAR, as_of_ms BIGINT, as_of_ymd INTEGER)');
    database.run('CREATE TABLE asked (feature VARCHAR)');
    for (const { name, sql, file } of relations) {
      database.run(`CREATE TABLE ${name} AS SELECT e.* FROM (${sql}) e WHERE FALSE`, [], file);
      this.#relations.push(database.prepare(`INSERT INTO ${name} ${sql}`, file));
    }
    for (const table of ['encounter', 'stay_encounter']) database.run(`CREATE INDEX ${table}_id ON ${table} (encounter_id)`);
    for (const { relation } of set.families) database.run(`CREATE VIEW ${relation.name} AS ${relation.sql}`, [], relation.file);
    for (const { select, family } of familySelects(set)) this.#families.push(database.prepare(select, family));
    for (const { name, family } of set.features) this.#familyOf.set(name, family);
    for (const family of new Set(this.#familyOf.values())) {
      this.#evidence.set(family, database.prepare(readEvidenceSelect(family), `evidence ${family}`));
    }
    this.#discharge = database.prepare(dischargeQuery, 'discharge');
  }
}

const dischargeQuery = `SELECT d.exclusion, d.stay_id, d.discharge_id, d.admit_ms, d.discharge_ms, d.reason_display
  FROM discharge d WHERE d.stay_id IN (${requestedStay})`;

/** The relations filled in a request, in the order they build on each other. */
function requestRelations(): Relation[] {
  return [
    { name: 'encounter', sql: clippedEncounters(), file: 'encounter' },
    ...dischargeRelations.map((relation) =>
      relation.name === 'index_discharge'
        ? { ...relation, sql: `SELECT x.* FROM (${relation.sql}) x WHERE x.stay_id IN (${requestedStay})` }
        : relation,
    ),
    ...readKnownRelations(),
  ];
}

/** Encounters that had begun, ended at the prediction time where their end lay ahead of it. */
function clippedEncounters(): string {
  const ahead = '(e.period_end_ms IS NULL OR e.period_end_latest_ms > q.as_of_ms)';
  const clipped: Readonly<Record<string, string>> = {
    period_end_ms: 'q.as_of_ms',
    period_end_latest_ms: 'q.as_of_ms',
    period_end_ymd: 'q.as_of_ymd',
    period_end_precision: '4',
    // Where the patient went was written down when the stay had ended.
    disposition_code: 'NULL',
  };
  const select = flatColumns('encounter').map(({ name }) =>
    clipped[name] === undefined ? `e.${name}` : `CASE WHEN ${ahead} THEN ${clipped[name]} ELSE e.${name} END AS ${name}`,
  );
  return `SELECT ${select.join(', ')} FROM recorded_encounter e CROSS JOIN request q WHERE e.period_start_latest_ms <= q.as_of_ms OR (e.encounter_id = q.encounter_id AND e.period_start_ms <= q.as_of_ms)`;
}

/** A death after the prediction time is not known at it. Changes the rows. */
function forgetLaterDeath(rows: (string | number | boolean | null)[][], asOfMs: number | null): void {
  const names = flatColumns('patient').map((column) => column.name);
  const death = names.flatMap((name, c) => (name.startsWith('deceased') ? [c] : []));
  for (const row of rows) {
    const ms = row[names.indexOf('deceased_ms')];
    if (typeof ms === 'number' && asOfMs !== null && ms > asOfMs) for (const c of death) row[c] = null;
  }
}

/** The encounter asked about, and the prediction time: the request's, else the encounter's end. */
function recordedEncounter(rows: readonly (readonly Cell[])[], { encounterId, asOf }: StayRequest): RecordedEncounter | null {
  const names = flatColumns('encounter').map((column) => column.name);
  const row = rows.find((cells) => cells[names.indexOf('encounter_id')] === encounterId);
  if (row === undefined) return null;
  const cell = (name: string): Cell => row[names.indexOf(name)] as Cell;
  const time = asOf === undefined ? { ms: number(cell('period_end_ms')), ymd: number(cell('period_end_ymd')) } : flatTime(asOf);
  return {
    classCode: text(cell('class_code')),
    startMs: number(cell('period_start_ms')),
    endMs: number(cell('period_end_ms')),
    asOfMs: time.ms,
    asOfYmd: time.ymd,
  };
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
