/** What the forest has to beat. */
export { fitReasonLookup, lookUpReasons, type ReasonLookup } from './reason-lookup.ts';
export { fitScoreLine, scoreRisk, type ScoreLine } from './score-risk.ts';
