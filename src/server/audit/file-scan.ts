/**
 * One file of the trail read from its first line to its last: how far the chain holds, and what comes after.
 *
 * Choice  a tail is torn only if it is the start of a line, as a crash leaves it: whole lines that do not hold, and a line whose line feed
 *         was changed, are faults
 */
import { createHash } from 'node:crypto';
import { faultOf, readLine, type ChainEnd, type LineFault, type StoredLine } from './chain-line.ts';
import type { Disk } from './disk.ts';
import { isHead, trailFormat, trailVersion, type Head } from './trail-file.ts';

export type FileFault = LineFault | 'head' | 'version' | 'line-feed';

export interface FileScan {
  /** null where there is no whole first line, or it is no head. */
  readonly head: (StoredLine & Head) | null;
  /** Where the chain stands after the last line that holds; null where none does. */
  readonly end: ChainEnd | null;
  /** Bytes of the lines that hold. */
  readonly bytes: number;
  /** Lines that hold. */
  readonly lines: number;
  /** The first line that does not hold, from 1. */
  readonly fault: { readonly line: number; readonly fault: FileFault } | null;
  /** Bytes after the last line feed; `whole` where they are a line that holds and lacks nothing but its line feed. */
  readonly tail: { readonly bytes: number; readonly sha256: string; readonly whole: boolean } | null;
}

/**
 * @param onLine  is told each line that holds
 * @returns       the chain within the file; that it follows on the file before is for the caller to compare
 */
export async function scanFile(disk: Disk, path: string, onLine?: (line: StoredLine) => void): Promise<FileScan> {
  let head: FileScan['head'] = null;
  let end: ChainEnd | null = null;
  let [bytes, lines] = [0, 0];
  let fault: FileScan['fault'] = null;

  const follow = (line: Buffer): void => {
    const stored = readLine(line);
    const found = end === null ? headFault(line, stored) : faultOf(line, stored, end);
    if (found !== null) {
      fault = { line: lines + 1, fault: found };
      return;
    }
    const held = stored as StoredLine;
    if (end === null) head = held as StoredLine & Head;
    end = { seq: held.seq, hash: held.hash };
    lines += 1;
    bytes += line.length + 1;
    onLine?.(held);
  };

  let rest: Buffer[] = [];
  for await (const chunk of disk.read(path)) {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
      const part = chunk.subarray(from, at);
      const line = rest.length === 0 ? part : Buffer.concat([...rest, part]);
      rest = [];
      from = at + 1;
      if (fault === null) follow(line);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  const last = Buffer.concat(rest);
  if (fault === null && holds(last.subarray(0, -1), end)) fault = { line: lines + 1, fault: 'line-feed' };
  const tail =
    last.length === 0
      ? null
      : {
          bytes: last.length,
          sha256: createHash('sha256').update(last).digest('hex'),
          whole: fault === null && holds(last, end),
        };
  return { head, end, bytes, lines, fault, tail };
}

function holds(line: Buffer, end: ChainEnd | null): boolean {
  const stored = readLine(line);
  return (end === null ? headFault(line, stored) : faultOf(line, stored, end)) === null;
}

/** A head's own hash follows from the one that it says came before. */
function headFault(line: Buffer, stored: StoredLine | null): FileFault | null {
  if (stored === null) return 'form';
  if (!isHead(stored)) return 'head';
  if (stored.format !== trailFormat || stored.version !== trailVersion) return 'version';
  const before = stored.previous?.hash ?? '0'.repeat(64);
  return faultOf(line, stored, { seq: stored.seq - 1, hash: before });
}
