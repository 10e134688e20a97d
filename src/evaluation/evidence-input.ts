/**
 * What evidence is gathered from: held-out risks, what happened, and what may be asked of them.
 *
 * In      arrays of one length and order, one element per discharge
 * Choice  everything can be copied to a thread: typed arrays, strings and numbers, no functions
 */
import { EvaluationError } from '../errors.ts';
import { checkSample, requireBothClasses, requireSameLength } from './sample.ts';

/** Several risks of the same discharges. */
export interface RisksInput {
  /** 0 or 1 per discharge; both must occur. */
  readonly outcome: Uint8Array;
  /** By name; probabilities, but for those in `orderOnly`. */
  readonly risks: Readonly<Record<string, Float64Array>>;
  /** Risks of which only the order means something (points): no Brier score, calibration or net benefit is given. */
  readonly orderOnly?: readonly string[];
  /** Patient number. */
  readonly groups: Int32Array;
  /** Number of the model that gave the risk; where given, AUROCs count pairs of the same fold only. */
  readonly fold: Int32Array | null;
  /** Number of the reason for admission; negative: none, forms no pair in the within-reason AUROC. */
  readonly reason: Int32Array;
}

export interface EvidenceInput extends RisksInput {
  /** Held-out risks by model; "forest" is the model that is judged, the others are its baselines. */
  readonly risks: Readonly<Record<string, Float64Array>> & { readonly forest: Float64Array };
  /** Day of discharge, any numbering. */
  readonly day: Int32Array;
  /** Divisions of the rows; null: not recorded. */
  readonly subgroups: readonly { readonly by: string; readonly labels: readonly (string | null)[] }[];
  /** Risks from which a discharge is flagged, each one action. */
  readonly thresholds: readonly number[];
  /** Discharges that can be looked at each day, each one action. */
  readonly capacities: readonly number[];
  /** Risk from which a discharge counts as flagged in subgroups. */
  readonly subgroupThreshold: number;
  /** How the rows were held out, one sentence. */
  readonly description: string;
}

/**
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS
 */
export function checkRisks(input: RisksInput): void {
  const { outcome, risks, orderOnly = [] } = input;
  const n = outcome.length;
  for (const [name, risk] of Object.entries(risks)) {
    checkSample(outcome, risk, orderOnly.includes(name) ? 'score' : 'probability');
  }
  requireBothClasses(outcome);
  requireSameLength(n, 'groups', input.groups.length);
  if (input.fold !== null) requireSameLength(n, 'fold', input.fold.length);
  requireSameLength(n, 'reason', input.reason.length);
}

/** @throws {EvaluationError} as checkRisks */
export function checkEvidenceInput(input: EvidenceInput): void {
  checkRisks(input);
  const n = input.outcome.length;
  if (input.orderOnly?.includes('forest') === true) {
    throw new EvaluationError('EVALUATION_RANGE', 'expected probabilities of the forest, found it listed as order only');
  }
  requireSameLength(n, 'day', input.day.length);
  for (const { by, labels } of input.subgroups) requireSameLength(n, `labels of ${by}`, labels.length);
  for (const threshold of [...input.thresholds, input.subgroupThreshold]) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new EvaluationError('EVALUATION_RANGE', `expected thresholds in [0, 1], found ${threshold}`);
    }
  }
  for (const capacity of input.capacities) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new EvaluationError('EVALUATION_RANGE', `expected capacities of 1 or more discharges a day, found ${capacity}`);
    }
  }
}

/** Strata of the within-reason AUROC: pairs share the reason and, where folds are given, the fold. */
export function reasonStrata({ reason, fold }: Pick<RisksInput, 'reason' | 'fold'>): Int32Array {
  if (fold === null) return reason;
  const number = new Map<string, number>();
  return reason.map((r, i) => {
    if (r < 0 || fold[i]! < 0) return -1;
    const key = `${fold[i]!} ${r}`;
    const known = number.get(key) ?? number.size;
    number.set(key, known);
    return known;
  });
}
