/**
 * The cases of tests/cases: records in, stays with their exclusion or outcome out, told by the same explanation the command line prints.
 *
 * Cases of one definition and one run-out day are one cohort, each with ids of its own, so that they also test that patients do not touch each
 * other. A case that says from when its records are complete is alone: its last event is the end of its records.
 * Why  flattening is the same for every case and takes as long as a cohort: it is done once, and a cohort has the rows of its cases
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildCohort,
  explainEncounter,
  parseCohortDefinition,
  readCohortDefinition,
  type Cohort,
  type CohortDefinition,
} from '../../src/cohort/index.ts';
import { readManifest, type LandingManifest } from '../../src/fhir/landing.ts';
import { stableJson } from '../../src/util/stable-json.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { clinicalTypes, withLanding } from '../cases/landing.ts';
import { withOwnIds } from '../cases/own-ids.ts';

interface ExpectedStay {
  /** Ids in order, a blank between. */
  readonly encounters: string;
  /** The rule that joined each. */
  readonly joined?: string;
  readonly exclusion?: string | null;
  /** The code that made the rule fire. */
  readonly exclusionCode?: string | null;
  readonly outcome?: string;
  /** What a model learns. */
  readonly target?: number | null;
  readonly days?: number | null;
  /** First encounter of the stay that decided the outcome. */
  readonly return?: string | null;
  /** Rule that made the return planned. */
  readonly returnRule?: string | null;
  /** Rule that would make this stay a planned return. */
  readonly planned?: string | null;
  readonly plannedCode?: string | null;
  readonly acute?: string | null;
  readonly emergency?: string | null;
  readonly age?: number;
  readonly dischargedFrom?: string;
  /** Meaning of the disposition it ended with. */
  readonly disposition?: string | null;
  readonly reason?: string | null;
  readonly lengthMs?: number;
}

interface Case {
  readonly title: string;
  readonly why: string;
  /** What differs from the shipped definition hwr-like. */
  readonly definition?: Record<string, unknown>;
  /** Last complete day, yyyymmdd. */
  readonly runOut?: number;
  /** Of the folder's manifest; default 2026-01-01. */
  readonly transactionTime?: string;
  /** From when the records are complete, as in the folder's manifest; completeFrom by the ids of the case. Default: from the beginning. */
  readonly coverage?: Omit<LandingManifest['coverage'], 'types'>;
  readonly resources: readonly (string | Resource)[];
  readonly expect: { readonly stays: readonly ExpectedStay[] };
}

const folder = new URL('../cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]).map((c) => ({ ...c, file })))
  .map((c, number) => ({ ...c, prefix: `case-${number}-` }));

const groups = new Map<string, (typeof cases)[number][]>();
for (const c of cases) {
  const alone = c.coverage !== undefined || c.transactionTime !== undefined;
  const key = alone ? c.title : stableJson({ definition: c.definition ?? {}, runOut: c.runOut ?? null });
  groups.set(key, [...(groups.get(key) ?? []), c]);
}

function definitionOf({ definition = {} }: Case): CohortDefinition {
  const shipped: Record<string, unknown> = readCohortDefinition('hwr-like');
  const merged = Object.entries(definition).map(([key, value]) =>
    typeof value === 'object' && value !== null ? [key, { ...(shipped[key] as object), ...value }] : [key, value],
  );
  return parseCohortDefinition({ ...shipped, ...Object.fromEntries(merged) }, 'case');
}

function coverageOf({ coverage = { from: null }, prefix }: (typeof cases)[number]): LandingManifest['coverage'] {
  const { completeFrom, ...bounds } = coverage;
  const own = Object.fromEntries(Object.entries(completeFrom ?? {}).map(([id, instant]) => [`Patient/${prefix}${id}`, instant]));
  return { types: [...clinicalTypes], ...bounds, ...(completeFrom === undefined ? {} : { completeFrom: own }) };
}

async function actualStays(warehouse: Warehouse, prefix: string): Promise<object[]> {
  const bare = (key: unknown): string | null => (typeof key === 'string' ? key.replace(/^\w+\//, '').replace(prefix, '') : null);
  const rows = await warehouse.rows(
    `SELECT d.stay_id, d.discharge_id, d.emergency_encounter_id, s.disposition FROM discharge d JOIN stay s ON s.stay_id = d.stay_id
     WHERE d.stay_id LIKE 'Encounter/${prefix}%' ORDER BY d.patient_id, d.admit_ms, d.stay_id`,
  );
  return Promise.all(
    rows.map(async (row) => {
      const { members, discharge, outcome, returnStay } = await explainEncounter(warehouse, String(row['stay_id']));
      return {
        encounters: members.map((m) => bare(m['encounter_id'])).join(' '),
        joined: members.map((m) => m['joined_by']).join(' '),
        exclusion: discharge?.['exclusion'],
        exclusionCode: discharge?.['exclusion_code'],
        outcome: outcome?.['outcome_state'],
        target: outcome?.['target'],
        days: outcome?.['days_to_outcome'],
        return: returnStay === null ? null : bare(returnStay['stay_id']),
        returnRule: outcome?.['planned_rule'],
        planned: discharge?.['planned_rule'],
        plannedCode: discharge?.['planned_code'],
        acute: discharge?.['acute_source'],
        emergency: bare(row['emergency_encounter_id']),
        age: discharge?.['age_years'],
        dischargedFrom: bare(row['discharge_id']),
        disposition: row['disposition'],
        reason: discharge?.['reason_code'],
        lengthMs: Number(discharge?.['discharge_ms']) - Number(discharge?.['admit_ms']),
      };
    }),
  );
}

let warehouse: Warehouse;
let tables: string[];
beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
  const everything = cases.flatMap((c) => withOwnIds(expand(c.resources), c.prefix));
  await withLanding(everything, async (dir) => {
    tables = (await loadFlatTables(warehouse, dir, await readManifest(dir))).map(({ view }) => view);
  });
  for (const table of tables) await warehouse.run(`ALTER TABLE ${table} RENAME TO every_${table}`);
});
afterAll(() => warehouse.close());

describe('cohort cases', () => {
  it('are many, each with a reason to be there and stays to expect', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(cases.filter(({ why, expect: e }) => why.length < 15 || !Array.isArray(e.stays))).toEqual([]);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });
});

describe.each([...groups].map(([rules, group]) => ({ rules, group })))('cases by $rules', ({ group }) => {
  const first = group[0] as (typeof cases)[number];
  let cohort: Cohort;

  beforeAll(async () => {
    const own = group.map(({ prefix }) => `patient_id LIKE 'Patient/${prefix}%'`).join(' OR ');
    for (const table of tables) {
      await warehouse.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM every_${table} WHERE ${own}`);
    }
    const transactionTime = first.transactionTime ?? '2026-01-01T00:00:00Z';
    const options = { transactionTime, coverage: coverageOf(first), runOut: first.runOut ?? 20251231 };
    cohort = await buildCohort(warehouse, definitionOf(first), options);
  });

  it.each(group)('$file: $title', async ({ prefix, expect: { stays } }) => {
    const actual = await actualStays(warehouse, prefix);
    expect(actual).toEqual(stays.map((stay) => expect.objectContaining(stay)));
  });

  it('loses no stay on the way', () => {
    const sum = (step: number): number =>
      cohort.attrition.filter((line) => line.step === step).reduce((n, line) => n + line.n, 0);
    expect(sum(30)).toBe(group.reduce((n, c) => n + c.expect.stays.length, 0));
  });
});
