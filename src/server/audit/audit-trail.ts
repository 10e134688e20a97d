/**
 * What the audit trail is told of each access to a patient's data or to the model, whatever keeps it.
 *
 * Choice  who, what, when, about whom, with which model, and what was told; never a name, a value or a text of a record
 */
import type { Principal } from '../access/principal.ts';

export const auditActions = [
  'score',
  'patient',
  'worklist',
  'cds-service',
  'cds-feedback',
  'job',
  'model-change',
  'audit-read',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What a route knows of its own answer. */
export interface AuditFacts {
  /** `Patient/id`, of everyone the answer tells about; empty where features alone were given. */
  readonly patients: readonly string[];
  /** `Encounter/id`. */
  readonly encounter: string | null;
  readonly model: { readonly name: string; readonly sha256: string } | null;
  /** Risks that were told. */
  readonly scores: readonly { readonly encounter: string | null; readonly risk: number; readonly band: string }[];
  /** The person at the client, where the client says who: CDS Hooks' userId. */
  readonly user?: string | undefined;
}

export const noFacts: AuditFacts = { patients: [], encounter: null, model: null, scores: [] };

export interface AuditEntry extends AuditFacts {
  readonly action: AuditAction;
  /** aborted: the client was gone before the answer was ready. */
  readonly outcome: 'success' | 'refused' | 'aborted';
  /** Error code; null where there was none. */
  readonly code: string | null;
  readonly requestId: string;
  /** Method and pattern of the route. */
  readonly route: string;
  /** null where nobody was identified. */
  readonly principal: Omit<Principal, 'scopes'> | null;
}

/** Which entries are asked for. */
export interface AuditQuery {
  /** Moments with their offset from UTC, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `Patient/id` */
  readonly patient?: string | undefined;
  /** Entries with a smaller number. */
  readonly before?: number | undefined;
  readonly tenant?: string | undefined;
  readonly limit: number;
}

export interface AuditPage {
  /** As stored, newest first. */
  readonly entries: readonly object[];
  /** `before` of the next page; null on the last. */
  readonly next: number | null;
}

export interface AuditTrail {
  /**
   * Resolves when the entry is on disk.
   *
   * @throws {RequestRefusal} SERVER_AUDIT when it cannot be kept; then nothing may be answered
   */
  record(entry: AuditEntry): Promise<void>;
  /** False while nothing can be kept; then the server is not ready. */
  readonly healthy?: boolean;
  /** Absent where what is kept cannot be read again. */
  search?(query: AuditQuery, signal?: AbortSignal): Promise<AuditPage>;
}
