/**
 * The discharges of a span of dates, as a study of their own.
 *
 * Choice  dates are of the discharge instant in UTC, both ends inclusive
 * Choice  looking back is not cut: a discharge keeps what was known of its patient before the span
 */
import { CohortError } from '../errors.ts';
import type { ScoreName, Study } from './study.ts';
import { take, takeColumns } from './held-out.ts';

export interface Span {
  /** yyyymmdd. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** @throws {CohortError} COHORT_EMPTY where no index discharge lies in the span */
export function studySpan(study: Study, { from = 0, to = 99_999_999 }: Span): Study {
  const { matrix } = study;
  const rows = Int32Array.from([...matrix.dischargeMs.keys()].filter((row) => isWithin(matrix.dischargeMs[row] as number)));
  if (rows.length === matrix.rows) return study;
  if (rows.length === 0) {
    throw new CohortError(
      'COHORT_EMPTY',
      `expected index discharges from ${from} to ${to}, found none; discharges of the last days are counted when their horizon is over`,
    );
  }
  const pick = <T>(values: readonly T[]): T[] => Array.from(rows, (row) => values[row] as T);
  return {
    ...study,
    matrix: {
      ...matrix,
      rows: rows.length,
      columns: takeColumns(matrix.columns, rows),
      indexIds: pick(matrix.indexIds),
      patientIds: pick(matrix.patientIds),
      groups: Int32Array.from(rows, (row) => matrix.groups[row] as number),
      outcome: Uint8Array.from(rows, (row) => matrix.outcome[row] as number),
      outcomeStates: pick(matrix.outcomeStates),
      admitMs: take(matrix.admitMs, rows),
      dischargeMs: take(matrix.dischargeMs, rows),
      reasons: pick(matrix.reasons),
    },
    scores: Object.fromEntries(
      Object.entries(study.scores).map(([name, points]) => [name, take(points, rows)]),
    ) as unknown as Readonly<Record<ScoreName, Float64Array>>,
    subgroups: study.subgroups.map(({ labels, ...subgroup }) => ({ ...subgroup, labels: pick(labels) })),
    recordStartMs: take(study.recordStartMs, rows),
  };

  function isWithin(ms: number): boolean {
    const day = new Date(ms);
    const ymd = (day.getUTCFullYear() * 100 + day.getUTCMonth() + 1) * 100 + day.getUTCDate();
    return ymd >= from && ymd <= to;
  }
}
