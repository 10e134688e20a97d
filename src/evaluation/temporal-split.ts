/**
 * Split in time: learn from earlier discharges, be judged on later ones.
 *
 * In      discharge instant and patient number per row, the instant that divides
 * Out     train: discharged before cut - gap; test: discharged at or after cut; rows between are in neither
 * Choice  the gap is as long as a training label looks ahead, so that none looks beyond the cut: a horizon of 30 calendar days, the last one
 *         included, ends less than 31 days after the discharge
 * Choice  test rows whose patient is also in train are kept and marked `seen`: report both kinds apart
 */
import { EvaluationError } from '../errors.ts';
import { requireSameLength } from './sample.ts';

const DAY_MS = 86_400_000;

export interface TemporalSplit {
  /** Row numbers, ascending. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Rows discharged in the gap, used by neither. */
  readonly gap: Int32Array;
  /** Per test row: 1 when its patient has a training row. */
  readonly seen: Uint8Array;
}

/**
 * @param input.dischargeMs  discharge per row, milliseconds since 1970 UTC
 * @param input.groups       patient number per row
 * @param input.cut          milliseconds since 1970 UTC
 * @param input.gapDays      days before the cut that are left out, >= 0; default 31
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function temporalSplit(input: {
  readonly dischargeMs: Float64Array;
  readonly groups: Int32Array;
  readonly cut: number;
  readonly gapDays?: number;
}): TemporalSplit {
  const { dischargeMs, groups, cut, gapDays = 31 } = input;
  requireSameLength(dischargeMs.length, 'groups', groups.length);
  requireTimes(dischargeMs);
  if (!Number.isFinite(cut)) throw new EvaluationError('EVALUATION_NAN', `expected a finite cut, found ${cut}`);
  if (!(gapDays >= 0 && gapDays < Infinity)) {
    throw new EvaluationError('EVALUATION_RANGE', `expected gapDays of 0 or more, found ${gapDays}`);
  }
  const trainEnd = cut - gapDays * DAY_MS;
  const rows = Int32Array.from(dischargeMs, (_, i) => i);
  const train = rows.filter((i) => dischargeMs[i]! < trainEnd);
  const test = rows.filter((i) => dischargeMs[i]! >= cut);
  const gap = rows.filter((i) => dischargeMs[i]! >= trainEnd && dischargeMs[i]! < cut);
  const trained = new Set<number>();
  for (const i of train) trained.add(groups[i]!);
  return { train, test, gap, seen: Uint8Array.from(test, (i) => (trained.has(groups[i]!) ? 1 : 0)) };
}

/**
 * The instant that leaves about `testShare` of the rows at or after it: the discharge at that rank.
 *
 * @param testShare  in (0, 1)
 * @throws {EvaluationError} EVALUATION_RANGE; EVALUATION_NAN
 */
export function temporalCut(dischargeMs: Float64Array, testShare: number): number {
  if (!(testShare > 0 && testShare < 1)) {
    throw new EvaluationError('EVALUATION_RANGE', `expected a test share between 0 and 1, found ${testShare}`);
  }
  if (dischargeMs.length === 0) throw new EvaluationError('EVALUATION_RANGE', 'expected at least one row, found none');
  requireTimes(dischargeMs);
  const sorted = dischargeMs.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - testShare)))]!;
}

function requireTimes(times: Float64Array): void {
  const bad = times.findIndex((t) => !Number.isFinite(t));
  if (bad >= 0) {
    throw new EvaluationError('EVALUATION_NAN', `expected a discharge time in every row, found ${times[bad]} in row ${bad}`, {
      details: { row: bad },
    });
  }
}
