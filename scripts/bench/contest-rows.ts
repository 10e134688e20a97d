/**
 * The contest as rows: medians over the rounds, and ratios to the run of ours that stood before each run of a peer.
 *
 * Choice  the median of ratios, not the ratio of medians: a pair shares its minute of the machine
 */
import { benchRow, median, type BenchRow } from './bench-row.ts';
import type { Contest, Contestant, Pair, Run } from './contest.ts';

interface Work {
  readonly work: string;
  readonly unit: string;
  /** CPU and wall seconds a unit; undefined where the run lacks the part. */
  readonly cost: (run: Run) => { readonly cpuS: number | null; readonly wallS: number } | undefined;
  /** What a ratio is taken of. */
  readonly compared: (run: Run) => number | undefined;
  readonly rest: (runs: readonly Run[]) => Partial<BenchRow>;
}

const present = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);
const medianOf = (values: readonly (number | undefined)[]): number | null =>
  present(values).length === 0 ? null : median(present(values));

const works: readonly Work[] = [
  {
    work: 'fit',
    unit: 'fit',
    cost: ({ fit }) => fit,
    compared: ({ fit }) => fit.cpuS,
    rest: (runs) => ({
      rssMb: medianOf(runs.map((run) => run.fit.addedMb)),
      auroc: medianOf(runs.map((run) => run.auroc)),
      more: {
        outOfBag: runs[0]?.outOfBag === true ? 'yes' : 'no',
        leaves: medianOf(runs.map((run) => run.leaves)) ?? 'unknown',
        peakMb: median(runs.map((run) => run.fit.peakMb)),
        loadS: median(runs.map((run) => run.loadS)),
        leastCpuS: Math.min(...runs.map((run) => run.fit.cpuS)),
        greatestCpuS: Math.max(...runs.map((run) => run.fit.cpuS)),
      },
    }),
  },
  {
    work: 'predict batch',
    unit: 'row',
    cost: ({ batch }) => batch && { cpuS: batch.cpuUs / 1e6, wallS: batch.wallUs / 1e6 },
    compared: ({ batch }) => batch?.cpuUs,
    rest: (runs) => ({ more: { rows: runs[0]?.batch?.rows ?? 0 } }),
  },
  {
    work: 'predict one',
    unit: 'row',
    cost: ({ single }) => single && { cpuS: null, wallS: single.p50Us / 1e6 },
    compared: ({ single }) => single?.p50Us,
    rest: (runs) => ({
      more: { p99S: (medianOf(runs.map((run) => run.single?.p99Us)) ?? NaN) / 1e6, call: runs[0]?.single?.call ?? '' },
    }),
  },
  {
    work: 'attributions',
    unit: 'row',
    cost: ({ explain }) => explain && { cpuS: explain.cpuMs / 1e3, wallS: explain.wallMs / 1e3 },
    compared: ({ explain }) => explain?.cpuMs,
    rest: (runs) => ({ more: { rows: runs[0]?.explain?.rows ?? 0, call: runs[0]?.explain?.call ?? '' } }),
  },
];

export function contestRows({ runs, pairs }: Contest): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const table of new Set(runs.map((run) => run.table))) {
    const here = runs.filter((run) => run.table === table);
    for (const work of works) {
      for (const contestant of new Set(here.map((run) => run.contestant))) {
        const own = here.filter((run) => run.contestant === contestant && work.cost(run) !== undefined);
        if (own.length === 0) continue;
        const costs = own.map(work.cost).filter((cost) => cost !== undefined);
        rows.push(
          benchRow({
            work: work.work,
            table,
            contestant,
            unit: work.unit,
            cpuS: medianOf(costs.map((cost) => cost.cpuS ?? undefined)),
            wallS: median(costs.map((cost) => cost.wallS)),
            runs: own.length,
            ...ratioOf(
              work,
              contestant,
              pairs.filter((pair) => pair.peer.table === table),
            ),
            ...work.rest(own),
          }),
        );
      }
    }
  }
  return rows;
}

function ratioOf(work: Work, contestant: Contestant, pairs: readonly Pair[]): Pick<BenchRow, 'ratio' | 'ratioRange'> {
  if (contestant === 'ours') return { ratio: 1, ratioRange: null };
  const ratios = present(
    pairs
      .filter((pair) => pair.peer.contestant === contestant)
      .map(({ ours, peer }) => {
        const theirs = work.compared(peer);
        const our = work.compared(ours);
        return theirs === undefined || our === undefined ? undefined : theirs / our;
      }),
  );
  if (ratios.length === 0) return { ratio: null, ratioRange: null };
  return { ratio: median(ratios), ratioRange: [Math.min(...ratios), Math.max(...ratios)] };
}
