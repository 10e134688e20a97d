/**
 * Which planted event the oracle foretells: the one that the cohort definition asks a model to learn.
 *
 * In      a truth matched to the rows of a matrix, the cohort definition
 * Out     per row whether the event was drawn and the oracle's probability of it; the event in words; what its figures cannot say
 * Choice  unplanned readmission and death before any return exclude each other, so the probability that either comes is their sum; after a
 *         drawn planned return neither counts, as in the label (cohort/sql/outcome.sql)
 * Choice  under a researcher's own labels the event is the readmission: what such a label means is not known here
 */
import type { CohortDefinition } from '../cohort/index.ts';
import type { MatchedTruth } from './truth-table.ts';

export interface TruthTarget {
  /** "unplanned readmission", or "unplanned readmission or death". */
  readonly event: string;
  /** 1 where the event was drawn. */
  readonly outcome: Uint8Array;
  /** The oracle's probability of the event, in [0, 1]. */
  readonly oracle: Float64Array;
  readonly limits: readonly string[];
}

export function targetOf(truth: MatchedTruth, { labels, outcome }: CohortDefinition): TruthTarget {
  const { oracleUnplanned, oracleDeath, unplanned, died } = truth;
  if (!outcome.composite || labels !== undefined) {
    return { event: 'unplanned readmission', outcome: unplanned, oracle: oracleUnplanned, limits: [] };
  }
  return {
    event: 'unplanned readmission or death',
    outcome: unplanned.map((y, i) => y | (died[i] as number)),
    // Two roundings may end a hair above 1.
    oracle: oracleUnplanned.map((p, i) => Math.min(1, p + (oracleDeath[i] as number))),
    limits: [
      'True contributions are those to the log odds of an unplanned readmission: what moves death alone is not among them.',
    ],
  };
}
