/**
 * Taking up a trail where it ended: the last file is checked, and what a crash left half written is moved out of it.
 *
 * Choice  half a line was never acknowledged, for an answer waits for its whole group; so it may leave the trail, but is kept beside it
 * Choice  nothing is added to a chain that does not hold: the server does not start until somebody has looked
 */
import { join } from 'node:path';
import { ReadmissionError } from '../../errors.ts';
import { chainStart, type ChainEnd } from './chain-line.ts';
import type { Disk } from './disk.ts';
import { scanFile, type FileScan } from './file-scan.ts';
import { trailFilesOf, type TrailFile } from './trail-file.ts';

/** Half a line that was found and moved. */
export type TornNotice = {
  readonly kind: 'torn';
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
};

export interface TrailStart {
  readonly end: ChainEnd;
  /** The file to go on with, and its length; null where the first is still to be made. */
  readonly file: { readonly file: TrailFile; readonly size: number } | null;
  /** The file that holds the last line; null before the first. */
  readonly holder: string | null;
  readonly torn: TornNotice | null;
}

/** @throws {ReadmissionError} SERVER_AUDIT_CHAIN naming file and line; what the disk throws */
export async function resumeTrail(disk: Disk, folder: string): Promise<TrailStart> {
  const files = trailFilesOf(await disk.list(folder));
  const last = files.at(-1);
  if (last === undefined) return { end: chainStart, file: null, holder: null, torn: null };
  const path = join(folder, last.name);
  let scan = await sound(disk, folder, last);
  if (scan.tail?.whole === true) {
    await append(disk, path, Buffer.from('\n'));
    scan = await sound(disk, folder, last);
  }
  const torn = scan.tail === null ? null : await setAside(disk, path, last.name, scan);
  if (scan.end !== null) return { end: scan.end, file: { file: last, size: scan.bytes }, holder: last.name, torn };
  // The file was begun and its head never came to be: the chain stands where the file before ends.
  const before = files.at(-2);
  const end = before === undefined ? chainStart : (await sound(disk, folder, before)).end;
  if (end === null) throw broken(last.name, 1);
  return { end, file: { file: last, size: 0 }, holder: before?.name ?? null, torn };
}

async function sound(disk: Disk, folder: string, file: TrailFile): Promise<FileScan> {
  const scan = await scanFile(disk, join(folder, file.name));
  if (scan.fault !== null) throw broken(file.name, scan.fault.line);
  return scan;
}

async function setAside(disk: Disk, path: string, name: string, { bytes, tail }: FileScan): Promise<TornNotice> {
  const parts: Buffer[] = [];
  for await (const part of disk.read(path, { start: bytes })) parts.push(part);
  await append(disk, `${path}.torn`, Buffer.concat(parts));
  const file = await disk.open(path, 'append');
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { kind: 'torn', file: name, bytes: tail?.bytes ?? 0, sha256: tail?.sha256 ?? '' };
}

async function append(disk: Disk, path: string, bytes: Buffer): Promise<void> {
  const file = await disk.open(path, 'append');
  try {
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    await file.sync();
  } finally {
    await file.close();
  }
}

function broken(file: string, line: number): ReadmissionError {
  const what = `expected an audit trail whose chain holds, found that ${file} does not from line ${line} on`;
  return new ReadmissionError(
    'SERVER_AUDIT_CHAIN',
    `${what}; look with \`readmission audit verify\`, then move the trail's folder aside to begin another`,
    { details: { file, line } },
  );
}
