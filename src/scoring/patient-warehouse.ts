/**
 * One patient in an in-memory DuckDB: the cohort's and the features' own SQL, planned once and refilled for every request.
 *
 * In      resources of one patient as JSON texts by type, the encounter to score, the prediction time
 * Out     the discharge's row, the feature values in the set's order, and the resources behind chosen features
 * Choice  tables are emptied as soon as a request is answered, and before the next one begins: nothing of a patient stays behind
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
  flatTableNames,
  loadTerminology,
  Warehouse,
} from '../warehouse/index.ts';
import type { Cell, PreparedQuery, Relation, Row } from '../warehouse/index.ts';
import { rankEvidence, readEvidenceSelect, type Evidence } from './evidence.ts';

/** One patient's resources by type, JSON-parsed, references already as `Type/id`. */
export type ResourcesByType = ReadonlyMap<string, readonly unknown[]>;

export interface StayRequest {
  readonly resources: ResourcesByType;
  /** `Encounter/id`. */
  readonly encounterId: string;
  /** FHIR dateTime; undefined takes the encounter's end. */
  readonly asOf: string | undefined;
  /** Features whose resources are wanted, chosen once the values are known. */
  readonly evidenceFor: (stay: ScoredStay) => readonly string[];
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

export interface StayAnswer {
  /** null when no encounter has the id. */
  readonly encounter: RecordedEncounter | null;
  /** null when the encounter belongs to no acute stay that had begun. */
  readonly stay: ScoredStay | null;
  readonly evidence: readonly Evidence[];
}

/** Statements that may run at once, before the next stage begins. */
type Stage = readonly PreparedQuery[];

/** Later than every calendar day, so that run-out excludes nothing where the future is what is asked for. */
const noRunOutDay = 3_000_000;
const requestedStay = 'SELECT m.stay_id FROM stay_encounter m JOIN request q ON q.encounter_id = m.encounter_id';
/** Encounters as recorded; `encounter` is made from them for the prediction time. */
const recordedEncounters = 'recorded_encounter';
/** Statements run at once. */
const laneCount = 2;

export class PatientWarehouse {
  readonly #lanes: Warehouse[];
  readonly #queries = new Map<string, PreparedQuery>();
  readonly #familyOf = new Map<string, string>();
  readonly #stages: Stage[] = [];
  readonly #families: PreparedQuery[] = [];
  readonly #deletions: PreparedQuery[] = [];
  /** The emptying of the tables after the last request; a failed one fails every later request rather than mix two patients. */
  #cleared: Promise<unknown> = Promise.resolve();
  /** One request at a time: the tables hold one patient. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(lanes: Warehouse[]) {
    this.#lanes = lanes;
  }

  static async open(definition: CohortDefinition, set: FeatureSet): Promise<PatientWarehouse> {
    const first = await Warehouse.open({ threads: 1, memoryMb: 400, refilled: true });
    const lanes = [first];
    while (lanes.length < laneCount) lanes.push(await first.fork());
    const self = new PatientWarehouse(lanes);
    await self.#prepareAll(definition, set);
    return self;
  }

  close(): void {
    this.#lanes[0]?.close();
  }

  /** Scores nothing itself: loads the records, runs the SQL, reads the row. Calls wait for each other. */
  async read(request: StayRequest): Promise<StayAnswer> {
    const turn = this.#tail.then(() => this.#read(request));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #read(request: StayRequest): Promise<StayAnswer> {
    const flat = flattenPatient(request.resources);
    const encounter = recordedEncounter(flat.get('encounter') ?? [], request);
    if (encounter === null) return { encounter: null, stay: null, evidence: [] };
    await this.#cleared;
    try {
      const first = this.#lanes[0] as Warehouse;
      forgetLaterDeath(flat.get('patient') ?? [], encounter.asOfMs);
      for (const [table, rows] of flat) await first.append(table === 'encounter' ? recordedEncounters : table, rows);
      await first.append('request', [[request.encounterId, encounter.asOfMs, encounter.asOfYmd]]);
      for (const stage of this.#stages) await inLanes(stage, (statement) => statement.run());
      const [discharge] = await this.#query('discharge').rows();
      if (discharge === undefined) return { encounter, stay: null, evidence: [] };
      const stay = toStay(discharge, discharge['exclusion'] === null ? await this.#featureValues() : new Float64Array());
      const wanted = stay.exclusion === null ? request.evidenceFor(stay) : [];
      return { encounter, stay, evidence: await this.#evidence(wanted) };
    } finally {
      // The answer need not wait for it; the next request does.
      this.#cleared = inLanes(this.#deletions, (statement) => statement.run());
      this.#cleared.catch(() => undefined);
    }
  }

  async #featureValues(): Promise<Float64Array> {
    const rows = await inLanes(this.#families, (family) => family.rows());
    return Float64Array.from(
      rows.flatMap(([row]) => Object.values(row ?? {}).map((value) => (value === null ? Number.NaN : Number(value)))),
    );
  }

  async #evidence(features: readonly string[]): Promise<Evidence[]> {
    const byFamily = new Map<string, string[]>();
    for (const feature of features) {
      const family = this.#familyOf.get(feature) as string;
      byFamily.set(family, [...(byFamily.get(family) ?? []), feature]);
    }
    const queries = [...byFamily].map(([family, asked]) => this.#query(`evidence ${family}`).rows([asked]));
    return rankEvidence((await Promise.all(queries)).flat());
  }

  #query(name: string): PreparedQuery {
    return this.#queries.get(name) as PreparedQuery;
  }

  async #prepareAll(definition: CohortDefinition, set: FeatureSet): Promise<void> {
    const first = this.#lanes[0] as Warehouse;
    const relations = requestRelations();
    await loadTerminology(first);
    await first.run(`CREATE TABLE cohort_definition (${cohortDefinitionColumns})`);
    await first.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, noRunOutDay)})`);
    await createPatientTables(first, { encounter: recordedEncounters });
    await first.run('CREATE TABLE request (encounter_id VARCHAR, as_of_ms BIGINT, as_of_ymd INTEGER)');
    for (const { name, sql, file } of relations.flat()) {
      await first.run(`CREATE TABLE ${name} AS SELECT e.* FROM (${sql}) e WHERE FALSE`, [], file);
    }
    for (const { relation } of set.families)
      await first.run(`CREATE VIEW ${relation.name} AS ${relation.sql}`, [], relation.file);
    // Only now is anything prepared: DuckDB plans a statement anew at every run once the catalogue has changed after its preparation.
    for (const stage of relations) {
      this.#stages.push(
        await this.#prepareInLanes(stage.map(({ name, sql, file }) => ({ sql: `INSERT INTO ${name} ${sql}`, what: file }))),
      );
    }
    this.#families.push(
      ...(await this.#prepareInLanes(familySelects(set).map(({ select, family }) => ({ sql: select, what: family })))),
    );
    const tables = [
      ...flatTableNames.filter((name) => name !== 'encounter'),
      'recorded_encounter',
      'request',
      ...relations.flat().map((r) => r.name),
    ];
    this.#deletions.push(...(await this.#prepareInLanes(tables.map((name) => ({ sql: `DELETE FROM ${name}`, what: name })))));
    this.#queries.set('discharge', await first.prepare(dischargeQuery, 'discharge'));
    for (const { name, family } of set.features) this.#familyOf.set(name, family);
    for (const [i, family] of [...new Set(this.#familyOf.values())].entries()) {
      const lane = this.#lanes[i % laneCount] as Warehouse;
      this.#queries.set(`evidence ${family}`, await lane.prepare(readEvidenceSelect(family), `evidence ${family}`));
    }
  }

  /** Statement i belongs to lane i modulo the number of lanes. */
  async #prepareInLanes(statements: readonly { sql: string; what: string }[]): Promise<PreparedQuery[]> {
    const prepared: PreparedQuery[] = [];
    for (const [i, { sql, what }] of statements.entries()) {
      prepared.push(await (this.#lanes[i % laneCount] as Warehouse).prepare(sql, what));
    }
    return prepared;
  }
}

/** Runs each lane's statements one after the other, the lanes at once; results in the order of the statements. */
async function inLanes<T>(statements: readonly PreparedQuery[], run: (statement: PreparedQuery) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(statements.length);
  await Promise.all(
    Array.from({ length: laneCount }, async (_, lane) => {
      for (let i = lane; i < statements.length; i += laneCount) results[i] = await run(statements[i] as PreparedQuery);
    }),
  );
  return results;
}

const dischargeQuery = `SELECT d.exclusion, d.stay_id, d.discharge_id, d.admit_ms, d.discharge_ms, d.reason_display
  FROM discharge d WHERE d.stay_id IN (${requestedStay})`;

/** The relations filled in a request, stage after stage; those of one stage do not read each other. */
function requestRelations(): Relation[][] {
  const isIndex = (relation: Relation): boolean => relation.name === 'index_discharge';
  const known = readKnownRelations();
  return [
    [{ name: 'encounter', sql: clippedEncounters(), file: 'encounter' }],
    ...dischargeRelations.map((relation) => [
      isIndex(relation)
        ? { ...relation, sql: `SELECT x.* FROM (${relation.sql}) x WHERE x.stay_id IN (${requestedStay})` }
        : relation,
    ]),
    known.filter((relation) => relation.name.startsWith('known_')),
    known.filter((relation) => !relation.name.startsWith('known_')),
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
