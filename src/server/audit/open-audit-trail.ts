/**
 * The audit trail of a server: a folder of files of chained lines, each on disk before the answer it is about is given.
 *
 * In      entries, from any number of requests at once
 * Out     files audit-NUMBER-DAY.ndjson (./trail-file.ts) of lines (./chain-line.ts), rights 0600 in a folder with 0700; `kind` of a line:
 *         head, opened, access (an entry), torn (half a line was found and moved to FILE.torn), resumed (entries were refused), closed
 * Choice  all that wait share one write and one fdatasync; a turn of the event loop is waited for, so that its requests go together
 * Choice  when it cannot be written, all that wait and all that come are refused until it can: tried again by itself, at growing
 *         intervals, because a server that is not ready gets no requests that could try
 * Choice  one process at a time, by a lock in the folder
 */
import { join } from 'node:path';
import { FhirError, UsageError } from '../../errors.ts';
import { acquireLock } from '../../fhir/lock.ts';
import { codeVersion } from '../../util/code-version.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { AuditEntry, AuditPage, AuditQuery, AuditTrail } from './audit-trail.ts';
import type { ChainEnd } from './chain-line.ts';
import { realDisk, type Disk } from './disk.ts';
import { searchTrail } from './search-trail.ts';
import { resumeTrail, type TornNotice } from './trail-start.ts';
import { TrailWriter, type LineContent } from './trail-writer.ts';

export interface AuditTrailOptions {
  /** Made with rights 0700 where it is missing. */
  readonly dir: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A file that has reached this is followed by another; 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** First and longest wait before it is tried again after a failure, milliseconds; 100 and 5000. */
  readonly retryMs?: { readonly first: number; readonly longest: number } | undefined;
  /** Told when it fails, when it works again, and of what a crash left. */
  readonly onEvent?: ((event: AuditEvent) => void) | undefined;
  readonly disk?: Disk | undefined;
}

/** @param reason  errno of the file system, or deleted, replaced, resized */
export type AuditEvent =
  | { readonly event: 'failing'; readonly reason: string }
  | { readonly event: 'resumed'; readonly reason: string; readonly refused: number }
  | { readonly event: 'torn'; readonly file: string; readonly bytes: number }
  | ({ readonly event: 'opened' | 'closed' } & ChainEnd);

export interface OpenAuditTrail extends AuditTrail {
  readonly healthy: boolean;
  /** Number and hash of the last line on disk: noted elsewhere, they show whether the trail was cut. */
  readonly end: ChainEnd;
  /** What was found half written at the start. */
  readonly torn: TornNotice | null;
  search(query: AuditQuery, signal?: AbortSignal): Promise<AuditPage>;
  /** Writes what waits, then gives the folder back; later entries are refused. */
  close(): Promise<void>;
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly done: () => void;
  readonly refuse: (refusal: RequestRefusal) => void;
}

/**
 * @throws {UsageError} SERVER_STATE_BUSY when another process has it
 * @throws {ReadmissionError} SERVER_AUDIT_CHAIN; the file system's own error when nothing can be written
 */
export async function openAuditTrail(options: AuditTrailOptions): Promise<OpenAuditTrail> {
  const { dir, disk = realDisk } = options;
  await disk.makeFolder(dir);
  const release = await lockFolder(dir);
  let writer: TrailWriter | null = null;
  try {
    const start = await resumeTrail(disk, dir);
    const { torn } = start;
    writer = new TrailWriter(disk, dir, start, options.maxBytes ?? 64 * 1024 * 1024);
    await writer.write(utc(options.now()), [...(torn === null ? [] : [torn]), { kind: 'opened', codeVersion }]);
    return new GroupedTrail(options, writer, torn, release);
  } catch (error) {
    await writer?.close();
    await release();
    throw error;
  }
}

class GroupedTrail implements OpenAuditTrail {
  readonly torn: TornNotice | null;
  readonly #options: AuditTrailOptions;
  readonly #writer: TrailWriter;
  readonly #release: () => Promise<void>;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #failure: { readonly since: string; readonly reason: string; refused: number; waitMs: number } | null = null;
  #retry: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: AuditTrailOptions, writer: TrailWriter, torn: TornNotice | null, release: () => Promise<void>) {
    this.#options = options;
    this.#writer = writer;
    this.torn = torn;
    this.#release = release;
    if (torn !== null) this.#tell({ event: 'torn', file: torn.file, bytes: torn.bytes });
    this.#tell({ event: 'opened', ...writer.end });
  }

  get healthy(): boolean {
    return this.#failure === null && this.#closing === null;
  }

  get end(): ChainEnd {
    return this.#writer.end;
  }

  record(entry: AuditEntry): Promise<void> {
    return new Promise((done, refuse) => {
      // While it is being tried again the outcome is waited for, and what is refused is all counted.
      if (this.#closing !== null || (this.#failure !== null && this.#writing === null)) {
        if (this.#failure !== null) this.#failure.refused += 1;
        refuse(refusal());
        return;
      }
      this.#waiting.push({ entry, done, refuse });
      this.#writing ??= this.#writeAll();
    });
  }

  search(query: AuditQuery, signal?: AbortSignal): Promise<AuditPage> {
    const { disk = realDisk, dir } = this.#options;
    return searchTrail(disk, dir, this.#writer.extent, query, signal);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  #tell(event: AuditEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch {
      // Who is told cannot stop the trail.
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate);
      await this.#writeGroup(this.#waiting.splice(0), []);
    }
    this.#writing = null;
  }

  /** Never rejects: who waits is told. */
  async #writeGroup(group: readonly Waiting[], notices: readonly LineContent[]): Promise<void> {
    const time = utc(this.#options.now());
    try {
      await this.#writer.write(time, [...notices, ...group.map(({ entry }) => ({ kind: 'access', ...entry }))]);
    } catch (error) {
      this.#failed(time, error);
      const refused = [...group, ...this.#waiting.splice(0)];
      if (this.#failure !== null) this.#failure.refused += refused.length;
      for (const { refuse } of refused) refuse(refusal());
      return;
    }
    for (const { done } of group) done();
  }

  #failed(time: string, error: unknown): void {
    const { first, longest } = this.#options.retryMs ?? { first: 100, longest: 5000 };
    if (this.#failure === null) {
      const reason = reasonOf(error);
      this.#failure = { since: time, reason, refused: 0, waitMs: first };
      this.#tell({ event: 'failing', reason });
    } else this.#failure.waitMs = Math.min(this.#failure.waitMs * 2, longest);
    this.#retry = setTimeout(() => (this.#writing ??= this.#tryAgain()), this.#failure.waitMs).unref();
  }

  async #tryAgain(): Promise<void> {
    const failure = this.#failure;
    if (failure === null || this.#closing !== null) return void (this.#writing = null);
    const { since, reason, refused } = failure;
    const before = this.#writer.end.seq;
    await this.#writeGroup([], [{ kind: 'resumed', since, reason, refused }]);
    if (this.#writer.end.seq > before) {
      this.#failure = null;
      this.#tell({ event: 'resumed', reason, refused });
    }
    await this.#writeAll();
  }

  async #finish(): Promise<void> {
    clearTimeout(this.#retry);
    while (this.#writing !== null) await this.#writing;
    const { since, reason, refused } = this.#failure ?? {};
    const resumed = since === undefined ? [] : [{ kind: 'resumed', since, reason, refused }];
    await this.#writeGroup([], [...resumed, { kind: 'closed' }]);
    clearTimeout(this.#retry);
    this.#tell({ event: 'closed', ...this.#writer.end });
    await this.#writer.close();
    await this.#release();
  }
}

function refusal(): RequestRefusal {
  return new RequestRefusal('SERVER_AUDIT', 'expected the answer in the audit trail first, found that it cannot be written');
}

function utc(ms: number): string {
  return new Date(ms).toISOString();
}

/** An errno or what became of the file; never a message, which names paths. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

async function lockFolder(dir: string): Promise<() => Promise<void>> {
  try {
    return await acquireLock(join(dir, 'lock'));
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    const message = `expected the state folder to ourselves, found another process at work in it; stop it, or choose another folder`;
    throw new UsageError('SERVER_STATE_BUSY', message, { details: error.details, cause: error });
  }
}
