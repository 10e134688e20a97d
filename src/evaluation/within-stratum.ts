/**
 * Discrimination among alike: does the risk rank discharges that share a stratum (the same reason for admission, say)?
 *
 * A model that has learned nothing but the average of each stratum scores high overall and exactly 0.5 here.
 * In      outcome, score and a stratum number per discharge; a negative number means "no stratum" and forms no pair
 * Choice  pairs are pooled over strata, so a stratum counts by its number of event / non-event pairs
 */
import { EvaluationError } from '../errors.ts';
import { checkSample, requireSameLength, unitWeights } from './sample.ts';
import type { Statistic } from './sample.ts';

export interface WithinStratumAuroc {
  /** Share of pairs ranked rightly, ties one half; in [0, 1]. */
  readonly auroc: number;
  /** Event / non-event pairs within a stratum: how much the figure rests on. */
  readonly pairs: number;
  /** Strata that have at least one pair. */
  readonly strata: number;
}

/**
 * @param stratum  stratum number per discharge, same length; negative: none
 * @returns        pooled AUROC over pairs of the same stratum; O(n log n)
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS when no stratum
 *         has both outcomes
 */
export function withinStratumAuroc(outcome: Uint8Array, risk: Float64Array, stratum: Int32Array): WithinStratumAuroc {
  const counted = countPairs(outcome, risk, stratum)(unitWeights(outcome.length));
  if (counted.pairs === 0) {
    throw new EvaluationError(
      'EVALUATION_ONE_CLASS',
      `expected a stratum with both outcomes, found none in ${outcome.length} rows; use coarser strata`,
    );
  }
  return { auroc: counted.concordant / counted.pairs, pairs: counted.pairs, strata: counted.strata };
}

/** Within-stratum AUROC for resampling; see {@link withinStratumAuroc}. */
export function withinStratumStatistic(stratum: Int32Array): Statistic {
  return (outcome, risk) => {
    const count = countPairs(outcome, risk, stratum);
    return (weight) => {
      const { concordant, pairs } = count(weight);
      return concordant / pairs;
    };
  };
}

interface Pairs {
  readonly concordant: number;
  readonly pairs: number;
  readonly strata: number;
}

function countPairs(outcome: Uint8Array, risk: Float64Array, stratum: Int32Array): (weight: Float64Array) => Pairs {
  checkSample(outcome, risk, 'score');
  requireSameLength(outcome.length, 'stratum', stratum.length);
  const order = Int32Array.from({ length: outcome.length }, (_, i) => i)
    .filter((i) => stratum[i]! >= 0)
    .sort((a, b) => stratum[a]! - stratum[b]! || risk[a]! - risk[b]! || a - b);
  return (weight) => {
    let concordant = 0;
    let pairs = 0;
    let strata = 0;
    for (let k = 0; k < order.length;) {
      const current = stratum[order[k]!]!;
      let events = 0;
      let others = 0;
      while (k < order.length && stratum[order[k]!] === current) {
        const score = risk[order[k]!]!;
        let runEvents = 0;
        let runOthers = 0;
        for (; k < order.length; k++) {
          const i = order[k]!;
          if (stratum[i] !== current || risk[i] !== score) break;
          if (outcome[i] === 1) runEvents += weight[i]!;
          else runOthers += weight[i]!;
        }
        concordant += runEvents * (others + runOthers / 2);
        events += runEvents;
        others += runOthers;
      }
      pairs += events * others;
      if (events * others > 0) strata++;
    }
    return { concordant, pairs, strata };
  };
}
