/**
 * Brier score taken apart: is the risk wrong on average at its level, does it tell levels apart, and how much was there to tell?
 *
 * In      outcome and probability in [0, 1]
 * Out     brier = reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance, exactly
 * Choice  bins are tenths of rising risk (./calibration-curve.ts), equal risks together. Risks differ within a bin, so Murphy's three terms
 *         alone do not add up; the two terms of Stephenson et al. are what they miss
 * Source  Murphy 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2; Stephenson, Coelho and Jolliffe 2008, doi:10.1175/2007WAF2006116.1
 */
import { riskGroups } from './calibration-curve.ts';
import { brier } from './probability-error.ts';

export interface BrierDecomposition {
  readonly brier: number;
  /** Mean squared distance of a bin's mean risk from its observed share; 0 is perfect. */
  readonly reliability: number;
  /** Mean squared distance of a bin's observed share from the overall share; at most `uncertainty`. */
  readonly resolution: number;
  /** Brier score of predicting the overall share. */
  readonly uncertainty: number;
  /** Variance of risks within their bins. */
  readonly withinBinVariance: number;
  /** Twice the covariance of risk and outcome within bins: the resolution that bins hide. */
  readonly withinBinCovariance: number;
}

/**
 * @param bins  bins wanted, 1 or more; default tenths
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function brierDecomposition(outcome: Uint8Array, risk: Float64Array, bins = 10): BrierDecomposition {
  const score = brier(outcome, risk);
  const n = outcome.length;
  const rate = outcome.reduce((sum, o) => sum + o, 0) / n;
  let [reliability, resolution, withinBinVariance, withinBinCovariance] = [0, 0, 0, 0];
  for (const rows of riskGroups(risk, bins)) {
    const meanRisk = rows.reduce((sum, i) => sum + risk[i]!, 0) / rows.length;
    const observed = rows.reduce((sum, i) => sum + outcome[i]!, 0) / rows.length;
    reliability += (rows.length * (meanRisk - observed) ** 2) / n;
    resolution += (rows.length * (observed - rate) ** 2) / n;
    for (const i of rows) {
      withinBinVariance += (risk[i]! - meanRisk) ** 2 / n;
      withinBinCovariance += (2 * (outcome[i]! - observed) * (risk[i]! - meanRisk)) / n;
    }
  }
  return { brier: score, reliability, resolution, uncertainty: rate * (1 - rate), withinBinVariance, withinBinCovariance };
}
