/**
 * Probabilities as FHIR gives them: percent, rounded so that a chance never becomes a certainty.
 *
 * Rule    two decimals of a percent. Where those would read 0 or 100 though the probability is neither, as many decimals as it takes;
 *         0 and 100 are told only of a probability that is 0 or 1
 * Source  FHIR R4 riskassessment.html: probabilityDecimal in percent, 100 at most (ras-2)
 */

const decimals = 2;
/** What a double tells of a share next to 1. */
const mostDecimals = 13;

/**
 * @param share  in [0, 1]
 * @returns      percent in [0, 100]
 * @example percentOf(0.00001) // 0.001
 */
export function percentOf(share: number): number {
  for (let places = decimals; places < mostDecimals; places += 1) {
    const percent = Number((100 * share).toFixed(places));
    if ((percent > 0 || share === 0) && (percent < 100 || share === 1)) return percent;
  }
  return share < 0.5 ? 10 ** -mostDecimals : 100 - 10 ** -mostDecimals;
}

/** Percent in words: `30 %`. */
export function percentText(share: number): string {
  return `${percentOf(share)} %`;
}

/** A ratio to three significant digits; null where there is nothing to divide by. */
export function ratioOf(risk: number, baseRate: number): number | null {
  return baseRate > 0 ? Number((risk / baseRate).toPrecision(3)) : null;
}
