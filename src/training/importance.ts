/**
 * What a model rests on, from discharges its forests did not see: attributions, permutations, dependence, pairs.
 *
 * In      a study, the forests of the validation's folds with the rows each was asked about, attributions of a sample of those rows
 * Out     per feature and family the mean |attribution|, and the fall in AUROC when its values are dealt anew among held-out rows; the
 *         strongest features against their attribution; the strongest pairs
 * Choice  within a family attributions are added up row by row first: what one of two neighbours takes from the other is no matter of the family
 * Choice  values are dealt among the rows of one fold, and all columns of a family together, so that a family keeps its own order
 * Choice  the two say different things: attribution is what the model uses, permutation what it would lose; neighbours cover for each other
 * Choice  points of rows are given of made-up patients only
 * Source  Lundberg 2020, doi:10.1038/s42256-019-0138-9; Breiman 2001, doi:10.1023/A:1010933404324; Fisher, Rudin and Dominici 2019,
 *         arXiv:1801.01489
 */
import {
  bootstrapMeasures,
  figureOf,
  groupNumbers,
  weightedMean,
  type Figure,
  type ImportanceEvidence,
  type Statistic,
  type WeightedMeasure,
} from '../evaluation/index.ts';
import { createConditionalOutput, createPredictor, type FlatForest } from '../forest/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent } from '../util/progress.ts';
import { randomStream } from '../util/random.ts';
import { shuffle } from '../util/shuffle.ts';
import { dependenceOf, heldOutOutputs } from './dependence.ts';
import type { HeldOutAttributions } from './held-out-attributions.ts';
import type { Study } from './study.ts';
import { foldAuroc, type ValidationOptions } from './validation.ts';

/** A fold's forest with the rows it was asked about. */
export interface HeldForest {
  readonly forest: FlatForest;
  readonly rows: Int32Array;
}

/** Features whose permutation is tried, strongest by attribution. */
const permuted = 30;
/** Features whose dependence is shown, and among which pairs are looked for. */
const shown = 8;
const pairsAmong = 10;
const pairsTold = 10;
/** Rows asked about pairs. */
const pairRows = 300;
/** Chance streams far from those of resamples and folds. */
const dealStream = 0x5e_0000;

export function gatherImportance(
  study: Study,
  held: readonly HeldForest[],
  attributions: HeldOutAttributions,
  options: ValidationOptions,
): ImportanceEvidence {
  const { matrix } = study;
  const { rows, columns } = attributions;
  const bootstrap = { seed: options.seed, draws: options.draws ?? 1000 };
  const groups = groupNumbers(Array.from(rows, (row) => matrix.patientIds[row] as string));
  const familyNames = [...new Set(matrix.features.map(({ family }) => family))];
  const membersOf = new Map(
    familyNames.map((family) => [family, matrix.features.flatMap((feature, c) => (feature.family === family ? [c] : []))]),
  );
  const sizes = bootstrapMeasures(
    Object.fromEntries(columns.map((column, c) => [String(c), meanSize(column)])),
    groups,
    bootstrap,
  );
  const familySizes = bootstrapMeasures(
    Object.fromEntries([...membersOf].map(([family, members]) => [family, meanSize(sumOf(columns, members, rows.length))])),
    groups,
    bootstrap,
  );
  const order = matrix.features.map((_, c) => c).sort((a, b) => sizes[String(b)]!.estimate - sizes[String(a)]!.estimate || a - b);
  const sets = [
    ...order.slice(0, permuted).map((c) => ({ key: `feature ${c}`, members: [c] })),
    ...[...membersOf].map(([family, members]) => ({ key: `family ${family}`, members })),
  ];
  const output = heldOutOutputs(study, held, rows);
  const losses = permutationLosses(study, held, sets, options);
  return {
    rows: rows.length,
    features: order.map((c) => ({
      name: matrix.features[c]!.name,
      family: matrix.features[c]!.family,
      attribution: figureOf(sizes[String(c)]!),
      permutation: losses[`feature ${c}`] ?? null,
    })),
    families: familyNames
      .map((family) => ({
        family,
        attribution: figureOf(familySizes[family]!),
        permutation: losses[`family ${family}`] ?? null,
      }))
      .sort((a, b) => (b.attribution.estimate as number) - (a.attribution.estimate as number)),
    dependence: order.slice(0, shown).map((c) => dependenceOf(study, attributions, output, c)),
    pairs: strongestPairs(study, held, order.slice(0, pairsAmong)),
  };
}

function meanSize(values: Float64Array): WeightedMeasure {
  return weightedMean(values.map(Math.abs));
}

function sumOf(columns: readonly Float64Array[], members: readonly number[], rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => members.reduce((sum, c) => sum + (columns[c]![i] as number), 0));
}

/** Fall in AUROC, its pairs those of one fold, when the columns of a set are dealt anew; by key. */
function permutationLosses(
  study: Study,
  held: readonly HeldForest[],
  sets: readonly { readonly key: string; readonly members: readonly number[] }[],
  options: ValidationOptions,
): Record<string, Figure> {
  const { matrix } = study;
  const onProgress = options.onProgress ?? silent;
  const auroc: Statistic = foldAuroc(study, options);
  // Several deals where rows are few: one deal of few rows is mostly chance.
  const deals = Math.min(5, Math.max(1, Math.round(5000 / matrix.rows)));
  const outputs = sets.map(() => Array.from({ length: deals }, () => new Float64Array(matrix.rows)));
  const plain = new Float64Array(matrix.rows);
  for (const [k, { forest, rows }] of held.entries()) {
    const { predict } = createPredictor(forest);
    const row = new Float64Array(matrix.columns.length);
    const fill = (r: number): void => {
      for (let c = 0; c < row.length; c += 1) row[c] = matrix.columns[c]![r] as number;
    };
    for (const r of rows) {
      fill(r);
      plain[r] = predict(row);
    }
    for (const [s, { members }] of sets.entries()) {
      stopIfCancelled(options.signal, 'importance');
      onProgress({ task: 'permutations', done: k * sets.length + s, total: held.length * sets.length });
      for (let deal = 0; deal < deals; deal += 1) {
        // One deal for all sets: differences between features are then not those of the deals.
        const dealt = shuffle(rows.slice(), randomStream(options.seed, dealStream + k * deals + deal));
        rows.forEach((r, i) => {
          fill(r);
          for (const c of members) row[c] = matrix.columns[c]![dealt[i] as number] as number;
          outputs[s]![deal]![r] = predict(row);
        });
      }
    }
  }
  onProgress({ task: 'permutations', done: held.length * sets.length, total: held.length * sets.length });
  const base = auroc(matrix.outcome, plain);
  const measures = sets.map(({ key }, s): [string, WeightedMeasure] => {
    const dealt = outputs[s]!.map((output) => auroc(matrix.outcome, output));
    return [key, (weight) => base(weight) - dealt.reduce((sum, measure) => sum + measure(weight), 0) / deals];
  });
  const found = bootstrapMeasures(Object.fromEntries(measures), matrix.groups, {
    seed: options.seed,
    draws: options.draws ?? 1000,
  });
  return Object.fromEntries(Object.entries(found).map(([key, interval]) => [key, figureOf(interval)]));
}

/** What knowing both of two columns adds to knowing each, see ImportanceEvidence. */
function strongestPairs(study: Study, held: readonly HeldForest[], among: readonly number[]): ImportanceEvidence['pairs'] {
  const { matrix } = study;
  const pairs = among.flatMap((first, i) =>
    among.slice(i + 1).map((second, k) => ({ first, second, bits: [i, i + 1 + k] as const })),
  );
  const sums = new Float64Array(pairs.length);
  const every = Math.max(1, Math.floor(matrix.rows / pairRows));
  let asked = 0;
  for (const { forest, rows } of held) {
    const worth = createConditionalOutput(forest, among);
    const row = new Float64Array(matrix.columns.length);
    for (const r of rows) {
      if (r % every !== 0) continue;
      asked += 1;
      for (let c = 0; c < row.length; c += 1) row[c] = matrix.columns[c]![r] as number;
      const none = worth(row, 0);
      const alone = among.map((_, i) => worth(row, 1 << i) - none);
      pairs.forEach(({ bits: [i, j] }, p) => {
        sums[p]! += Math.abs(worth(row, (1 << i) | (1 << j)) - none - alone[i]! - alone[j]!);
      });
    }
  }
  return pairs
    .map(({ first, second }, p) => ({
      first: matrix.features[first]!.name,
      second: matrix.features[second]!.name,
      strength: asked === 0 ? 0 : sums[p]! / asked,
    }))
    .sort((a, b) => b.strength - a.strength)
    .slice(0, pairsTold);
}
