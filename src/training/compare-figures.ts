/**
 * Figures of an experiment: each arm's metrics, and by how much arms differ, on the same resamples of patients.
 *
 * In      arms with their rows, outcomes and held-out risks
 * Out     per arm each metric with its interval; per pair of arms each difference with interval, p value and adjusted p value
 * Rule    a metric of several repeats is the mean over them; on a resample likewise, so that the interval is that of the mean
 * Pairing arms with identical rows and outcomes are compared on them. Others on the index discharges both have with equal outcome, where these
 *         hold 10 events and 10 others at least; else each on its own rows, with resamples of their own (unpaired)
 * Choice  AUROC counts pairs of one fold only, as in every grouped validation here
 * Choice  p values are adjusted within a metric: over the arms compared with the reference, and apart from that over all pairs
 */
import { drawPanel, measureOnce } from '../evaluation/bootstrap.ts';
import {
  benjaminiHochberg,
  bootstrapP,
  groupNumbers,
  holm,
  type Figure,
  type WeightedMeasure,
  probabilityStatistics,
} from '../evaluation/index.ts';
import { measurePanel } from '../evaluation/panel.ts';
import { figureOf, finiteOrNull, Resampled } from '../evaluation/resampled.ts';
import { CancelledError } from '../errors.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { pairArms, type Pairing } from './compare-pairing.ts';
import type { Experiment, ExperimentMetric } from './experiment.ts';

/** An arm as arrays. */
export interface ArmRows {
  readonly name: string;
  readonly indexIds: readonly string[];
  readonly patientIds: readonly string[];
  readonly outcome: Uint8Array;
  readonly reasons: readonly (string | null)[];
  /** Per repeat. */
  readonly risks: readonly Float64Array[];
  readonly folds: readonly Int32Array[];
}

export interface Difference extends Figure {
  /** Two-sided, from the resamples; null where there is none. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

export interface ArmDifference {
  readonly arm: string;
  readonly reference: string;
  readonly pairing: Pairing;
  /** By metric: arm minus reference. */
  readonly differences: Readonly<Record<string, Difference>>;
}

export interface ComparisonFigures {
  /** By arm, then metric. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** Each other arm against the reference. */
  readonly differences: readonly ArmDifference[];
  /** Every pair, of few arms. */
  readonly pairs: readonly ArmDifference[];
}

export interface FigureRun {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Arms up to which every pair is compared: 15 pairs. */
const mostArmsInPairs = 6;
const level = 0.95;
const drawsPerStep = 20;

type Rules = Pick<Experiment, 'metrics' | 'draws' | 'seed' | 'adjust' | 'reference'>;

export async function compareArms(arms: readonly ArmRows[], rules: Rules, run: FigureRun): Promise<ComparisonFigures> {
  const resamples = await resampleByRows(arms, rules, run);
  const difference = differences(resamples, rules, run);
  const reference = arms.find(({ name }) => name === rules.reference) as ArmRows;
  const others = arms.filter((arm) => arm !== reference);
  const against: RawDifference[] = [];
  for (const arm of others) against.push(await difference(arm, reference));
  const pairs: RawDifference[] = [];
  if (arms.length > 2 && arms.length <= mostArmsInPairs) {
    for (const [i, arm] of arms.entries()) for (const other of arms.slice(0, i)) pairs.push(await difference(arm, other));
  }
  const figures = arms.map((arm) => {
    const { numbers, place } = resamples.get(arm) as ArmNumbers;
    return [arm.name, Object.fromEntries(rules.metrics.map((metric, m) => [metric, numbers.figure(place + m)]))] as const;
  });
  return { figures: Object.fromEntries(figures), differences: adjusted(against, rules), pairs: adjusted(pairs, rules) };
}

/** Where an arm's metrics stand in the numbers resampled for all arms of the same rows. */
interface ArmNumbers {
  readonly numbers: Resampled;
  readonly place: number;
}

async function resampleByRows(arms: readonly ArmRows[], rules: Rules, run: FigureRun): Promise<Map<ArmRows, ArmNumbers>> {
  const groups: ArmRows[][] = [];
  for (const arm of arms) {
    const same = groups.find(([first]) => pairArms(first as ArmRows, arm).pairing.kind === 'identical');
    if (same === undefined) groups.push([arm]);
    else same.push(arm);
  }
  const found = new Map<ArmRows, ArmNumbers>();
  for (const group of groups) {
    const measures = group.flatMap((arm) => rules.metrics.map((metric) => measureOf(arm, metric)));
    const numbers = await resample(measures, groupNumbers((group[0] as ArmRows).patientIds), rules.draws, rules.seed, run);
    group.forEach((arm, k) => found.set(arm, { numbers, place: k * rules.metrics.length }));
  }
  return found;
}

/** A metric of an arm: the mean over its repeats. */
function measureOf(arm: ArmRows, metric: ExperimentMetric): WeightedMeasure {
  // No reason coded is a reason of its own.
  const reason = groupNumbers(arm.reasons.map((code) => code ?? ''));
  const measures = arm.risks.map((risk, repeat) => {
    const fold = arm.folds[repeat] as Int32Array;
    return probabilityStatistics({ fold, reason })[metric](arm.outcome, risk);
  });
  return (weight) => measures.reduce((sum, measure) => sum + measure(weight), 0) / measures.length;
}

async function resample(
  measures: readonly WeightedMeasure[],
  groups: Int32Array,
  draws: number,
  seed: number,
  { onProgress = silent, signal }: FigureRun,
): Promise<Resampled> {
  const panel = measurePanel(measures);
  const values = new Float64Array(panel.size * draws);
  for (let from = 0; from < draws; from += drawsPerStep) {
    if (signal?.aborted === true) throw new CancelledError('the comparison');
    const to = Math.min(draws, from + drawsPerStep);
    const measured = drawPanel(panel, groups, seed, from, to);
    for (let k = 0; k < panel.size; k += 1)
      values.set(measured.subarray(k * (to - from), (k + 1) * (to - from)), k * draws + from);
    onProgress({ task: 'resamples', done: to, total: draws });
    // Lets an interruption in.
    await new Promise((resume) => setImmediate(resume));
  }
  return new Resampled(measureOnce(panel, groups.length), values, draws, level);
}

interface RawDifference {
  readonly arm: string;
  readonly reference: string;
  readonly pairing: Pairing;
  readonly figures: readonly (Figure & { readonly p: number })[];
}

function differences(
  resamples: ReadonlyMap<ArmRows, ArmNumbers>,
  { metrics, draws, seed }: Rules,
  run: FigureRun,
): (arm: ArmRows, reference: ArmRows) => Promise<RawDifference> {
  const ofNumbers = (a: Resampled, b: Resampled, placeA: number, placeB: number): RawDifference['figures'] =>
    metrics.map((_, m) => {
      const theirs = b.drawsOf(placeB + m);
      const drawn = a.drawsOf(placeA + m).map((ours, d) => ours - (theirs[d] as number));
      const estimates = Float64Array.of((a.estimates[placeA + m] as number) - (b.estimates[placeB + m] as number));
      return { ...figureOf(new Resampled(estimates, drawn, draws, level).interval(0)), p: bootstrapP(drawn) };
    });
  return async (arm, reference) => {
    const [ours, theirs] = [resamples.get(arm) as ArmNumbers, resamples.get(reference) as ArmNumbers];
    const names = { arm: arm.name, reference: reference.name };
    const { pairing, rows } = pairArms(arm, reference);
    if (pairing.kind === 'identical') {
      return { ...names, pairing, figures: ofNumbers(ours.numbers, theirs.numbers, ours.place, theirs.place) };
    }
    if (pairing.kind === 'common') {
      const both = [rowsOf(arm, rows.arm), rowsOf(reference, rows.reference)] as const;
      const measures = both.flatMap((part) => metrics.map((metric) => measureOf(part, metric)));
      const numbers = await resample(measures, groupNumbers(both[0].patientIds), draws, seed, run);
      return { ...names, pairing, figures: ofNumbers(numbers, numbers, 0, metrics.length) };
    }
    // Resamples of the other arm that have nothing in common with these.
    const otherSeed = (seed + 2_654_435_769) % 4_294_967_296;
    const measures = metrics.map((metric) => measureOf(reference, metric));
    const independent = await resample(measures, groupNumbers(reference.patientIds), draws, otherSeed, run);
    return { ...names, pairing, figures: ofNumbers(ours.numbers, independent, ours.place, 0) };
  };
}

function rowsOf(arm: ArmRows, rows: Int32Array): ArmRows {
  const pick = <T>(values: ArrayLike<T>): T[] => Array.from(rows, (row) => values[row] as T);
  return {
    name: arm.name,
    indexIds: pick(arm.indexIds),
    patientIds: pick(arm.patientIds),
    outcome: Uint8Array.from(pick(arm.outcome)),
    reasons: pick(arm.reasons),
    risks: arm.risks.map((risk) => Float64Array.from(pick(risk))),
    folds: arm.folds.map((fold) => Int32Array.from(pick(fold))),
  };
}

function adjusted(raw: readonly RawDifference[], { metrics, adjust }: Rules): ArmDifference[] {
  const method = adjust === 'holm' ? holm : benjaminiHochberg;
  const byMetric = metrics.map((_, m) => method(raw.map(({ figures }) => figures[m]?.p ?? NaN)));
  return raw.map(({ arm, reference, pairing, figures }, k) => ({
    arm,
    reference,
    pairing,
    differences: Object.fromEntries(
      metrics.map((metric, m) => {
        const { p, ...figure } = figures[m] as RawDifference['figures'][number];
        return [metric, { ...figure, p: finiteOrNull(p), pAdjusted: finiteOrNull(byMetric[m]?.[k] ?? NaN) }];
      }),
    ),
  }));
}
