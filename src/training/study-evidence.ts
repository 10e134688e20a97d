/**
 * Evidence of held-out risks of a study: what src/evaluation gathers, with the study's patients, reasons, days and subgroups.
 */
import { gatherEvidence, groupNumbers, type Evidence } from '../evaluation/index.ts';
import { hasReasons, type Risks } from './held-out.ts';
import type { Study } from './study.ts';
import { hasTimes, type ValidationOptions } from './validation.ts';

export interface EvidenceRequest {
  readonly description: string;
  /** Row of the matrix behind each risk. */
  readonly rows: Int32Array;
  /** Fold of each of those rows, where several models gave the risks. */
  readonly fold: Int32Array | null;
  /** Risks from which one acts, beside the fixed ones; the first is the one subgroups are judged at. */
  readonly thresholds: readonly number[];
  readonly capacities?: readonly number[];
  /** Scores in points, which have an order but no risk of their own here. */
  readonly orderOnly?: readonly string[];
}

/** Thresholds that are always told. */
const fixedThresholds = [0.1, 0.2, 0.3];
const dayMs = 86_400_000;

export async function studyEvidence(
  study: Study,
  risks: Partial<Risks> & Pick<Risks, 'forest'>,
  request: EvidenceRequest,
  options: ValidationOptions,
): Promise<Evidence> {
  const { matrix } = study;
  const { rows } = request;
  const of = <T>(values: ArrayLike<T>): T[] => Array.from(rows, (row) => values[row] as T);
  const thresholds = [...new Set([...request.thresholds, ...fixedThresholds])].sort((a, b) => a - b);
  return gatherEvidence(
    {
      outcome: Uint8Array.from(of(matrix.outcome)),
      risks: risks as Readonly<Record<string, Float64Array>> & Pick<Risks, 'forest'>,
      ...(request.orderOnly === undefined ? {} : { orderOnly: request.orderOnly }),
      groups: groupNumbers(of(matrix.patientIds)),
      fold: request.fold,
      // No reason coded is a reason of its own, unless none is coded anywhere.
      reason: hasReasons(matrix)
        ? groupNumbers(of(matrix.reasons).map((reason) => reason ?? ''))
        : new Int32Array(rows.length).fill(-1),
      // Calendar days in UTC: a capacity is a number of discharges a day, wherever the day begins.
      day: Int32Array.from(of(matrix.dischargeMs), (ms) => Math.floor(ms / dayMs)),
      subgroups: study.subgroups.map(({ by, labels }) => ({ by, labels: of(labels) })),
      thresholds,
      // Without a time there is no day that has a capacity.
      capacities: hasTimes(matrix) ? (request.capacities ?? [1]) : [],
      subgroupThreshold: request.thresholds[0] ?? 0.2,
      description: request.description,
    },
    {
      seed: options.seed,
      draws: options.draws ?? 1000,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
}
