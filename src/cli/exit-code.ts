/**
 * Exit codes: what a script may rely on, decided from error codes in this one place.
 *
 * 0 ok · 1 unexpected defect · 2 usage or configuration · 3 integrity or verification failed · 4 refused by the remote, or refused for
 * security · 5 busy · 6 disk · 7 remote unavailable after retries, the same command resumes · 8 data quality · 130 interrupted, the same
 * command resumes
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CancelledError, ReadmissionError } from '../errors.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';

/** For a result that says the data are not good enough: it is printed first. */
export const dataQualityExit = 8;

/** For a check that found what does not hold: it is printed first. */
export const integrityExit = 3;

const byCode: Readonly<Record<string, number>> = {
  FHIR_ABORTED: 130,
  FHIR_BUSY: 5,
  FHIR_DISK: 6,
  MODEL_UNREADABLE: 6,
  WAREHOUSE_MEMORY: 6,
  FOREST_MEMORY: 6,
  FOREST_RUNTIME: 2,
  SERVER_LISTEN: 5,
  SERVER_STATE_BUSY: 5,
  SERVER_AUDIT_CHAIN: 3,
  COHORT_ACCOUNTING: 1,
  FEATURE_CATALOGUE_INVALID: 1,
  SIM_ACCOUNTING: 1,
  SIM_COVARIATE_MISSING: 1,
  SIM_FRAILTY: 1,
  SIM_TRUTH_DUPLICATE: 1,
};
const byPattern: readonly (readonly [RegExp, number])[] = [
  [/^FHIR_(CONNECTION|TIMEOUT|SERVER|UNAVAILABLE|TRUNCATED|CURSOR_EXPIRED)$/, 7],
  [/^FHIR_INCOMPLETE$/, 8],
  [/^FHIR_(OPTION|BASE_URL|INSECURE|TOKEN|REFUSED|RESUME_MISMATCH|FINISHED)$/, 2],
  [/^FHIR_(JOURNAL|ACCOUNTING)$/, 3],
  [/^FHIR_/, 4],
  [/^LANDING_(CORRUPT|INVALID|RECORD|LINE|TYPE)$/, 3],
  [/^LANDING_(MISSING|VERSION)$/, 2],
  [/^NDJSON_/, 3],
  [/^MODEL_(VERSION|NOT_FOUND|SIGNING_KEY|BOUNDS|NO_REFERENCE|OUT_TAKEN|OUT_NAME)$/, 2],
  [/^MODEL_(CORRUPT|HEADER|STRUCTURE|SCHEMA_MISMATCH|FILE_KIND|FOLDER_MIXED|FOLDER_INCOMPLETE|UNSIGNED|SIGNATURE|UNCHECKED)$/, 3],
  [/^CARD_STATEMENTS_/, 2],
  [/^CARD_/, 3],
  [/^COHORT_(DEFINITION|ENCOUNTER|MISMATCH|RUN_OUT|ALL_SEEN|FEW_UNSEEN|TRAINING_DATA|SAME_PATIENTS)/, 2],
  [/^COHORT_LABELS_(FORMAT|UNREADABLE|COLUMN|REQUIRED|MISMATCH)$/, 2],
  [/^(FEATURE_UNKNOWN|FEATURE_SET|FOREST_OPTIONS|TABLE_FORMAT|USAGE|SERVER|SCORING_REQUEST|EXPLAIN)/, 2],
  [/^FEATURE_FOLDER_(UNREADABLE|INVALID|CLASH|SQL|DOOR|COLUMNS|ENGINES)$/, 2],
  [/^EXPERIMENT_(FOLDER|DATA_CHANGED|DATA_MISMATCH|NOT_REPEATED)$/, 3],
  [/^EXPERIMENT_/, 2],
  [/^MAPPING_/, 2],
  [/^(MATRIX|ANALYST|TABLE|MODEL_OF)/, 2],
  [/^SIM_(RECORD|RECORD_COUNT|DUPLICATE|STRIP|TRUTH_OTHER)$/, 3],
  [/^SIM_(OUT_TAKEN|PLANTED_ALREADY|NOT_PLANTED|PROCESS|TRUTH|COVARIATE_UNKNOWN|CAUSE_UNKNOWN|PATIENTS)/, 2],
  [/^(COHORT|FEATURE|FOREST|EVALUATION|RECALIBRATION|SCORING|SIM|WAREHOUSE_SQL)/, 8],
];
const byErrno: Readonly<Record<string, number>> = {
  ENOSPC: 6,
  EACCES: 6,
  EROFS: 6,
  EFBIG: 6,
  EMFILE: 6,
  EDQUOT: 6,
  EIO: 6,
  EPERM: 6,
  ENOENT: 2,
  ENOTDIR: 2,
  EISDIR: 2,
  EEXIST: 2,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof CancelledError) return 130;
  if (error instanceof ReadmissionError) {
    return byCode[error.code] ?? byPattern.find(([pattern]) => pattern.test(error.code))?.[1] ?? 1;
  }
  const errno = (error as NodeJS.ErrnoException | null)?.code;
  return (errno === undefined ? undefined : byErrno[errno]) ?? 1;
}

/** The same for a program: message and details only of an error that was thrown on purpose. */
export function errorJson(error: unknown, exitCode: number): object {
  const code = (error as { code?: unknown } | null)?.code;
  const told = error instanceof ReadmissionError ? { message: error.message, details: error.details } : {};
  return { error: typeof code === 'string' ? code : 'UNEXPECTED', exitCode, ...told };
}

/** One line for people; never a stack, a path of the record or a value. */
export function errorLine(error: unknown): string {
  if (error instanceof ReadmissionError) return `readmission: ${error.message}`;
  const errno = (error as NodeJS.ErrnoException | null)?.code;
  const path = (error as NodeJS.ErrnoException | null)?.path;
  if (errno === 'ENOENT' && path !== undefined) {
    // What is written goes beside its place first, under a name nobody knows: the folder is what is not there.
    const missing = existsSync(dirname(path)) ? path : dirname(path);
    return `readmission: ENOENT: expected ${missing} to be there, found no such file or folder${didYouMeanPath(missing)}`;
  }
  if (errno !== undefined && errno in byErrno) {
    return `readmission: ${errno}: ${(error as NodeJS.ErrnoException).syscall ?? 'file'} failed on ${path ?? 'a file'}; check the path, its rights and the free space`;
  }
  const name = error instanceof Error ? error.name : 'error';
  return `readmission: UNEXPECTED: ${name}; this is a defect, run again with READMISSION_DEBUG=1 for its stack and report it`;
}
