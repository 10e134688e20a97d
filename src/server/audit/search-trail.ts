/**
 * Entries of a trail, newest first, as they were stored.
 *
 * In      the folder, and how far the file that is being written is good to read
 * Out     a page of entries, and where the next one begins
 * Choice  files are read backwards in pieces with the event loop free in between, so that a search holds up no score
 * Choice  a page ends before its time where its entries are long: one of a batch names thousands of patients, and a thousand of those are no answer
 * Choice  a file whose day is outside the span is left out, with a day to spare for a clock that was set back
 */
import { join } from 'node:path';
import type { AuditPage, AuditQuery } from './audit-trail.ts';
import { readLine, type StoredLine } from './chain-line.ts';
import type { Disk } from './disk.ts';
import { trailFilesOf, type TrailFile } from './trail-file.ts';

const pieceBytes = 256 * 1024;
/** Of the lines on a page, unless it is one line that has more. */
const pageBytes = 4 * 1024 * 1024;
const dayMs = 86_400_000;

export async function searchTrail(
  disk: Disk,
  dir: string,
  extent: { readonly name: string; readonly size: number } | null,
  query: AuditQuery,
  signal?: AbortSignal,
): Promise<AuditPage> {
  const wanted = matcher(query);
  const entries: StoredLine[] = [];
  let bytes = 0;
  for (const file of trailFilesOf(await disk.list(dir)).reverse()) {
    const path = join(dir, file.name);
    if (!mayHold(file, query) || (await firstSeq(disk, path)) >= (query.before ?? Infinity)) continue;
    const size = file.name === extent?.name ? extent.size : (await disk.stat(path)).size;
    for await (const lines of linesBackwards(disk, path, size)) {
      signal?.throwIfAborted();
      for (const line of lines) {
        const stored = wanted(line);
        if (stored === null) continue;
        bytes += line.length;
        const isFull = entries.length === query.limit || (entries.length > 0 && bytes > pageBytes);
        if (isFull) return { entries, next: entries.at(-1)?.seq ?? null };
        entries.push(stored);
      }
    }
  }
  return { entries, next: null };
}

function mayHold({ day }: TrailFile, { from, to }: AuditQuery): boolean {
  const at = Date.parse(day);
  return (from === undefined || at + 2 * dayMs > Date.parse(from)) && (to === undefined || at - dayMs <= Date.parse(to));
}

/** Of the head; 0 where there is none yet. */
async function firstSeq(disk: Disk, path: string): Promise<number> {
  for await (const start of disk.read(path, { end: 32 }))
    return Number(/^\{"seq":(\d+)/.exec(start.toString('latin1'))?.[1] ?? 0);
  return 0;
}

function matcher({ from, to, patient, before, tenant }: AuditQuery): (line: Buffer) => StoredLine | null {
  const isFrom = from === undefined ? 0 : Date.parse(from);
  const isTo = to === undefined ? Infinity : Date.parse(to);
  const named = patient === undefined ? null : Buffer.from(JSON.stringify(patient));
  return (line) => {
    // Most lines are told apart without being parsed.
    if (named !== null && !line.includes(named)) return null;
    const stored = readLine(line);
    if (stored?.kind !== 'access' || stored.seq >= (before ?? Infinity)) return null;
    const at = Date.parse(stored.time);
    if (at < isFrom || at > isTo) return null;
    if (patient !== undefined && !(stored['patients'] as readonly string[]).includes(patient)) return null;
    if (tenant !== undefined && (stored['principal'] as { tenant?: unknown } | null)?.tenant !== tenant) return null;
    return stored;
  };
}

/** Whole lines from the last to the first, a list for each piece that was read. */
async function* linesBackwards(disk: Disk, path: string, size: number): AsyncGenerator<Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  let isLast = true;
  for (let end = size; end > 0; end -= pieceBytes) {
    const start = Math.max(0, end - pieceBytes);
    const parts: Buffer[] = [];
    for await (const part of disk.read(path, { start, end })) parts.push(part);
    const piece = Buffer.concat([...parts, rest]);
    const lines: Buffer[] = [];
    let to = piece.length;
    for (let at = piece.lastIndexOf(0x0a, to - 1); at >= 0; at = to === 0 ? -1 : piece.lastIndexOf(0x0a, to - 1)) {
      // What stands after the last line feed is no whole line.
      if (!isLast) lines.push(piece.subarray(at + 1, to));
      isLast = false;
      to = at;
    }
    rest = piece.subarray(0, to);
    if (start === 0 && !isLast) lines.push(rest);
    yield lines;
  }
}
