/**
 * Where the values of a few keys lie in the bytes of a JSON object, without parsing it.
 *
 * In      one JSON object and the keys wanted, at its top level
 * Out     for each key, the bytes [from, to) of its value, or -1 where it is absent; reading stops when all are found
 * Choice  keys are compared as bytes: a key written with escapes ("\u0069d") is not found, and no FHIR writer does that
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * @param keys   ASCII bytes of each key, without quotes
 * @param spans  length 2 × keys; overwritten
 * @returns      number of keys found; -1 when the bytes are not a JSON object as far as they were read
 */
export function findFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  keys: readonly Uint8Array[],
  spans: Int32Array,
): number {
  spans.fill(-1);
  let found = 0;
  let at = skipSpace(bytes, start, end);
  if (bytes[at] !== openBrace) return -1;
  at = skipSpace(bytes, at + 1, end);
  if (bytes[at] === closeBrace) return 0;
  while (at < end) {
    if (bytes[at] !== quote) return -1;
    const keyEnd = stringEnd(bytes, at, end);
    const key = keyAt(bytes, at + 1, keyEnd - 1, keys);
    at = skipSpace(bytes, keyEnd, end);
    if (bytes[at] !== colon) return -1;
    const from = skipSpace(bytes, at + 1, end);
    const to = valueEnd(bytes, from, end);
    if (key !== -1 && spans[2 * key] === -1) {
      spans[2 * key] = from;
      spans[2 * key + 1] = to;
      found += 1;
      if (found === keys.length) return found;
    }
    at = skipSpace(bytes, to, end);
    if (bytes[at] === closeBrace) return found;
    if (bytes[at] !== comma) return -1;
    at = skipSpace(bytes, at + 1, end);
  }
  return -1;
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break;
    at += 1;
  }
  return at;
}

/** The position after the closing quote; `end` when there is none. */
function stringEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    at += byte === backslash ? 2 : 1;
  }
  return end;
}

function valueEnd(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from];
  if (first === quote) return stringEnd(bytes, from, end);
  let at = from;
  let depth = 0;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote) {
      at = stringEnd(bytes, at, end);
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === comma && depth === 0) return at;
    at += 1;
  }
  return end;
}

function keyAt(bytes: Uint8Array, from: number, to: number, keys: readonly Uint8Array[]): number {
  next: for (let k = 0; k < keys.length; k += 1) {
    const key = keys[k] as Uint8Array;
    if (key.length !== to - from) continue;
    for (let i = 0; i < key.length; i += 1) if (bytes[from + i] !== key[i]) continue next;
    return k;
  }
  return -1;
}
