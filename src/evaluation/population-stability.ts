/**
 * Population stability: does a column still look as it did where the model was trained?
 *
 * In      values of a column, NaN where missing
 * Out     population stability index, PSI = Σ (now - then) · ln(now / then) over bins, with the missing as a bin of its own
 * Bins    each value where there are ten or fewer; else tenths of the training rows; where more than a tenth share the lowest value (counts of
 *         events, most of them zero) that value and tenths of the rest
 * Choice  half a row is added to every bin on both sides (../util/stability-index.ts)
 * Choice  with few rows PSI is large by chance alone: `chance` is what one unchanged population in a thousand exceeds in any of the columns looked at
 *         (Bonferroni); `missingChance` likewise for the change of the share missing
 * Choice  patients with several discharges are fewer independent rows than discharges: their number can be given
 * Source  Siddiqi 2006, Credit Risk Scorecards; its distribution: Yurdakul and Naranjo 2020, doi:10.21314/JRMV.2020.227
 */
import { binOf, stabilityIndex } from '../util/stability-index.ts';
import { chiSquareUpperQuantile } from './chi-square.ts';

/** What is kept of a column of the training rows. */
export interface ReferenceDistribution {
  readonly rows: number;
  /** Lower bounds of the bins after the first, ascending. */
  readonly edges: readonly number[];
  /** Rows per bin, one more than edges. */
  readonly counts: readonly number[];
  readonly missing: number;
}

export interface Stability {
  readonly psi: number;
  /** PSI that an unchanged population exceeds once in a thousand times. */
  readonly chance: number;
  /** Share missing now and then. */
  readonly missing: number;
  readonly missingThen: number;
  /** Change of that share, either way, that an unchanged population exceeds once in a thousand times. */
  readonly missingChance: number;
}

export interface StabilityOptions {
  /** Columns looked at together, of which none should seem changed by chance; default 1. */
  readonly columns?: number;
  /** Independent rows, at most all of them: the patients. Default: the rows. */
  readonly independent?: { readonly now: number; readonly then: number };
}

const bins = 10;
/** How often chance alone may exceed what it is said to make. */
const rare = 0.001;

export function referenceDistribution(values: Float64Array): ReferenceDistribution {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort();
  const edges = edgesOf(sorted);
  return { rows: values.length, edges, counts: countBins(edges, sorted), missing: values.length - sorted.length };
}

/** @param values  the column now; at least one row */
export function populationStability(
  reference: ReferenceDistribution,
  values: Float64Array,
  { columns = 1, independent }: StabilityOptions = {},
): Stability {
  const present = values.filter((v) => !Number.isNaN(v));
  const now = [...countBins(reference.edges, present), values.length - present.length];
  const then = [...reference.counts, reference.missing];
  const { psi, bins: used } = stabilityIndex({ counts: now, rows: values.length }, { counts: then, rows: reference.rows });
  const spread = 1 / (independent?.now ?? values.length) + 1 / (independent?.then ?? reference.rows);
  const missing = values.length - present.length;
  const pooled = (missing + reference.missing) / (values.length + reference.rows);
  return {
    psi,
    chance: chiSquareUpperQuantile(rare / columns, Math.max(1, used - 1)) * spread,
    missing: missing / values.length,
    missingThen: reference.missing / reference.rows,
    missingChance: normalQuantile(rare / columns) * Math.sqrt(pooled * (1 - pooled) * spread),
  };
}

/** Standard normal quantile that is exceeded either way with this probability: the square root of that of its square. */
function normalQuantile(tail: number): number {
  return Math.sqrt(chiSquareUpperQuantile(tail, 1));
}

function edgesOf(sorted: Float64Array): number[] {
  const distinct = new Set(sorted);
  if (distinct.size <= bins) return [...distinct].sort((a, b) => a - b).slice(1);
  const lowest = sorted[0] as number;
  const firstAbove = sorted.findIndex((v) => v > lowest);
  const crowded = firstAbove > sorted.length / bins;
  const rest = crowded ? sorted.subarray(firstAbove) : sorted;
  const quantiles = Array.from({ length: bins - 1 }, (_, k) => rest[Math.floor(((k + 1) * rest.length) / bins)] as number);
  const edges = new Set([...(crowded ? [rest[0] as number] : []), ...quantiles]);
  return [...edges].filter((edge) => edge > lowest).sort((a, b) => a - b);
}

function countBins(edges: readonly number[], values: Float64Array): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) counts[binOf(edges, value)]! += 1;
  return counts;
}
