/**
 * Where each resource lies in the bytes of a page, so that it can be kept exactly as the server wrote it.
 *
 * In      the bytes of one searchset Bundle that JSON.parse has accepted
 * Out     for each entry, in order: start and end of its resource, its depth, how many members its objects have, whether it
 *         holds \u escapes
 * Choice  the bytes are kept rather than written anew because FHIR decimals carry precision (0.10 is not 0.1) and JSON.parse drops it
 * Choice  only strings and brackets are read: in text already known to be valid JSON these alone decide where a value ends.
 *         A key with an escape at the levels that matter could be "resource" in disguise: then no spans are given, and the
 *         caller writes the parsed resource instead
 * Source  RFC 8259
 */
export interface EntrySpan {
  /** First byte of the resource. */
  readonly start: number;
  /** One past its last byte. */
  readonly end: number;
  /** Nesting of objects and arrays; a resource of plain values has depth 1. */
  readonly depth: number;
  /** Members of all its objects together, repeated keys counted each time. */
  readonly members: number;
  /** True when a string in it holds a \u escape. */
  readonly escaped: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const entryKey = Buffer.from('entry');
const resourceKey = Buffer.from('resource');

/** @returns one span per entry, undefined for an entry without a resource object; undefined when spans cannot be told for sure */
export function resourceSpans(page: Buffer): Array<EntrySpan | undefined> | undefined {
  let spans: Array<EntrySpan | undefined> = [];
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let start = -1;
  let escaped = false;
  let keyStart = 0;
  let keyEnd = 0;
  let keyEscaped = false;
  /** The value of "entry" comes next; we are inside it; the value of "resource" comes next. */
  let beforeEntries = false;
  let inEntries = false;
  let beforeResource = false;
  const isKey = (key: Buffer): boolean =>
    keyEnd - keyStart === key.length && page.compare(key, 0, key.length, keyStart, keyEnd) === 0;

  for (let i = 0; i < page.length; i += 1) {
    switch (page[i]) {
      case quote: {
        keyStart = i + 1;
        keyEscaped = false;
        for (i += 1; page[i] !== quote; i += 1) {
          if (i >= page.length) return undefined;
          if (page[i] !== backslash) continue;
          keyEscaped = true;
          i += 1;
          if (page[i] === 0x75) escaped = true;
        }
        keyEnd = i;
        break;
      }
      case 0x3a: // :
        members += 1;
        if (depth !== 1 && depth !== 3) break;
        if (keyEscaped && (depth === 1 || inEntries)) return undefined;
        if (depth === 1) beforeEntries = isKey(entryKey);
        else if (inEntries) beforeResource = isKey(resourceKey);
        break;
      case 0x2c: // ,
        if (depth === 1) beforeEntries = false;
        else if (depth === 3) beforeResource = false;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > deepest) deepest = depth;
        if (depth === 2) {
          // A repeated "entry" replaces the first, as it does for JSON.parse.
          if (beforeEntries) spans = [];
          inEntries = beforeEntries && page[i] === 0x5b;
          beforeEntries = false;
        } else if (depth === 3 && inEntries) {
          spans.push(undefined);
        } else if (depth === 4 && inEntries && beforeResource && page[i] === 0x7b) {
          start = i;
          deepest = 4;
          members = 0;
          escaped = false;
          beforeResource = false;
        }
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 4 && start >= 0) {
          spans[spans.length - 1] = { start, end: i + 1, depth: deepest - 3, members, escaped };
          start = -1;
        } else if (depth === 2) inEntries = false;
        depth -= 1;
        break;
      default:
    }
  }
  return spans;
}
