/**
 * One patient in an in-memory DuckDB: the cohort's and the features' own SQL, planned once and refilled for every request.
 *
 * In      resources of one patient as JSON texts by type, the encounter to score, the prediction time
 * Out     the discharge's row, the feature values in the set's order, and the resources behind chosen features
 * Choice  tables are emptied before and after every request, so nothing of a patient stays behind for the next
 * Choice  encounters that had not begun at the prediction time are not there, and an end ahead of it is the prediction time: where
 *         the stay is still open, scoring ends it there
 * Choice  a prediction time after the end of the stay is read as the end: that is what the model was trained on
 */
import { cohortDefinitionColumns, cohortDefinitionRow, dischargeRelations, type CohortDefinition } from '../cohort/index.ts';
import { familySelects, readKnownRelations, type FeatureSet } from '../features/index.ts';
import { flatSelectOfTexts, flatViews, loadTerminology, Warehouse } from '../warehouse/index.ts';
import type { Parameter, PreparedQuery, Relation, Row } from '../warehouse/index.ts';
import { readEvidenceSelect } from './evidence.ts';

/** JSON texts of one patient's resources by type, references already as `Type/id`. */
export type ResourcesByType = ReadonlyMap<string, readonly string[]>;

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

export interface Evidence {
  readonly feature: string;
  readonly resource: string;
}

/** The encounter's times as recorded, for telling why there is no stay. */
export interface RecordedEncounter {
  readonly classCode: string | null;
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** The prediction time in force; null where neither the request nor the record gives one. */
  readonly asOfMs: number | null;
}

export interface StayAnswer {
  /** null when no encounter has the id. */
  readonly encounter: RecordedEncounter | null;
  /** null when the encounter belongs to no acute stay that had begun. */
  readonly stay: ScoredStay | null;
  readonly evidence: readonly Evidence[];
}

interface Step {
  readonly query: PreparedQuery;
  readonly parameters: (request: StayRequest) => readonly Parameter[];
}

/** Later than every calendar day, so that run-out excludes nothing where the future is what is asked for. */
const noRunOutDay = 3_000_000;
const requestedStay = 'SELECT m.stay_id FROM stay_encounter m JOIN request q ON q.encounter_id = m.encounter_id';

export class PatientWarehouse {
  readonly #warehouse: Warehouse;
  readonly #steps: Step[] = [];
  readonly #queries = new Map<string, PreparedQuery>();
  readonly #deletions: PreparedQuery[] = [];
  /** One SELECT per family with features in the set, in the set's order. */
  readonly #families: PreparedQuery[] = [];
  /** One request at a time: the tables hold one patient. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  static async open(definition: CohortDefinition, set: FeatureSet): Promise<PatientWarehouse> {
    const self = new PatientWarehouse(await Warehouse.open({ threads: 1, memoryMb: 400, refilled: true }));
    await self.#createTables(definition, set);
    return self;
  }

  close(): void {
    this.#warehouse.close();
  }

  /** Scores nothing itself: loads the records, runs the SQL, reads the row. Calls wait for each other. */
  async read(request: StayRequest): Promise<StayAnswer> {
    const turn = this.#tail.then(() => this.#read(request));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #read(request: StayRequest): Promise<StayAnswer> {
    try {
      await this.#clear();
      for (const step of this.#steps) await step.query.run(step.parameters(request));
      const [encounter] = await this.#query('encounter').rows([request.encounterId]);
      if (encounter === undefined) return { encounter: null, stay: null, evidence: [] };
      const [discharge] = await this.#query('discharge').rows();
      const recorded: RecordedEncounter = {
        classCode: text(encounter['class_code']),
        startMs: number(encounter['period_start_ms']),
        endMs: number(encounter['period_end_ms']),
        asOfMs: number(encounter['as_of_ms']),
      };
      if (discharge === undefined) return { encounter: recorded, stay: null, evidence: [] };
      const values = discharge['exclusion'] === null ? await this.#featureValues() : new Float64Array();
      const stay = toStay(discharge, values);
      const wanted = stay.exclusion === null ? request.evidenceFor(stay) : [];
      const evidence = wanted.length === 0 ? [] : await this.#query('evidence').rows([wanted]);
      return {
        encounter: recorded,
        stay,
        evidence: evidence.map((e) => ({ feature: String(e['feature']), resource: String(e['resource_id']) })),
      };
    } finally {
      await this.#clear();
    }
  }

  async #clear(): Promise<void> {
    for (const statement of this.#deletions) await statement.run();
  }

  async #featureValues(): Promise<Float64Array> {
    const values: number[] = [];
    for (const family of this.#families) {
      const [row] = await family.rows();
      for (const value of Object.values(row ?? {})) values.push(value === null ? Number.NaN : Number(value));
    }
    return Float64Array.from(values);
  }

  #query(name: string): PreparedQuery {
    return this.#queries.get(name) as PreparedQuery;
  }

  async #createTables(definition: CohortDefinition, set: FeatureSet): Promise<void> {
    const warehouse = this.#warehouse;
    await loadTerminology(warehouse);
    await warehouse.run(`CREATE TABLE cohort_definition (${cohortDefinitionColumns})`);
    await warehouse.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, noRunOutDay)})`);
    for (const view of flatViews) {
      const table = view.name === 'encounter' ? 'recorded_encounter' : view.name;
      const select = (texts: string): string => flatSelectOfTexts(view, texts);
      await warehouse.run(`CREATE TABLE ${table} AS ${select('SELECT CAST(NULL AS VARCHAR) AS json WHERE FALSE')}`, [], view.name);
      await this.#addTable(table, select('SELECT unnest(CAST($1 AS VARCHAR[])) AS json'), view.name, (request) => [
        request.resources.get(view.resource) ?? [],
      ]);
    }
    await warehouse.run('CREATE TABLE request (encounter_id VARCHAR, as_of_ms BIGINT, as_of_ymd INTEGER)');
    await this.#addTable(
      'request',
      `SELECT e.encounter_id, COALESCE(fhir_ms($2), e.period_end_ms), COALESCE(fhir_ymd($2), e.period_end_ymd)
       FROM recorded_encounter e WHERE e.encounter_id = $1`,
      'request',
      (request) => [request.encounterId, request.asOf ?? null],
    );
    await this.#materialize([{ name: 'encounter', sql: clippedEncounters(), file: 'encounter' }]);
    const isIndex = (relation: Relation): boolean => relation.name === 'index_discharge';
    await this.#materialize(dischargeRelations.filter((relation) => !isIndex(relation)));
    await this.#materialize(
      dischargeRelations.filter(isIndex).map((r) => ({ ...r, sql: `SELECT x.* FROM (${r.sql}) x WHERE x.stay_id IN (${requestedStay})` })),
    );
    await this.#materialize(readKnownRelations());
    for (const { relation } of set.families) await warehouse.run(`CREATE VIEW ${relation.name} AS ${relation.sql}`, [], relation.file);
    for (const { select, family } of familySelects(set)) this.#families.push(await warehouse.prepare(select, family));
    await this.#prepareQuery('evidence', readEvidenceSelect());
    await this.#prepareQuery(
      'encounter',
      `SELECT e.class_code, e.period_start_ms, e.period_end_ms, q.as_of_ms
       FROM recorded_encounter e LEFT JOIN request q ON q.encounter_id = e.encounter_id WHERE e.encounter_id = $1`,
    );
    await this.#prepareQuery(
      'discharge',
      `SELECT d.exclusion, d.stay_id, d.discharge_id, d.admit_ms, d.discharge_ms, d.reason_display FROM discharge d WHERE d.stay_id IN (${requestedStay})`,
    );
  }

  /** A table of the relation's shape, refilled from its SELECT in every request. */
  async #materialize(relations: readonly Relation[]): Promise<void> {
    for (const { name, sql, file } of relations) {
      await this.#warehouse.run(`CREATE TABLE ${name} AS SELECT e.* FROM (${sql}) e WHERE FALSE`, [], file);
      await this.#addTable(name, sql, file, () => []);
    }
  }

  async #addTable(name: string, select: string, what: string, parameters: Step['parameters']): Promise<void> {
    this.#steps.push({ query: await this.#warehouse.prepare(`INSERT INTO ${name} ${select}`, what), parameters });
    this.#deletions.push(await this.#warehouse.prepare(`DELETE FROM ${name}`, what));
  }

  async #prepareQuery(name: string, sql: string): Promise<void> {
    this.#queries.set(name, await this.#warehouse.prepare(sql, name));
  }
}

/** Encounters that had begun, ended at the prediction time where their end lay ahead of it. */
function clippedEncounters(): string {
  const columns = flatViews.find((view) => view.name === 'encounter')?.columns.map((column) => column.name) ?? [];
  const ahead = '(e.period_end_ms IS NULL OR e.period_end_latest_ms > q.as_of_ms)';
  const clipped: Record<string, string> = { ms: 'q.as_of_ms', latest_ms: 'q.as_of_ms', ymd: 'q.as_of_ymd', precision: '4' };
  const select = columns.flatMap((name) => {
    if (name === 'period_end') {
      return Object.entries(clipped).map(
        ([part, value]) => `CASE WHEN ${ahead} THEN ${value} ELSE e.period_end_${part} END AS period_end_${part}`,
      );
    }
    if (name === 'period_start') return Object.keys(clipped).map((part) => `e.period_start_${part}`);
    return [`e.${name}`];
  });
  return `SELECT ${select.join(', ')} FROM recorded_encounter e CROSS JOIN request q WHERE e.period_start_latest_ms <= q.as_of_ms`;
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

