/**
 * One line of the results: what one contestant spent on one unit of one work, and how that stands to ours.
 *
 * Choice  ratio is a contestant's CPU time over ours; where both were run in turns it is the median over the pairs of neighbouring runs
 */
export interface BenchRow {
  /** "fit", "predict batch", "predict one", "attributions", "flatten", "features", ... */
  readonly work: string;
  /** Name of the table or records worked on. */
  readonly table: string;
  readonly contestant: string;
  /** What the seconds are spent on: "fit", "row", "GB", "request", ... */
  readonly unit: string;
  /** CPU seconds a unit: user + system, all threads; null where it was not measured. */
  readonly cpuS: number | null;
  /** Wall seconds a unit. */
  readonly wallS: number | null;
  /** Units a wall second. */
  readonly perSecond: number | null;
  /** Megabytes of resident memory added at the peak, beyond those with the table loaded. */
  readonly rssMb: number | null;
  /** On the fresh rows of the table. */
  readonly auroc: number | null;
  readonly ratio: number | null;
  /** Least and greatest ratio of a pair. */
  readonly ratioRange: readonly [number, number] | null;
  /** Runs that the medians are of. */
  readonly runs: number;
  /** What else is told of the work: leaves, latency quantiles, the call measured. */
  readonly more: Readonly<Record<string, number | string>>;
  /** What it was measured for. */
  readonly goals?: readonly Goal[];
}

export interface Goal {
  readonly goal: string;
  readonly found: string;
  readonly reached: boolean;
}

/** A row of which most is unmeasured. */
export function benchRow(row: Pick<BenchRow, 'work' | 'table' | 'contestant' | 'unit'> & Partial<BenchRow>): BenchRow {
  return {
    cpuS: null,
    wallS: null,
    perSecond: row.wallS === undefined || row.wallS === null ? null : 1 / row.wallS,
    rssMb: null,
    auroc: null,
    ratio: null,
    ratioRange: null,
    runs: 1,
    more: {},
    ...row,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
