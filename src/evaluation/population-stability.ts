/**
 * Population stability: does a column still look as it did where the model was trained?
 *
 * In      values of a column, NaN where missing
 * Out     population stability index, PSI = Σ (now - then) · ln(now / then) over bins, with the missing as a bin of its own
 * Bins    each value where there are ten or fewer; else tenths of the training rows; where more than a tenth share the lowest value (counts of
 *         events, most of them zero) that value and tenths of the rest
 * Choice  half a row is added to every bin on both sides, so that an empty bin is a large number and not an infinite one
 * Choice  with few rows PSI is large by chance alone: `chance` is the value that a tenth of a percent of unchanged populations exceed.
 *         It takes rows as independent; patients with several discharges make it a little low
 * Source  Siddiqi 2006, Credit Risk Scorecards; its distribution: Yurdakul and Naranjo 2020, doi:10.21314/JRMV.2020.227
 */

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
  /** PSI that one unchanged population in a thousand exceeds at these numbers of rows. */
  readonly chance: number;
  /** Share missing now and then. */
  readonly missing: number;
  readonly missingThen: number;
}

const bins = 10;

export function referenceDistribution(values: Float64Array): ReferenceDistribution {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort();
  const edges = edgesOf(sorted);
  return { rows: values.length, edges, counts: countBins(edges, sorted), missing: values.length - sorted.length };
}

/** @param values  the column now; at least one row */
export function populationStability(reference: ReferenceDistribution, values: Float64Array): Stability {
  const present = values.filter((v) => !Number.isNaN(v));
  const now = [...countBins(reference.edges, present), values.length - present.length];
  const then = [...reference.counts, reference.missing];
  const share = (counts: readonly number[], total: number): number[] =>
    counts.map((count) => (count + 0.5) / (total + 0.5 * counts.length));
  const p = share(now, values.length);
  const q = share(then, reference.rows);
  // A bin that is empty on both sides says nothing.
  const used = p.map((_, b) => b).filter((b) => (now[b] as number) + (then[b] as number) > 0);
  const psi = used.reduce((sum, b) => sum + (p[b]! - q[b]!) * Math.log(p[b]! / q[b]!), 0);
  return {
    psi,
    chance: chiSquareQuantile999(Math.max(1, used.length - 1)) * (1 / values.length + 1 / reference.rows),
    missing: (values.length - present.length) / values.length,
    missingThen: reference.missing / reference.rows,
  };
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
  for (const value of values) {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    counts[low]! += 1;
  }
  return counts;
}

/** 99.9th percentile of chi-square, by the cube of Wilson and Hilferty 1931: within 3 % at one degree of freedom, closer above. */
function chiSquareQuantile999(degrees: number): number {
  const z = 3.090232306167813;
  const v = 2 / (9 * degrees);
  return degrees * (1 - v + z * Math.sqrt(v)) ** 3;
}
