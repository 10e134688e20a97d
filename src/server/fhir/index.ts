/** The FHIR interface: a RiskAssessment of an answer, the definitions behind it, its routes. */
export { definitions } from './definitions.ts';
export { fhirRoutes } from './fhir-routes.ts';
export { riskAssessment } from './risk-assessment.ts';
