/**
 * The journal of a pull: what is safely on disk, one JSON line each, from which a killed pull goes on.
 *
 * In      events in the order they became true; on resumption the file as the last process left it
 * Out     the state of every slice; lines that are on the platter before `append` returns
 * Choice  a page is done when its line is synced, and its line is written after its file is; a page without a line does not exist
 * Choice  lines that wait while a sync is under way share the next one, so that parallel slices do not queue for the disk
 * Choice  a last line without its end is a torn write and is cut off; any other unreadable line is refused
 */
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { FhirError } from '../errors.ts';
import type { Slice } from './slice.ts';

const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const range = z.tuple([z.int(), z.int()]).readonly().nullable();
const sliceSchema = z.strictObject({ key: z.string(), type: z.string(), patients: range, window: range });

const pageLine = z.strictObject({
  kind: z.literal('page'),
  slice: z.string(),
  file: z.string().regex(/^\d{6,12}\.page$/),
  bytes: count,
  /** Length of the index line. */
  head: count,
  sha256: hash,
  /** Where the slice goes on; null after its last page. */
  next: z.string().nullable(),
  warnings: z.array(z.string()),
});
const lineSchema = z.discriminatedUnion('kind', [
  /** The query, to be compared on resumption. */
  z.strictObject({ kind: z.literal('start'), format: z.literal(1), query: z.record(z.string(), z.string()) }),
  /** The server's clock at the first answer, epoch milliseconds. */
  z.strictObject({ kind: z.literal('clock'), at: z.int() }),
  z.strictObject({ kind: z.literal('patients'), count, sha256: hash, expected: count.nullable() }),
  pageLine,
  /** All pages of the slice so far are void. */
  z.strictObject({ kind: z.literal('restart'), slice: z.string() }),
  z.strictObject({ kind: z.literal('done'), slice: z.string(), expected: count.nullable(), found: count }),
  z.strictObject({ kind: z.literal('short'), slice: z.string(), expected: count, found: count }),
  /** Written again when a later count of the whole is lower. */
  z.strictObject({
    kind: z.literal('split'),
    slice: z.string(),
    expected: count.nullable(),
    into: z.array(sliceSchema).length(2),
  }),
  /** The manifest is in place; only tidying is left. The report, as JSON. */
  z.strictObject({ kind: z.literal('finished'), report: z.string() }),
]);
export type JournalLine = z.infer<typeof lineSchema>;
export type PageLine = z.infer<typeof pageLine>;

export interface SliceState {
  pages: PageLine[];
  status: 'open' | 'done' | 'short' | 'split';
  expected: number | null;
  found: number;
  into: Slice[];
}

export interface JournalState {
  query: Record<string, string> | null;
  clockMs: number | null;
  patients: { count: number; sha256: string; expected: number | null } | null;
  readonly slices: Map<string, SliceState>;
  finished: string | null;
}

export interface Journal {
  readonly state: JournalState;
  /** Returns when the line is on the platter, and then in `state`. */
  append(line: JournalLine): Promise<void>;
  close(): Promise<void>;
}

/** @throws {FhirError} FHIR_JOURNAL when a line other than the last cannot be read */
export async function openJournal(path: string): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  const state: JournalState = { query: null, clockMs: null, patients: null, slices: new Map(), finished: null };
  for (const [i, line] of whole.split('\n').entries()) if (line !== '') apply(state, parseLine(line, i + 1, path));
  const file = await open(path, 'a', 0o600);
  return { state, append: appender(file, state), close: () => file.close() };
}

/** State of a slice, open and empty when nothing is known of it. */
export function sliceState(state: JournalState, key: string): SliceState {
  let slice = state.slices.get(key);
  if (slice === undefined) {
    slice = { pages: [], status: 'open', expected: null, found: 0, into: [] };
    state.slices.set(key, slice);
  }
  return slice;
}

function appender(file: FileHandle, state: JournalState): (line: JournalLine) => Promise<void> {
  let waiting: JournalLine[] = [];
  let running: Promise<void> | null = null;
  let scheduled: Promise<void> | null = null;
  let broken: unknown = null;
  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    // A failed write may have left half a line; nothing may follow it.
    if (broken !== null) throw broken;
    try {
      await file.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.datasync();
    } catch (error) {
      broken = error;
      throw error;
    }
    for (const line of lines) apply(state, line);
  };
  return (line) => {
    waiting.push(line);
    if (scheduled === null) {
      // Starts when the write under way ends, whatever became of it; its own callers hear of that.
      const mine = (running ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => {
          running = mine;
          scheduled = null;
          return write();
        });
      scheduled = mine;
    }
    return scheduled;
  };
}

function apply(state: JournalState, line: JournalLine): void {
  switch (line.kind) {
    case 'start':
      state.query = line.query;
      return;
    case 'clock':
      state.clockMs = line.at;
      return;
    case 'patients':
      state.patients = { count: line.count, sha256: line.sha256, expected: line.expected };
      return;
    case 'finished':
      state.finished = line.report;
      return;
    case 'page':
      sliceState(state, line.slice).pages.push(line);
      return;
    default:
  }
  const slice = sliceState(state, line.slice);
  slice.status = line.kind === 'restart' ? 'open' : line.kind;
  if (line.kind === 'done' || line.kind === 'short') Object.assign(slice, { expected: line.expected, found: line.found });
  else slice.pages = [];
  if (line.kind === 'split') Object.assign(slice, { expected: line.expected, into: line.into });
}

function parseLine(text: string, number: number, path: string): JournalLine {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${path}, line ${number}: expected a journal line of this release, found other text; remove the folder and pull again`;
    throw new FhirError('FHIR_JOURNAL', message, { details: { line: number }, cause });
  }
}
