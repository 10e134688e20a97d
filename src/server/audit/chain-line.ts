/**
 * One line of the audit trail, and how it is chained to the line before.
 *
 * Rule    a line is one JSON object in UTF-8 whose last member is `hash`, then a line feed. Let CONTENT be the line as written, without
 *         `,"hash":"…"`: an object again. Then hash = lower-case hex of SHA-256(hash of the line before, its 64 characters ‖ CONTENT);
 *         for the first line of all, 64 zeros stand in the place of the hash before. Bytes are hashed as they stand; nothing is parsed
 *         or put in order first, so any tool with SHA-256 can follow the chain
 * Rule    every line has `seq`, 1 for the first of all and one more on each line across all files, `time` (UTC, milliseconds) and `kind`
 * Choice  the chain has no secret: who may rewrite all of it can make another. What gives it away is a pair seq and hash that was noted
 *         elsewhere (log, metrics, the output of a verification), which a later verification is given to look for
 */
import { createHash } from 'node:crypto';
import { sha256 } from '../../util/sha256.ts';

/** Where a chain stands: number and hash of its last line. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

export const chainStart: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

/** A line as it was stored. */
export interface StoredLine {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly hash: string;
  readonly [member: string]: unknown;
}

/** Length of `,"hash":"…"}`, bytes. */
const sealLength = 75;
const seal = /^,"hash":"([0-9a-f]{64})"\}$/;

/**
 * @param content  members after seq and time, `kind` among them; none of its own called hash
 * @returns        the line with its line feed, and where the chain stands after it
 */
export function sealLine(
  end: ChainEnd,
  time: string,
  content: { readonly kind: string; readonly [member: string]: unknown },
): { readonly line: string; readonly end: ChainEnd } {
  const seq = end.seq + 1;
  const text = JSON.stringify({ seq, time, ...content });
  const hash = sha256(end.hash + text);
  return { line: `${text.slice(0, -1)},"hash":"${hash}"}\n`, end: { seq, hash } };
}

/** What is wrong with a line: not of the form of one, changed (or not the one that was written here), or out of order. */
export type LineFault = 'form' | 'hash' | 'seq';

/** @param line  without its line feed; null where it has not the form of a line */
export function readLine(line: Buffer): StoredLine | null {
  if (!seal.test(line.toString('latin1', line.length - sealLength))) return null;
  try {
    const value = JSON.parse(line.toString('utf8')) as Partial<StoredLine> | null;
    const isLine = Number.isSafeInteger(value?.seq) && typeof value?.time === 'string' && typeof value.kind === 'string';
    return isLine ? (value as StoredLine) : null;
  } catch {
    return null;
  }
}

/** Whether this line follows on a chain that stands at `end`. @returns null where it does */
export function faultOf(line: Buffer, stored: StoredLine | null, end: ChainEnd): LineFault | null {
  if (stored === null) return 'form';
  const hash = createHash('sha256').update(end.hash).update(line.subarray(0, -sealLength)).update('}').digest('hex');
  if (hash !== stored.hash) return 'hash';
  return stored.seq === end.seq + 1 ? null : 'seq';
}
