/**
 * What the routes of one server share.
 */
import type { Logger } from 'pino';
import type { DischargeWindow, RecentDischarges } from '../fhir/recent-discharges.ts';
import type { Access } from './access/principal.ts';
import type { RateLimit } from './access/rate-limit.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import type { CdsSettings } from './cds-hooks/settings.ts';
import type { BatchJobs } from './jobs/batch-jobs.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ServerMetrics } from './metrics.ts';
import type { ModelSource } from './model-source.ts';
import type { ServedModels } from './models/served-models.ts';
import type { WebPage } from './page/web-routes.ts';

/** Records of one patient as a Bundle, and the types that were searched. */
export type FetchBundle = (
  patientId: string,
  signal: AbortSignal,
) => Promise<{ bundle: { resourceType: 'Bundle' }; types: readonly string[] }>;

/** Id of the patient of an encounter; null where the FHIR server has none. */
export type FindPatient = (encounterId: string, signal: AbortSignal) => Promise<string | null>;

/** Who was discharged lately. */
export type FetchDischarges = (window: DischargeWindow, signal: AbortSignal) => Promise<RecentDischarges>;

export interface AppLimits {
  /** Largest body as sent and inflated, bytes; 20 MiB. */
  readonly bodyBytes: number;
  /** Score requests under way at once; 64. */
  readonly scores: number;
}

export interface ServerContext {
  readonly models: ModelSource;
  /** Absent where the model cannot be changed while it is served. */
  readonly registry?: ServedModels | undefined;
  /** Absent where the server has no place for them. */
  readonly jobs?: BatchJobs | undefined;
  readonly access: Access;
  /** Absent where callers may ask as often as they like. */
  readonly rate?: RateLimit | undefined;
  readonly audit: AuditTrail;
  readonly metrics: ServerMetrics;
  readonly limits: AppLimits;
  readonly lifecycle: Lifecycle;
  /** Absent where no FHIR server is configured. */
  readonly fetchBundle?: FetchBundle | undefined;
  /** Absent where no FHIR server is configured. */
  readonly findPatient?: FindPatient | undefined;
  readonly cds: CdsSettings;
  /** Absent where no FHIR server is configured. */
  readonly fetchDischarges?: FetchDischarges | undefined;
  /** What the records come from: a FHIR server, or a landing folder behind one; fhir-server. */
  readonly recordSource?: 'fhir-server' | 'landing' | undefined;
  /** Address by which clients reach this server, without a trailing slash; undefined where it is that of each request. */
  readonly publicUrl?: string | undefined;
  /** null where the page was not built. */
  readonly webPage: WebPage | null;
  /** For work that no single request stands for. */
  readonly logger?: Pick<Logger, 'error'> | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
