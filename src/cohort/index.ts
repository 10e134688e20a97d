/** Stays, index discharges and outcomes. */
export {
  cohortDefinitionHash,
  cohortDefinitionNames,
  outcomeOf,
  parseCohortDefinition,
  readCohortDefinition,
  type CohortDefinition,
} from './definition.ts';
export { recordStartColumns } from './cohort.ts';
export { cohortDefinitionColumns, cohortDefinitionRow, type RecordSpan } from './definition-row.ts';
export type { AttritionLine } from './attrition.ts';
export { buildCohort, dischargeRelations, outcomeRelation, type Cohort } from './cohort.ts';
export { explainEncounter, type StayExplanation } from './explanation.ts';
export { followUpStates, readFollowUp } from './follow-up.ts';
export type { FollowUp } from './follow-up.ts';
export { isOn, notAssessable, readCohortRules } from './rules.ts';
