/**
 * Explanations against a known truth: do attributions go to what truly moved the risk, in the right direction?
 *
 * In      attributions of a model per feature and row; true contributions per covariate and row; a covariate is the feature of its name
 * Out     per family mean |attribution| and mean |centred contribution|, and the rank correlation of the two lists
 *         per covariate with an effect whether attribution and contribution rise together; the share of attribution that went to
 *         features without any effect
 * Choice  within a family values are added up row by row before the absolute value is taken: features of a family stand in for each other
 *         (visits in 180 and 365 days), and what one takes from another is no error of the family
 * Choice  contributions are centred by their mean over the rows, as attributions are relative to the average output
 * Choice  attributions are in probability and contributions in log odds, so that only order and sign are compared
 */
import { EvaluationError } from '../errors.ts';
import { bootstrapMeasures, type BootstrapOptions, type Interval } from './bootstrap.ts';
import { pearson, spearman } from './rank-correlation.ts';
import { requireSameLength, unitWeights, weightedMean } from './sample.ts';

export interface FamilyTruth {
  readonly family: string;
  /** Mean |attribution| of the family, in probability. */
  readonly attribution: number;
  /** Mean |centred true contribution| of the family, in log odds. */
  readonly contribution: number;
}

export interface CovariateTruth {
  readonly covariate: string;
  readonly family: string;
  readonly attribution: number;
  readonly contribution: number;
  /** Correlation over rows of attribution and contribution; NaN where the model's attribution never varies. */
  readonly correlation: number;
}

export interface ExplanationTruth {
  readonly rows: number;
  /** Falling contribution, then name. */
  readonly families: readonly FamilyTruth[];
  /** Rank correlation over families of mean |attribution| and mean |contribution|; NaN where nothing has an effect. */
  readonly familySpearman: Interval;
  /** Covariates with an effect that the model reads, by falling contribution, then name. */
  readonly covariates: readonly CovariateTruth[];
  /** Covariates with an effect that the model does not read. */
  readonly unread: readonly string[];
  /** Share of the covariates whose correlation is above 0; one without variation counts as not. NaN where there is none. */
  readonly signAgreement: number;
  /** The same, each covariate counted by its mean |contribution|. */
  readonly weightedSignAgreement: number;
  /** Sum of mean |attribution| over features without effect, over that of all features. */
  readonly noEffectShare: number;
}

export interface ExplainedFeature {
  readonly name: string;
  readonly family: string;
  /** Per row, in probability. */
  readonly attribution: Float64Array;
}

export interface TrueContribution {
  readonly covariate: string;
  readonly family: string;
  /** Per row, in log odds, not centred. */
  readonly contribution: Float64Array;
}

/** Variation of a contribution below this is none. */
const negligible = 1e-12;

/**
 * @param groups  patient number per row, for the interval of the rank correlation
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_RANGE without rows or features
 */
export function compareExplanations(
  features: readonly ExplainedFeature[],
  contributions: readonly TrueContribution[],
  groups: Int32Array,
  options: BootstrapOptions,
): ExplanationTruth {
  const rows = groups.length;
  if (rows === 0 || features.length === 0) {
    throw new EvaluationError('EVALUATION_RANGE', 'expected at least one row and one feature with attributions, found none');
  }
  for (const { name, attribution } of features) requireSameLength(rows, `attributions of ${name}`, attribution.length);
  for (const { covariate, contribution } of contributions) {
    requireSameLength(rows, `contributions of ${covariate}`, contribution.length);
  }
  const ones = unitWeights(rows);
  const effects = contributions
    .map((c) => ({ ...c, size: meanDistance(c.contribution, ones) }))
    .filter(({ size }) => size > negligible)
    .sort((a, b) => b.size - a.size || (a.covariate < b.covariate ? -1 : 1));
  const byName = new Map(features.map((feature) => [feature.name, feature] as const));
  const read = effects.filter(({ covariate }) => byName.has(covariate));
  const covariates = read.map(({ covariate, family, contribution, size }): CovariateTruth => {
    const { attribution } = byName.get(covariate) as ExplainedFeature;
    const correlation = pearson(attribution, contribution);
    return { covariate, family, attribution: meanSize(attribution, ones), contribution: size, correlation };
  });
  const agreeing = covariates.filter(({ correlation }) => correlation > 0);
  const total = (of: readonly { readonly contribution: number }[]): number => of.reduce((sum, c) => sum + c.contribution, 0);
  const withEffect = new Set(effects.map(({ covariate }) => covariate));
  const attributed = (of: readonly ExplainedFeature[]): number => of.reduce((sum, f) => sum + meanSize(f.attribution, ones), 0);

  const families = [...new Set([...features, ...effects].map(({ family }) => family))].sort();
  const attributionOf = families.map((name) =>
    sumOf(
      rows,
      features.filter(inFamily(name)).map((f) => f.attribution),
    ),
  );
  const contributionOf = families.map((name) =>
    sumOf(
      rows,
      effects.filter(inFamily(name)).map((c) => c.contribution),
    ),
  );
  const sizes = (weight: Float64Array): [Float64Array, Float64Array] => [
    Float64Array.from(attributionOf, (values) => meanSize(values, weight)),
    Float64Array.from(contributionOf, (values) => meanDistance(values, weight)),
  ];
  const [attribution, contribution] = sizes(ones);
  const { familySpearman } = bootstrapMeasures({ familySpearman: (weight) => spearman(...sizes(weight)) }, groups, options);
  return {
    rows,
    families: families
      .map((family, f) => ({ family, attribution: attribution[f]!, contribution: contribution[f]! }))
      .sort((a, b) => b.contribution - a.contribution || (a.family < b.family ? -1 : 1)),
    familySpearman,
    covariates,
    unread: effects.filter(({ covariate }) => !byName.has(covariate)).map(({ covariate }) => covariate),
    signAgreement: agreeing.length / covariates.length,
    weightedSignAgreement: total(agreeing) / total(covariates),
    noEffectShare: attributed(features.filter(({ name }) => !withEffect.has(name))) / attributed(features),
  };
}

function inFamily(name: string): (of: { readonly family: string }) => boolean {
  return ({ family }) => family === name;
}

function sumOf(rows: number, columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows);
  for (const column of columns) for (let i = 0; i < rows; i++) sum[i]! += column[i]!;
  return sum;
}

/** Weighted mean of |x|. */
function meanSize(values: Float64Array, weight: Float64Array): number {
  return weightedMean(values.map(Math.abs))(weight);
}

/** Weighted mean of |x - mean|. */
function meanDistance(values: Float64Array, weight: Float64Array): number {
  const mean = weightedMean(values)(weight);
  return weightedMean(values.map((x) => Math.abs(x - mean)))(weight);
}
