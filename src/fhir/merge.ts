/**
 * Pages into one file per type: each resource once, in its newest version, in order of id.
 *
 * In      committed pages with their indexes
 * Out     the lines of each type, as a stream; how many were stored and how many were duplicates
 * Choice  newest is the latest meta.lastUpdated, then the highest versionId. Two different texts that claim the same version are a
 *         conflict: one is kept by a fixed rule (byte order), and the conflict is reported
 * Choice  the order of the file is that of the ids alone, so the same server content gives the same bytes whatever the paging, the
 *         parallelism or the interruptions
 * Memory  one small row per resource; the texts pass through in ranges of ids of at most 64 MiB
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { PageLine } from './journal.ts';
import { order, type PageIndex } from './page-file.ts';

interface Row {
  readonly id: string;
  readonly version: string | null;
  readonly updatedMs: number | null;
  readonly page: number;
  readonly offset: number;
  readonly length: number;
}

export interface CommittedPage {
  readonly line: PageLine;
  readonly index: PageIndex;
}

export interface MergedType {
  readonly type: string;
  readonly received: number;
  readonly stored: number;
  /** Resources of which two different texts claim to be the newest version; complete once `lines` has run out. */
  conflicts: number;
  lines(): Generator<string, void, undefined>;
}

const defaultRangeBytes = 64 * 1024 * 1024;

/**
 * @param rangeBytes  texts held in memory at once, about
 * @returns           one entry per type, in order of type name
 */
export function mergePages(pagesDir: string, pages: readonly CommittedPage[], rangeBytes = defaultRangeBytes): MergedType[] {
  const rows = new Map<string, Row[]>();
  for (const [page, { line, index }] of pages.entries()) {
    let offset = line.head;
    for (const type of Object.keys(index.resources)) {
      const list = rows.get(type) ?? [];
      rows.set(type, list);
      for (const [id, version, updatedMs, length] of index.resources[type] ?? []) {
        list.push({ id, version, updatedMs, page, offset, length });
        offset += length;
      }
    }
  }
  const files = pages.map(({ line }) => join(pagesDir, line.file));
  return [...rows.keys()].sort(order).map((type) => mergeType(type, rows.get(type) ?? [], files, rangeBytes));
}

function mergeType(type: string, rows: Row[], files: readonly string[], rangeBytes: number): MergedType {
  rows.sort((a, b) => order(a.id, b.id) || compareVersions(b, a));
  // One group per id: the newest row, and those that claim to be the same version.
  const groups: Row[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    if (group === undefined || group[0]!.id !== row.id) groups.push([row]);
    else if (compareVersions(group[0]!, row) === 0) group.push(row);
  }
  const merged: MergedType = {
    type,
    received: rows.length,
    stored: groups.length,
    conflicts: 0,
    *lines() {
      merged.conflicts = 0;
      for (const range of ranges(groups, rangeBytes)) {
        const read = readRange(range, files);
        for (const group of range) {
          const texts = group.map(read);
          const distinct = texts.length === 1 ? texts : [...new Set(texts)].sort(order);
          if (distinct.length > 1) merged.conflicts += 1;
          yield distinct.at(-1)!;
        }
      }
    },
  };
  return merged;
}

/** Positive when `a` is newer. A total order: no time is before any time, and text that is no number after any number. */
function compareVersions(a: Row, b: Row): number {
  const [at, bt] = [a.updatedMs ?? Number.MIN_SAFE_INTEGER, b.updatedMs ?? Number.MIN_SAFE_INTEGER];
  if (at !== bt) return at - bt;
  const [av, bv] = [a.version ?? '', b.version ?? ''];
  const [an, bn] = [versionNumber(av), versionNumber(bv)];
  return an === bn ? order(av, bv) : an - bn;
}

function versionNumber(version: string): number {
  if (version === '') return -1;
  return /^\d{1,15}$/.test(version) ? Number(version) : Number.MAX_SAFE_INTEGER;
}

function* ranges(groups: readonly Row[][], rangeBytes: number): Generator<Row[][], void, undefined> {
  let range: Row[][] = [];
  let bytes = 0;
  for (const group of groups) {
    for (const row of group) bytes += row.length;
    range.push(group);
    if (bytes < rangeBytes) continue;
    yield range;
    range = [];
    bytes = 0;
  }
  if (range.length > 0) yield range;
}

/** Reads what a range needs, one piece per page, as the rows of a page lie in order of id. */
function readRange(range: readonly Row[][], files: readonly string[]): (row: Row) => string {
  const pieces = new Map<number, { from: number; to: number; bytes: Buffer }>();
  for (const row of range.flat()) {
    const piece = pieces.get(row.page);
    const to = row.offset + row.length;
    if (piece === undefined) pieces.set(row.page, { from: row.offset, to, bytes: Buffer.alloc(0) });
    else {
      piece.from = Math.min(piece.from, row.offset);
      piece.to = Math.max(piece.to, to);
    }
  }
  for (const [page, piece] of pieces) {
    const file = openSync(files[page]!, 'r');
    try {
      piece.bytes = Buffer.allocUnsafe(piece.to - piece.from);
      for (let read = 0; read < piece.bytes.length;) {
        const got = readSync(file, piece.bytes, read, piece.bytes.length - read, piece.from + read);
        if (got === 0) throw new Error(`${files[page]} ended early`);
        read += got;
      }
    } finally {
      closeSync(file);
    }
  }
  return (row) => {
    const { from, bytes } = pieces.get(row.page)!;
    return bytes.toString('utf8', row.offset - from, row.offset - from + row.length - 1);
  };
}
