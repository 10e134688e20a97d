/**
 * One page of a search as a file: what was admitted, what was quarantined, and an index that saves parsing it again.
 *
 * In      a checked search page and the rules of the door (./entry-check.ts)
 * Out     bytes: a first line of JSON (the index), then one resource a line in order of type and id, then quarantine lines
 * Choice  the bytes of a resource are the server's own; only line ends between its tokens are taken out. Where they could not be
 *         told for sure the parsed resource is written anew
 * Choice  entries of mode "outcome" are messages, not records: they become warnings and are not counted
 */
import { checkEntry, type Admitted, type EntryRules } from './entry-check.ts';
import { describeOutcome } from './outcome.ts';
import type { PageEntry, SearchPage } from './search.ts';

/** id, version, last updated (epoch ms), length of the line in bytes with its end. */
export type IndexRow = readonly [id: string, version: string | null, updatedMs: number | null, length: number];

export interface PageIndex {
  /** The type that was searched; quarantined entries count under it. */
  readonly searched: string;
  /** Rows by type, in order of the lines. */
  readonly resources: Readonly<Record<string, readonly IndexRow[]>>;
  /** Reason and length of each quarantine line. */
  readonly quarantine: ReadonlyArray<readonly [reason: string, length: number]>;
}

export interface PageFile {
  readonly bytes: Buffer;
  /** Length of the first line with its end. */
  readonly head: number;
  readonly index: PageIndex;
  readonly warnings: readonly string[];
}

/** Bytes to be written: a piece of the page, or bytes of their own. */
interface Piece {
  readonly from: Buffer;
  readonly start: number;
  readonly end: number;
}
interface Kept extends Piece, Admitted {}

const lineFeed = 0x0a;

/** @param limit  entries taken at most, in the server's order */
export function makePageFile(page: SearchPage, rules: EntryRules, limit = Number.POSITIVE_INFINITY): PageFile {
  const kept: Kept[] = [];
  const refused: Array<Piece & { reason: string }> = [];
  const warnings: string[] = [];
  const multiline = page.bytes.includes(lineFeed) || page.bytes.includes(0x0d);
  for (const [position, entry] of page.entries.entries()) {
    if (kept.length + refused.length >= limit) break;
    if (entry.mode === 'outcome') {
      warnings.push(`${rules.type}: the server says ${describeOutcome(entry.resource) ?? 'nothing readable'}`);
      continue;
    }
    const verdict = checkEntry(entry.resource, entry.span, entry.mode, rules);
    if (typeof verdict === 'string') {
      const text = quarantineLine(verdict, page, entry, position, rules.type);
      refused.push({ reason: verdict, from: text, start: 0, end: text.length });
    } else {
      const { type, id, version, updatedMs } = verdict;
      const { from, start, end } = resourceBytes(page, entry, multiline);
      kept.push({ type, id, version, updatedMs, from, start, end });
    }
  }
  kept.sort((a, b) => (a.type === b.type ? order(a.id, b.id) : order(a.type, b.type)));
  const resources: Record<string, IndexRow[]> = {};
  for (const { type, id, version, updatedMs, start, end } of kept) {
    (resources[type] ??= []).push([id, version, updatedMs, end - start + 1]);
  }
  const index: PageIndex = {
    searched: rules.type,
    resources,
    quarantine: refused.map(({ reason, start, end }) => [reason, end - start + 1]),
  };
  const head = Buffer.from(`${JSON.stringify(index)}\n`, 'utf8');
  return { bytes: joined(head, kept, refused), head: head.length, index, warnings };
}

/** One buffer of the index and all lines: a buffer per line would cost more than its bytes. */
function joined(head: Buffer, ...lists: ReadonlyArray<readonly Piece[]>): Buffer {
  let length = head.length;
  for (const list of lists) for (const { start, end } of list) length += end - start + 1;
  const bytes = Buffer.allocUnsafe(length);
  let at = head.copy(bytes);
  for (const list of lists) {
    for (const { from, start, end } of list) {
      at += from.copy(bytes, at, start, end);
      bytes[at] = lineFeed;
      at += 1;
    }
  }
  return bytes;
}

/** Entries of a page that count as received, by type. */
export function receivedOf(index: PageIndex): Map<string, number> {
  const received = new Map(Object.entries(index.resources).map(([type, rows]) => [type, rows.length]));
  const quarantined = index.quarantine.length;
  if (quarantined > 0) received.set(index.searched, (received.get(index.searched) ?? 0) + quarantined);
  return received;
}

function resourceBytes(page: SearchPage, { span, resource }: PageEntry, multiline: boolean): Piece {
  if (span !== undefined && !multiline) return { from: page.bytes, start: span.start, end: span.end };
  // In valid JSON a raw line end is never inside a string, nor is the white space that follows it.
  const text =
    span === undefined
      ? JSON.stringify(resource)
      : page.bytes.toString('utf8', span.start, span.end).replace(/[\r\n][ \t\r\n]*/g, '');
  const own = Buffer.from(text, 'utf8');
  return { from: own, start: 0, end: own.length };
}

function quarantineLine(reason: string, page: SearchPage, entry: PageEntry, position: number, searched: string): Buffer {
  const { id, resourceType } = (entry.resource ?? {}) as { id?: unknown; resourceType?: unknown };
  const text =
    entry.span === undefined ? rewritten(entry.resource) : page.bytes.toString('utf8', entry.span.start, entry.span.end);
  const line = { reason, searched, resourceType: short(resourceType), id: short(id), entry: position, text };
  return Buffer.from(JSON.stringify(line), 'utf8');
}

function rewritten(resource: unknown): string | null {
  try {
    return JSON.stringify(resource) ?? null;
  } catch {
    return null; // Too deep to be written; its bytes were not found either.
  }
}

function short(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 128) : null;
}

/** By code unit, which for ids is by byte; no locale. */
export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
