/** The scoring server. */
export type { AuditEntry, AuditTrail } from './audit/audit-trail.ts';
export { buildApp, defaultLimits, serverContext, serverRoutes, type AppOptions } from './build-app.ts';
export { feedbackReport, type FeedbackReport } from './cds-hooks/feedback-report.ts';
export { Lifecycle, type Phase } from './lifecycle.ts';
export { modelDescriptionSchema, type ModelDescription } from './model-description.ts';
export { readWebPage, type WebPage } from './page/web-routes.ts';
export { servedModel, type ModelSource, type ScoreEngine, type ServedModel } from './model-source.ts';
export { problemSchema, toOperationOutcome, type Problem } from './operation-outcome.ts';
export type { AppLimits, FetchBundle } from './server-context.ts';
export { endOnFault } from './process-faults.ts';
export { startScoringServer, type ScoringServer, type ScoringServerOptions } from './start-server.ts';
