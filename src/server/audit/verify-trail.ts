/**
 * Does an audit trail hold, from its first line to its last?
 *
 * In      the folder of a trail, of a server that runs or not
 * Out     what is in it, and everything that does not hold: file, line, and why
 * Choice  the start of a line at the very end is torn, by a crash or because it is being written just now; it is told and is no fault
 * Choice  lines cut off at the end leave a chain that holds. Whoever noted a number and a hash elsewhere gives them to be looked for
 */
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { chainStart, type ChainEnd, type StoredLine } from './chain-line.ts';
import { realDisk, type Disk } from './disk.ts';
import { scanFile, type FileFault, type FileScan } from './file-scan.ts';
import { trailFilesOf, type TrailFile } from './trail-file.ts';

interface TrailFault {
  readonly file: string;
  /** From 1; null where it is about the file as a whole. */
  readonly line: number | null;
  /**
   * form, hash, seq, line-feed: the line was changed, cut, moved, added or is not the one that was written; head, version: not the head
   * of a file that is known; link: this file does not follow on the one before; missing, extra: no file, or two, of a number; anchor: a
   * line that was noted is not there
   */
  readonly fault: FileFault | 'link' | 'missing' | 'extra' | 'anchor';
}

export interface TrailReport {
  readonly files: number;
  readonly lines: number;
  /** Lines about an access. */
  readonly entries: number;
  /** Answers that were refused because no entry could be kept, as far as the trail could tell later. */
  readonly refused: number;
  /** Starts that found half a line. */
  readonly tornBefore: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** Worth noting elsewhere. */
  readonly end: ChainEnd | null;
  readonly torn: { readonly file: string; readonly bytes: number } | null;
  readonly faults: readonly TrailFault[];
}

/**
 * @param options.firstFile  number of the first file that is expected, where older ones have been moved to an archive; 1
 * @param options.anchors    lines that must be there
 * @param options.onLine     is told each line that holds, in order
 * @throws {UsageError} SERVER_AUDIT_MISSING; the file system's own error
 */
export async function verifyTrail(
  dir: string,
  options: {
    firstFile?: number | undefined;
    anchors?: readonly ChainEnd[] | undefined;
    onLine?: (line: StoredLine) => void;
    disk?: Disk;
  } = {},
): Promise<TrailReport> {
  const { firstFile = 1, anchors = [], onLine, disk = realDisk } = options;
  const files = trailFilesOf(await namesIn(disk, dir));
  if (files.length === 0) throw missingTrail(dir);
  const faults: TrailFault[] = [];
  const count = { lines: 0, entries: 0, refused: 0, tornBefore: 0 };
  const times: { first: string | null; last: string | null } = { first: null, last: null };
  const sought = new Map(anchors.map(({ seq, hash }) => [seq, hash]));
  const onHeld = (line: StoredLine): void => {
    count.lines += 1;
    if (line.kind === 'access') count.entries += 1;
    else if (line.kind === 'torn') count.tornBefore += 1;
    else if (line.kind === 'resumed') count.refused += Number(line['refused']);
    times.first ??= line.time;
    times.last = line.time;
    if (sought.get(line.seq) === line.hash) sought.delete(line.seq);
    onLine?.(line);
  };

  let before: { file: TrailFile | null; end: ChainEnd | null } = { file: null, end: firstFile === 1 ? chainStart : null };
  let torn: TrailReport['torn'] = null;
  for (const file of files) {
    faults.push(...numberFaults(file, before.file, firstFile));
    const scan = await scanFile(disk, join(dir, file.name), onHeld);
    const isLast = file === files.at(-1);
    const link = linkFault(file, scan, before);
    if (link !== null) faults.push(link);
    if (scan.fault !== null) faults.push({ file: file.name, ...scan.fault });
    else if (scan.tail !== null && isLast) torn = { file: file.name, bytes: scan.tail.bytes };
    else if (!isLast && (scan.tail !== null || scan.end === null))
      faults.push({ file: file.name, line: scan.lines + 1, fault: 'form' });
    before = { file, end: scan.fault === null ? scan.end : null };
  }
  for (const seq of sought.keys()) faults.push({ file: `seq ${seq}`, line: null, fault: 'anchor' });
  return {
    files: files.length,
    ...count,
    firstTime: times.first,
    lastTime: times.last,
    end: before.end,
    torn,
    faults,
  };
}

function numberFaults({ name, number }: TrailFile, before: TrailFile | null, firstFile: number): TrailFault[] {
  const expected = before === null ? firstFile : before.number + 1;
  if (number === expected) return [];
  if (before !== null && number === before.number) return [{ file: name, line: null, fault: 'extra' }];
  return [{ file: `audit-${String(expected).padStart(6, '0')}`, line: null, fault: 'missing' }];
}

/** A file whose predecessor is gone or does not hold is followed from its own head. */
function linkFault(
  { name, number }: TrailFile,
  { head }: FileScan,
  before: { file: TrailFile | null; end: ChainEnd | null },
): TrailFault | null {
  if (head === null || before.end === null || (before.file?.number ?? 0) + 1 !== number) return null;
  const follows =
    (head.previous?.hash ?? chainStart.hash) === before.end.hash && (head.previous?.file ?? null) === (before.file?.name ?? null);
  if (!follows) return { file: name, line: 1, fault: 'link' };
  return head.seq === before.end.seq + 1 ? null : { file: name, line: 1, fault: 'seq' };
}

async function namesIn(disk: Disk, dir: string): Promise<string[]> {
  try {
    return await disk.list(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missingTrail(dir);
    throw error;
  }
}

function missingTrail(dir: string): UsageError {
  return new UsageError(
    'SERVER_AUDIT_MISSING',
    `expected an audit trail at ${dir}, found none; give the state folder of a server with --state`,
  );
}
