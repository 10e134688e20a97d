/**
 * Batches of scores: taken at once, worked on one after the other behind everything that somebody waits for, kept for a day.
 *
 * State   stateDir/jobs/ID (./job-folder.ts); whatever had not ended when the server did is 'interrupted' after it starts again
 * Choice  a job keeps the model it began with, and says which
 * Choice  who did not submit a job does not learn that it exists
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError } from '../../errors.ts';
import { readNdjsonBytes } from '../../fhir/ndjson.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { ModelSource } from '../model-source.ts';
import { otherBody, type IdempotencyKey } from '../idempotency-key.ts';
import { codeOf, RequestRefusal } from '../operation-outcome.ts';
import { makePrivateFolder } from '../private-folder.ts';
import type { FetchBundle, FetchDischarges } from '../server-context.ts';
import { JobFolder, jobIds, type StoredJob } from './job-folder.ts';
import type { Job, JobLine } from './job-schemas.ts';
import { scoreLine } from './score-line.ts';

export interface BatchJobsOptions {
  readonly dir: string;
  readonly models: ModelSource;
  readonly metrics: Pick<ServerMetrics, 'scored'>;
  readonly fetchBundle?: FetchBundle | undefined;
  readonly fetchDischarges?: FetchDischarges | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told what the disk refused; the job is marked as failed. */
  readonly onFault?: ((id: string, error: unknown) => void) | undefined;
}

/** How much there may be at once, and how long it is kept. */
export const jobLimits = { waiting: 8, kept: 64, lines: 10_000, keptMs: 24 * 3_600_000 } as const;

/** Lines worked on at once: enough to keep threads and a FHIR server busy, and little of either. */
const linesAtOnce = 4;
const sweepMs = 60_000;

interface Submission {
  readonly owner: string;
  /** NDJSON; or a query. */
  readonly input: Buffer | null;
  readonly query: { readonly days: number; readonly until: string | null } | null;
  readonly repeat: IdempotencyKey | null;
}

interface Held {
  readonly folder: JobFolder;
  job: StoredJob;
  readonly stop: AbortController;
}

export class BatchJobs {
  readonly #options: BatchJobsOptions;
  readonly #held = new Map<string, Held>();
  readonly #waiting: Held[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;
  readonly #sweeper: NodeJS.Timeout;

  private constructor(options: BatchJobsOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => void this.#sweep(), sweepMs).unref();
  }

  /** @throws the file system's own error */
  static async open(options: BatchJobsOptions): Promise<BatchJobs> {
    await makePrivateFolder(options.dir);
    const jobs = new BatchJobs(options);
    for (const id of await jobIds(options.dir)) {
      const folder = new JobFolder(options.dir, id);
      const job = await folder.load().catch((error: unknown) => options.onFault?.(id, error));
      // What cannot be read stays where it is, for somebody to look at.
      if (job === undefined) continue;
      // Killed before it was taken: nobody was told of it.
      if (job === null) await folder.remove();
      else {
        const held = { folder, job, stop: new AbortController() };
        jobs.#held.set(id, held);
        if (job.finished === null) await jobs.#end(held, 'interrupted');
      }
    }
    await jobs.#sweep();
    return jobs;
  }

  /**
   * @returns  the job, on disk; not begun before `begin`
   * @throws {RequestRefusal} SERVER_BUSY, SERVER_BODY, SERVER_BODY_TOO_LARGE, SERVER_IDEMPOTENCY; SERVER_STOPPING
   */
  async submit({ owner, input, query, repeat }: Submission): Promise<{ readonly job: Job; readonly isNew: boolean }> {
    if (this.#isClosed) throw new RequestRefusal('SERVER_STOPPING', 'expected to take a job, found the server stopping');
    const known =
      repeat === null
        ? undefined
        : [...this.#held.values()].find(({ job }) => job.owner === owner && job.repeat?.key === repeat.key);
    if (known !== undefined) {
      if (known.job.repeat?.body === repeat?.body) return { job: told(known.job), isNew: false };
      throw otherBody();
    }
    const open = [...this.#held.values()].filter(({ job }) => job.finished === null).length;
    if (open >= jobLimits.waiting || this.#held.size >= jobLimits.kept) {
      const what = `expected fewer than ${jobLimits.waiting} jobs under way and ${jobLimits.kept} kept; delete what is no longer needed`;
      throw new RequestRefusal('SERVER_BUSY', what, { 'Retry-After': '60' });
    }
    const lines = input === null ? null : countLines(input);
    const id = randomUUID();
    const job: StoredJob = {
      id,
      state: 'waiting',
      done: 0,
      of: lines,
      failed: 0,
      code: null,
      model: null,
      submitted: this.#utc(),
      started: null,
      finished: null,
      removedAfter: null,
      owner,
      repeat,
      query,
    };
    const held: Held = { folder: new JobFolder(this.#options.dir, id), job, stop: new AbortController() };
    this.#held.set(id, held);
    try {
      await held.folder.create(job, input);
    } catch (error) {
      this.#held.delete(id);
      await held.folder.remove().catch(() => undefined);
      throw error;
    }
    return { job: told(job), isNew: true };
  }

  /** Lets a job that was submitted run. */
  begin(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined || this.#isClosed) return;
    this.#waiting.push(held);
    this.#running ??= this.#workOff();
  }

  /** @throws {RequestRefusal} SERVER_NOT_FOUND where it is not this owner's */
  get(id: string, owner: string): Job {
    return told(this.#of(id, owner).job);
  }

  folder(id: string, owner: string): JobFolder {
    return this.#of(id, owner).folder;
  }

  /** Ends it where it has not ended, and deletes all there is of it. */
  async remove(id: string, owner: string): Promise<Job> {
    const held = this.#of(id, owner);
    this.#held.delete(id);
    const isOver = held.job.finished !== null;
    held.stop.abort();
    await held.folder.remove();
    return told(isOver ? held.job : { ...held.job, state: 'cancelled', finished: this.#utc() });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const { stop } of this.#held.values()) stop.abort();
    await this.#running;
    for (const held of this.#held.values()) {
      if (held.job.finished === null) await this.#end(held, 'interrupted').catch(() => undefined);
    }
  }

  #of(id: string, owner: string): Held {
    const held = this.#held.get(id);
    if (held === undefined || held.job.owner !== owner) {
      throw new RequestRefusal('SERVER_NOT_FOUND', 'expected the id of a job of yours, found none; it may have been removed');
    }
    return held;
  }

  async #workOff(): Promise<void> {
    for (let held = this.#waiting.shift(); held !== undefined; held = this.#waiting.shift()) {
      if (held.stop.signal.aborted) continue;
      try {
        await this.#run(held);
        await this.#end(held, 'finished');
      } catch (error) {
        // Removed by its owner, or left to be marked by close.
        if (held.stop.signal.aborted) continue;
        this.#options.onFault?.(held.job.id, error);
        held.job = { ...held.job, code: codeOf(error) };
        await this.#end(held, 'failed').catch(() => undefined);
      }
    }
    this.#running = null;
  }

  async #run(held: Held): Promise<void> {
    const { models, fetchBundle } = this.#options;
    const { folder, stop } = held;
    const model = models.current();
    held.job = { ...held.job, state: 'running', started: this.#utc(), model: model.id };
    await folder.save(held.job);
    if (held.job.query !== null) await this.#findDischarges(held);
    const results = await folder.openResults();
    try {
      for await (const lines of inputLines(folder.input)) {
        const scored = await Promise.all(
          lines.map(({ bytes, index }) => scoreLine(bytes, index, { model, fetchBundle, signal: stop.signal })),
        );
        if (stop.signal.aborted) throw new CancelledError('the job');
        await results.add(scored.map(kept));
        this.#count(held, scored);
        // Scores in this thread would let nothing else have its turn.
        await nextTurn();
      }
    } finally {
      await results.close();
    }
  }

  async #findDischarges({ folder, job, stop }: Held): Promise<void> {
    const { fetchDischarges } = this.#options;
    const { days, until } = job.query as NonNullable<StoredJob['query']>;
    if (fetchDischarges === undefined) throw new CancelledError('the query');
    const { discharges } = await fetchDischarges({ days, until, limit: jobLimits.lines }, stop.signal);
    const asOf = this.#utc();
    const lines = discharges.map(({ patientId, encounterId }) => JSON.stringify({ patientId, encounterId, asOf }));
    await folder.writeInput(lines.map((line) => `${line}\n`).join(''));
    job.of = discharges.length;
  }

  #count({ job }: Held, lines: readonly JobLine[]): void {
    job.done += lines.length;
    for (const { answer } of lines) {
      if (answer === undefined) job.failed += 1;
      else this.#options.metrics.scored({ form: 'job', risk: answer.risk, band: answer.band });
    }
  }

  async #end(held: Held, state: 'finished' | 'failed' | 'interrupted'): Promise<void> {
    const now = this.#options.now();
    const ended = { finished: new Date(now).toISOString(), removedAfter: new Date(now + jobLimits.keptMs).toISOString() };
    const job: StoredJob = { ...held.job, ...ended, state };
    try {
      if (this.#held.has(job.id)) await held.folder.save(job);
    } finally {
      // Told when it is on disk, or when it cannot be.
      held.job = job;
    }
  }

  async #sweep(): Promise<void> {
    const now = this.#options.now();
    for (const [id, { job, folder }] of this.#held) {
      if (job.removedAfter === null || Date.parse(job.removedAfter) > now) continue;
      this.#held.delete(id);
      await folder.remove().catch((error: unknown) => this.#options.onFault?.(id, error));
    }
  }

  #utc(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function told({ owner: _owner, repeat: _repeat, query: _query, ...job }: StoredJob): Job {
  return { ...job };
}

function kept(line: JobLine): {
  patient: string | null;
  score: { encounter: string | null; risk: number; band: string } | null;
  text: string;
} {
  const { patient, answer } = line;
  const score = answer === undefined ? null : { encounter: answer.encounter, risk: answer.risk, band: answer.band };
  return { patient, score, text: JSON.stringify(line) };
}

interface InputLine {
  readonly bytes: Buffer;
  readonly index: number;
}

/** Lines of the input, some at a time. */
async function* inputLines(path: string): AsyncGenerator<InputLine[]> {
  let index = 0;
  let group: InputLine[] = [];
  for await (const batch of readNdjsonBytes(path)) {
    for (const { bytes } of batch) {
      group.push({ bytes, index: index++ });
      if (group.length < linesAtOnce) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** @throws {RequestRefusal} SERVER_BODY, SERVER_BODY_TOO_LARGE */
function countLines(input: Buffer): number {
  let lines = 0;
  for (let at = 0; at < input.length;) {
    const feed = input.indexOf(0x0a, at);
    const end = feed < 0 ? input.length : feed;
    if (!isBlank(input, at, end)) lines += 1;
    at = end + 1;
  }
  if (lines === 0) throw new RequestRefusal('SERVER_BODY', 'expected one score request per line, found an empty body');
  if (lines > jobLimits.lines) {
    throw new RequestRefusal(
      'SERVER_BODY_TOO_LARGE',
      `expected at most ${jobLimits.lines} lines, found more; submit several jobs`,
    );
  }
  return lines;
}

function isBlank(input: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if ((input[at] as number) > 0x20) return false;
  return true;
}
