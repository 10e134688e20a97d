/** What the forest has to beat. */
export { fitLogistic, logisticRisk, penaltyGrid, type LogisticTable } from './logistic-regression.ts';
export { fitReasonLookup, lookUpReasons, type ReasonLookup } from './reason-lookup.ts';
export { fitScoreLine, scoreRisk, type ScoreLine } from './score-risk.ts';
