/** The scoring server. */
export { buildApp, defaultLimits, type AppLimits, type AppOptions, type FetchBundle } from './build-app.ts';
export { Lifecycle, type Phase } from './lifecycle.ts';
export { modelDescriptionSchema, type ModelDescription } from './model-description.ts';
export { openApiDocument, type OpenApiOptions } from './open-api.ts';
export { problemSchema, toOperationOutcome, type Problem } from './operation-outcome.ts';
export { startScoringServer, type ScoringServer, type ScoringServerOptions } from './start-server.ts';
