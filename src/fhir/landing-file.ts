/**
 * One file of a landing folder, written so that it is either whole or absent.
 *
 * In      lines of JSON, each without a line end
 * Out     TYPE.ndjson, or TYPE.PART.ndjson, with .gz when asked for, and the manifest entry that describes it
 * Choice  x.part, fsync, rename, fsync of the folder; gzip level 9 (unless told) with time 0, no name and a fixed system byte, fed in blocks
 *         of 256 KiB whatever the lines: the same lines give the same bytes
 */
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { FhirError } from '../errors.ts';
import { syncFolder } from '../util/atomic-file.ts';
import type { LandingFile } from './landing.ts';

export interface LandingFileOptions {
  /** Compress, and end the name in .gz. */
  readonly gzip?: boolean;
  /** Number of this file where a type has several, 0 or more; part of the name. */
  readonly part?: number;
  /** 1 is fast, 9 small; 9. */
  readonly level?: number;
}

const blockBytes = 256 * 1024;

/**
 * Writes the lines of one type. A file of the same name is replaced at once, or left as it was on any error.
 *
 * @param lines  JSON texts, one resource each; empty ones and ones with a line end are refused
 * @returns      the entry for the manifest: path relative to `dir`, count, bytes and SHA-256 of the file on disk
 * @throws {FhirError} LANDING_LINE, LANDING_TYPE; or the file system's own error (ENOSPC, EACCES, …)
 */
export async function writeLandingFile(
  dir: string,
  type: string,
  lines: AsyncIterable<string> | Iterable<string>,
  options: LandingFileOptions = {},
): Promise<LandingFile> {
  const counter = { count: 0 };
  const name = landingFileName(type, options);
  const written = await writeBlocks(dir, name, blocksOf(linesAsBytes(lines, type, counter)), options.level);
  return { type, ...written, count: counter.count };
}

/**
 * Writes bytes as they come, as one file of the folder; whoever gives them answers for their lines.
 *
 * @param path   relative to `dir`, which holds its folder; compressed when it ends in .gz
 * @param bytes  runs of whole lines, of any length
 * @param level  of compression
 * @returns      path, bytes and SHA-256 of the file on disk
 * @throws the file system's own error (ENOSPC, EACCES, …); a file of the same name is then as it was
 */
export async function writeLandingBytes(
  dir: string,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  level?: number,
): Promise<Pick<LandingFile, 'path' | 'bytes' | 'sha256'>> {
  return writeBlocks(dir, path, blocksOf(bytes), level);
}

async function writeBlocks(
  dir: string,
  path: string,
  blocks: AsyncIterable<Buffer>,
  level = 9,
): Promise<Pick<LandingFile, 'path' | 'bytes' | 'sha256'>> {
  const target = join(dir, path);
  const temporary = `${target}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(temporary, 'w', 0o644);
    try {
      for await (const block of path.endsWith('.gz') ? gzipped(blocks, level) : blocks) {
        hash.update(block);
        bytes += block.length;
        await file.writeFile(block);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
  return { path, bytes, sha256: hash.digest('hex') };
}

function landingFileName(type: string, { gzip, part }: LandingFileOptions): string {
  if (!/^[A-Z][A-Za-z]{1,63}$/.test(type)) {
    throw new FhirError('LANDING_TYPE', 'expected the name of a resource type, found other text; pass for example "Encounter"');
  }
  if (part !== undefined && !(Number.isSafeInteger(part) && part >= 0)) {
    throw new FhirError('LANDING_TYPE', `${type}: expected a part number of 0 or more, found ${part}; count files from 0`);
  }
  return `${type}${part === undefined ? '' : `.${String(part).padStart(6, '0')}`}.ndjson${gzip ? '.gz' : ''}`;
}

async function* linesAsBytes(
  lines: AsyncIterable<string> | Iterable<string>,
  type: string,
  counter: { count: number },
): AsyncGenerator<Buffer, void, undefined> {
  for await (const line of lines) {
    counter.count += 1;
    if (line === '' || /[\n\r]/.test(line)) {
      const what = `${type}, line ${counter.count}: expected one JSON text without a line end, found an empty or broken line`;
      throw new FhirError('LANDING_LINE', `${what}; write each resource with JSON.stringify`, {
        details: { type, line: counter.count },
      });
    }
    yield Buffer.from(`${line}\n`, 'utf8');
  }
}

/** The same bytes in blocks of one size. */
async function* blocksOf(runs: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let block = Buffer.allocUnsafe(blockBytes);
  let used = 0;
  for await (const run of runs) {
    for (let start = 0; start < run.length;) {
      const copied = Math.min(run.length - start, blockBytes - used);
      block.set(run.subarray(start, start + copied), used);
      start += copied;
      used += copied;
      if (used < blockBytes) continue;
      yield block;
      block = Buffer.allocUnsafe(blockBytes);
      used = 0;
    }
  }
  if (used > 0) yield block.subarray(0, used);
}

async function* gzipped(blocks: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer, void, undefined> {
  const source = Readable.from(blocks);
  const gzip = createGzip({ level });
  source.once('error', (error) => gzip.destroy(error));
  let first = true;
  for await (const chunk of source.pipe(gzip)) {
    const bytes = chunk as Buffer;
    // Byte 9 of the header names the operating system; 255 is "unknown" (RFC 1952), the same everywhere.
    if (first && bytes.length > 9) bytes[9] = 255;
    first = false;
    yield bytes;
  }
}
