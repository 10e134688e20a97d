/**
 * A study of a table of one's own: what training and evaluation ask of a study, said of rows that someone else made.
 *
 * In      a checked table, where it came from
 * Out     a study without records behind it: no published scores, no subgroups, no attrition but the count of rows
 * Choice  nothing is made up: what a table does not have is NaN, null or empty, and whoever needs it says "not assessed"
 * Choice  every rule of the cohort definition is off, and its field "table" says which column was the label; the horizon is the caller's, for it
 *         decides how many days are left out before the test rows of the temporal validation
 */
import { parseCohortDefinition, type CohortDefinition } from '../cohort/index.ts';
import { tableFeatureSet } from '../features/index.ts';
import { settleMapping, standardMapping } from '../mapping/index.ts';
import type { OwnTable, TableRoles } from './own-table.ts';
import type { Study } from './study.ts';

export interface TableOrigin {
  /** Name of the file, or what the table is called. */
  readonly name: string;
  /** Of the file's bytes, lower-case hex. */
  readonly sha256: string;
  /** Whether the patients are made up: a model says so, and shows no row of those who are not. */
  readonly synthetic: boolean;
  /** Days after the time column in which the label was looked for; default 30. */
  readonly horizonDays?: number;
}

export function tableStudy(table: OwnTable, origin: TableOrigin): Study {
  const { rows, outcome } = table;
  const definition = tableDefinition(table.roles, origin);
  const features = tableFeatureSet(table.features, String(table.roles.features ?? 'all'));
  const unknown = (): Float64Array => new Float64Array(rows).fill(Number.NaN);
  const timeMs = table.timeMs ?? unknown();
  return {
    manifest: {
      format: 'readmission-landing',
      formatVersion: 1,
      source: { kind: 'folder', description: `the table ${origin.name}` },
      transactionTime: '',
      synthetic: origin.synthetic,
      coverage: { types: [], from: null },
      files: [],
    },
    manifestSha256: origin.sha256,
    mapping: {
      ...settleMapping(standardMapping, false),
      name: 'no-records',
      description: 'A table: no FHIR records were read',
    },
    flatTables: [],
    cohort: {
      definition,
      runOut: 0,
      attrition: [
        { step: 50, label: 'rows of the table', unit: 'rows', n: rows },
        { step: 60, label: 'patients in the table', unit: 'patients', n: new Set(table.groupKeys).size },
      ],
    },
    features,
    matrix: {
      features: features.features,
      rows,
      columns: table.columns,
      indexIds: table.ids,
      patientIds: table.groupKeys,
      groups: table.groups,
      outcome,
      outcomeStates: Array.from(outcome, (y) => (y === 1 ? 'label-1' : 'label-0')),
      admitMs: unknown(),
      dischargeMs: timeMs,
      reasons: table.reasons ?? new Array<null>(rows).fill(null),
    },
    incidence: null,
    scores: { lace: unknown(), hospital_2013: unknown(), hospital_2016: unknown(), charlson: unknown() },
    subgroups: [],
    recordStartMs: unknown(),
    asOfTrial: null,
  };
}

function tableDefinition({ label, groups, id, time, reason }: TableRoles, origin: TableOrigin): CohortDefinition {
  const off = { sleepStudy: false, againstAdvice: false, transferOut: false, detoxification: false, cancerTreatment: false };
  return parseCohortDefinition(
    {
      name: 'table',
      description: 'Rows of a table as they came; no record was read and no rule of a cohort was applied',
      horizonDays: origin.horizonDays ?? 30,
      lookbackDays: 0,
      minimumAge: 0,
      stitching: { gapHours: 0, anyGap: false, transferType: false, otherHospital: false, sameCondition: false },
      exclude: { ...off, nursing: false, lookBack: false, diedInStay: false },
      plannedByType: false,
      emergencyLinkHours: 0,
      labels: { name: `${origin.name.slice(0, 150)}, column ${label.slice(0, 38)}`, sha256: origin.sha256 },
      table: { label, groups, id: id ?? null, time: time ?? null, reason: reason ?? null },
    },
    'the definition of a table',
  );
}
