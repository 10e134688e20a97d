/** Stays, index discharges and outcomes. */
export {
  cohortDefinitionHash,
  cohortDefinitionNames,
  cohortDefinitionSchema,
  parseCohortDefinition,
  readCohortDefinition,
  type CohortDefinition,
} from './definition.ts';
export {
  buildCohort,
  cohortDefinitionColumns,
  cohortDefinitionRow,
  dischargeRelations,
  outcomeRelation,
  type AttritionLine,
  type RecordSpan,
  type Cohort,
} from './cohort.ts';
export { explainEncounter, type StayExplanation } from './explanation.ts';
