/**
 * True contributions: how much each covariate moves the log odds of an unplanned readmission, as a Shapley value.
 *
 * Game    a coalition of covariates is worth the sum of the terms of outcome unplanned whose covariates are all in it. A term of one
 *         covariate is credited to it whole, a product half to each: those are the exact Shapley values of this game, since it is a sum of
 *         unanimity games (Shapley 1953)
 * Sum     the contributions of a discharge add up to its eta_unplanned without intercept and frailty
 * Choice  reference is a patient in whom every term is 0. Attributions of a model are relative to its average output, so for a comparison
 *         contributions are centred by their mean over the discharges compared (evaluation/truth-explanations.ts). For terms of one
 *         covariate that gives the interventional Shapley value; for products it keeps the even split
 * Choice  terms of death and planned are left out, though through competing risks they move the probability a little
 */
import { compileTerms, readCovariates, type CovariateValues, type Process } from './linear-predictor.ts';
import { outcomes } from './process.ts';

/**
 * Prepares a process for contributions.
 *
 * @returns  per covariate that any term of outcome unplanned reads, its contribution in log odds; keys in sorted order
 */
export function createContributions(process: Process): {
  readonly covariates: readonly string[];
  contributions(covariates: CovariateValues): Record<string, number>;
} {
  const { covariates, terms } = compileTerms(process.definition);
  const unplanned = terms.filter(({ outcome }) => outcome === outcomes.indexOf('unplanned'));
  const read = new Set(unplanned.flatMap(({ first, second }) => [first, second]));
  const named = covariates.filter((_, i) => read.has(i));
  const x = new Float64Array(covariates.length);
  const sums = new Float64Array(covariates.length);
  return {
    covariates: named,
    contributions(values) {
      readCovariates(values, covariates, x);
      sums.fill(0);
      for (const { first, second, value } of unplanned) {
        const worth = value(x[first]!, second < 0 ? NaN : x[second]!);
        if (second < 0) sums[first]! += worth;
        else {
          sums[first]! += worth / 2;
          sums[second]! += worth / 2;
        }
      }
      const result: Record<string, number> = {};
      for (let i = 0; i < covariates.length; i += 1) if (read.has(i)) result[covariates[i]!] = sums[i]!;
      return result;
    },
  };
}
