/**
 * What a model rests on, from discharges its forests did not see: attributions, permutations, dependence, pairs.
 *
 * In      a study, the forests of the validation's folds with the rows each was asked about, attributions of a sample of those rows
 * Out     per feature and family the mean |attribution|, and the fall in AUROC when its values are dealt anew among held-out rows; the
 *         strongest features against their attribution; the strongest pairs
 * Choice  within a family attributions are added up row by row first: what one of two neighbours takes from the other is no matter of the family
 * Choice  the two say different things: attribution is what the model uses, permutation what it would lose; neighbours cover for each other
 * Choice  points of rows are given of made-up patients only
 * Choice  a pair's strength is what knowing both adds to knowing each where nothing else is known. The forest's interactions (Explainer) are
 *         another statistic: they average over all that may be known besides
 * Source  Lundberg 2020, doi:10.1038/s42256-019-0138-9; permutation see ./permutation-loss.ts
 */
import {
  bootstrapMeasures,
  figureOf,
  groupNumbers,
  weightedMean,
  type ImportanceEvidence,
  type WeightedMeasure,
} from '../evaluation/index.ts';
import { createConditionalOutput } from '../forest/index.ts';
import { dependenceOf } from './dependence.ts';
import { heldOutOutputs, type HeldForest } from './held-forest.ts';
import type { HeldOutAttributions } from './held-out-attributions.ts';
import { take } from './held-out.ts';
import { permutationLosses } from './permutation-loss.ts';
import type { Study } from './study.ts';
import type { ValidationOptions } from './validation.ts';

/** Features whose permutation is tried, strongest by attribution. */
const permuted = 30;
/** Features whose dependence is shown, and among which pairs are looked for. */
const shown = 8;
const pairsAmong = 10;
const pairsTold = 10;
/** Rows asked about pairs. */
const pairRows = 300;

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
  const outputs = heldOutOutputs(matrix, held);
  const losses = permutationLosses(study, held, outputs, sets, options);
  const explainedOutputs = take(outputs, rows);
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
    dependence: order.slice(0, shown).map((c) => dependenceOf(study, attributions, explainedOutputs, c)),
    pairs: strongestPairs(study, held, order.slice(0, pairsAmong)),
  };
}

function meanSize(values: Float64Array): WeightedMeasure {
  return weightedMean(values.map(Math.abs));
}

function sumOf(columns: readonly Float64Array[], members: readonly number[], rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => members.reduce((sum, c) => sum + (columns[c]![i] as number), 0));
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
