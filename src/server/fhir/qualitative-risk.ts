/**
 * A risk in words that FHIR has codes for, beside the band of the model.
 *
 * Rule    above 50 %: high ("more likely to occur than not"); in the lowest band of the model: low ("possible but unlikely"); in any other
 *         band: moderate ("reasonable likelihood"). A model of one band gives no code
 * Choice  the codes have meanings of their own: the model's band "high" holds the tenth of discharges with the highest risk, most of
 *         whom do not return, and is not the code high. The band is told in the text
 * Choice  negligible ("exceptionally unlikely") and certain ("effectively guaranteed") are never given: no model of this kind supports them
 * Source  http://terminology.hl7.org/CodeSystem/risk-probability, definitions of its five codes
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import { outside } from './canonical.ts';

const displays = { low: 'Low likelihood', moderate: 'Moderate likelihood', high: 'High likelihood' } as const;

/** @param bandCount  bands of the model */
export function qualitativeRisk(
  { risk, band, bandFrom, bandMeaning }: Pick<ScoreAnswer, 'risk' | 'band' | 'bandFrom' | 'bandMeaning'>,
  bandCount: number,
): fhir4.CodeableConcept {
  const code = risk > 0.5 ? 'high' : bandCount < 2 ? null : bandFrom === 0 ? 'low' : 'moderate';
  return {
    ...(code === null ? {} : { coding: [{ system: outside.riskProbability, code, display: displays[code] }] }),
    text: `band ${band} of the model: ${bandMeaning}`,
  };
}
