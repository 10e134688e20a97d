/**
 * JSON from a file that may be hostile: what JSON.parse would quietly accept and two readers could read differently is refused.
 *
 * Refused  a key twice in one object; the keys __proto__, constructor and prototype; nesting beyond 64; text that is not UTF-8
 * Method   JSON.parse decides what is JSON; one pass over the same text then looks at the keys, so no second grammar is kept
 */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DEPTH = 64;

/**
 * @param bytes  UTF-8 without byte order mark
 * @throws {SyntaxError} saying what was found; never quoting more than a key
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError('expected UTF-8, found other bytes');
  }
  // Before JSON.parse: deep nesting is the one thing that costs more than its size.
  checkKeys(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The engine's own message quotes the text around the fault.
    throw new SyntaxError('expected JSON, found other text');
  }
}

/** Walks brackets and strings; on text that is not JSON it may find nothing, which JSON.parse then does. */
function checkKeys(text: string): void {
  /** One entry per open bracket: the keys seen so far, or undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '{' || c === '[') {
      open.push(c === '{' ? new Set() : undefined);
      if (open.length > MAX_DEPTH) throw new SyntaxError(`expected nesting of at most ${MAX_DEPTH}, found more`);
    } else if (c === '}' || c === ']') {
      open.pop();
    } else if (c === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && nextIsColon(text, end)) {
        const key = readKey(text.slice(at, end));
        if (FORBIDDEN.has(key)) throw new SyntaxError(`expected plain keys, found ${key}`);
        if (keys.has(key)) throw new SyntaxError(`expected each key once, found ${JSON.stringify(key.slice(0, 64))} twice`);
        keys.add(key);
      }
      at = end;
      continue;
    }
    at++;
  }
}

/** Position one past the closing quote. */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function nextIsColon(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++;
  return text[at] === ':';
}

function readKey(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw new SyntaxError('expected JSON, found other text');
  }
}
