/** One discharge, one answer. */
export { answerSchema, attributionSchema, reasonSchema, type Attributed, type Reason, type ScoreAnswer } from './answer.ts';
export { cautionOf } from './answer-composition.ts';
export { eligibilityRules, type EligibilityRule } from './eligibility.ts';
export {
  explanationSchema,
  riskProfileSchema,
  whatIfSchema,
  type Explanation,
  type Questions,
  type RiskProfile,
  type WhatIf,
} from './explanation.ts';
export { knownEventSchema, type KnownEvent } from './known-events.ts';
export {
  bundleRequestSchema,
  coverageSchema,
  dateTimeSchema,
  featureNameSchema,
  featureValuesSchema,
  featuresRequestSchema,
  serverRequestSchema,
  type BundleRequest,
  type FeaturesRequest,
  type ServerRequest,
} from './request.ts';
export { createScorer, type Scorer, type ScorerOptions } from './scorer.ts';
