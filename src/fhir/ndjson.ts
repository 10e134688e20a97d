/**
 * NDJSON files, plain or gzipped (by the suffix .gz), read line by line with constant memory.
 *
 * In      one file; lines end in LF or CRLF, the last may lack its end; blank lines are skipped but counted in line numbers
 * Out     each line's number (1-based, as an editor shows it) and its text, or its bytes in batches for bulk readers
 * Choice  a byte order mark and invalid UTF-8 are refused, not repaired: DuckDB reads the same file and fails on both, so a
 *         repair here would only move the failure to a place that cannot name the line
 * Choice  lines are cut at the byte 0x0A before decoding, so a character split over two chunks stays whole
 * Source  http://ndjson.org, RFC 8259 section 8.1 (UTF-8, no byte order mark)
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FhirError } from '../errors.ts';

export interface NdjsonLine {
  /** 1-based line number in the inflated file. */
  readonly line: number;
  readonly text: string;
}

export interface NdjsonBytes {
  readonly line: number;
  /** The line, not yet checked for UTF-8, without its end unless asked for; a view that stays valid. */
  readonly bytes: Buffer;
}

export interface NdjsonOptions {
  /** A longer line is refused, in bytes; 32 MiB. */
  readonly maxLineBytes?: number;
  /** Whole lines: with their ends, blank ones too, so that all bytes of the file are given; false. */
  readonly whole?: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const defaultMaxLineBytes = 32 * 1024 * 1024;

/**
 * The lines of a file, decoded.
 *
 * @throws {FhirError} NDJSON_UNREADABLE (missing, no permission), NDJSON_GZIP (torn or not gzip), NDJSON_BOM, NDJSON_UTF8,
 *                     NDJSON_LINE_TOO_LONG; the message names file and line, never content
 */
export async function* readNdjson(path: string, options: NdjsonOptions = {}): AsyncGenerator<NdjsonLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const batch of readNdjsonBytes(path, options)) {
    for (const { line, bytes } of batch) {
      let text: string;
      try {
        text = decoder.decode(bytes);
      } catch (cause) {
        throw failure('NDJSON_UTF8', path, line, 'expected UTF-8, found other bytes; export the file again as UTF-8', cause);
      }
      yield { line, text };
    }
  }
}

/** The lines of a file as bytes, in batches of one chunk: for readers of millions of lines. Throws as `readNdjson`, less NDJSON_UTF8. */
export async function* readNdjsonBytes(
  path: string,
  options: NdjsonOptions = {},
): AsyncGenerator<NdjsonBytes[], void, undefined> {
  const maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
  let line = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  const checkLength = (bytes: number): void => {
    if (bytes <= maxLineBytes) return;
    const found = `expected at most ${maxLineBytes} bytes, found more; split the resource or raise maxLineBytes`;
    throw failure('NDJSON_LINE_TOO_LONG', path, line + 1, found);
  };
  const whole = options.whole === true;
  const finish = (tail: Buffer, batch: NdjsonBytes[]): void => {
    checkLength(pendingBytes + tail.length);
    const bytes = pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
    pending = [];
    pendingBytes = 0;
    line += 1;
    if (line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      throw failure('NDJSON_BOM', path, line, 'expected no byte order mark, found one; save the file as UTF-8 without it');
    }
    if (whole) {
      batch.push({ line, bytes });
      return;
    }
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    if (!isBlank(bytes, end)) batch.push({ line, bytes: bytes.subarray(0, end) });
  };

  for await (const chunk of chunksOf(path)) {
    const batch: NdjsonBytes[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      finish(chunk.subarray(start, whole ? end + 1 : end), batch);
      start = end + 1;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
      checkLength(pendingBytes);
    }
    if (batch.length > 0) yield batch;
  }
  if (pendingBytes > 0) {
    const batch: NdjsonBytes[] = [];
    finish(Buffer.alloc(0), batch);
    if (batch.length > 0) yield batch;
  }
}

async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  // pipeline passes an error of the file on to the gunzip stream and closes both when the reader stops early.
  const stream = path.endsWith('.gz') ? pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), () => undefined) : file;
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_'))
      throw failure('NDJSON_GZIP', path, null, `expected a whole gzip file, found ${code}; fetch it again`, cause);
    throw failure(
      'NDJSON_UNREADABLE',
      path,
      null,
      `expected a readable file, found ${code || 'an error'}; check the path`,
      cause,
    );
  }
}

function isBlank(bytes: Buffer, end: number): boolean {
  for (let i = 0; i < end; i += 1) if (bytes[i] !== 0x20 && bytes[i] !== 0x09) return false;
  return true;
}

function failure(code: string, path: string, line: number | null, what: string, cause?: unknown): FhirError {
  const where = line === null ? basename(path) : `${basename(path)}, line ${line}`;
  return new FhirError(code, `${where}: ${what}`, { details: { file: basename(path), line }, cause });
}
