/**
 * Every error this package throws on purpose: one base class, one subclass per folder that throws.
 *
 * A caller branches on `code` (stable, upper snake case) and reads `details`; the message states what was expected, what was
 * found, where, and what to do. Messages and details never hold names, birth dates, free text, response bodies or tokens:
 * resource type and id are enough. HTTP statuses and exit codes are derived from `code` at the edges (server, cli).
 */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[] | readonly number[]>>;

export class ReadmissionError extends Error {
  /** Stable code, upper snake case, prefixed by its folder: `MODEL_SCHEMA_MISMATCH`. */
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Getting and keeping records: transport, search, landing folder, embedded server. */
export class FhirError extends ReadmissionError {}
/** A ViewDefinition that is not valid, or uses a construct outside the compiled subset. */
export class ViewError extends ReadmissionError {}
/** A site mapping that is not valid, or not the one a model was trained with. */
export class MappingError extends ReadmissionError {}
/** DuckDB: opening, loading, running SQL. */
export class WarehouseError extends ReadmissionError {}
/** Cohort definition and label. */
export class CohortError extends ReadmissionError {}
/** Feature catalogue, feature sets and matrices. */
export class FeatureError extends ReadmissionError {}
/** Options, training, prediction and attribution of forests. */
export class ForestError extends ReadmissionError {}
/** Statistics on arrays. */
export class EvaluationError extends ReadmissionError {}
/** Model folder and model file. */
export class ModelError extends ReadmissionError {}
/** An experiment file, a folder of results, or a repetition that gives something else. */
export class ExperimentError extends ReadmissionError {}
/** A table of one's own: a column that cannot be used, or the DataFrame library is not installed. */
export class AnalystError extends ReadmissionError {}
/** Planting: records that cannot be read as facts, a process that is not valid, accounts that do not add up. */
export class SimulationError extends ReadmissionError {}
/** A score that cannot be given: bad request, not eligible, not covered. */
export class ScoringError extends ReadmissionError {}
/** Wrong use of a command or of a configuration. */
export class UsageError extends ReadmissionError {}
/** The work was cancelled by its caller; what was committed before stays and the same call resumes. */
export class CancelledError extends ReadmissionError {
  constructor(what: string) {
    super('CANCELLED', `${what} was cancelled; nothing half-written remains`);
  }
}
