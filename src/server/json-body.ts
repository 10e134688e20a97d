/**
 * The body of a request: its type, size and nesting checked before it becomes values.
 *
 * In      a request
 * Out     any JSON value; or a refusal that quotes nothing of the body
 * Choice  bytes are read raw and parsed here: Express's own reader puts the whole body into its error object, and V8's messages
 *         quote it
 * Choice  too large a body is refused before it is read where its length is declared, and the connection closed
 */
import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { RequestRefusal } from './operation-outcome.ts';
import type { Route } from './route.ts';

export const jsonTypes: readonly string[] = ['application/json', 'application/fhir+json'];
/** Resources of care nest below 20. */
const maxDepth = 64;

/** Reads the body of a route: raw bytes, left in request.body. @param limitBytes  of the body as sent, and inflated */
export function bodyReader({
  limitBytes,
  types,
  optional = false,
}: NonNullable<Route['body']>): (request: Request, response: Response) => Promise<void> {
  const inflate = express.raw({ type: () => true, limit: limitBytes });
  return async (request, response) => {
    const { headers } = request;
    if (!isOfType(request, types) && !(optional && isWithoutBody(request))) {
      throw new RequestRefusal('SERVER_MEDIA_TYPE', `expected a body of type ${types.join(' or ')} in UTF-8; set Content-Type`, {
        Accept: types.join(', '),
      });
    }
    if (Number(headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
    if (headers['content-encoding'] === undefined) {
      // Nothing to inflate is nearly always the case, and then Express's reader costs more than the parsing.
      if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
        request.body = await plainBytes(request, limitBytes);
      }
      return;
    }
    await new Promise<void>((resolve, reject) => {
      inflate(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error as Error)));
    });
  };
}

function plainBytes(request: Request, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const take = (part: Buffer): void => {
      size += part.length;
      if (size <= limitBytes) return void parts.push(part);
      request.off('data', take).pause();
      reject(tooLarge(limitBytes));
    };
    request.on('data', take);
    request.once('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size)));
    // Of a body that was read whole, this comes too late to matter.
    request.once('error', () => reject(endedEarly()));
  });
}

export function parseBody(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new RequestRefusal('SERVER_BODY', 'expected JSON, found an empty body');
  requireShallow(body);
  if (isUtf8(body)) {
    const text = body.toString('utf8');
    try {
      return JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
    } catch {
      // The parser's own message quotes the text around the fault.
    }
  }
  throw new RequestRefusal('SERVER_BODY', 'expected JSON in UTF-8, found bytes that are not; check commas, quotes and numbers');
}

/** What Express's body reader throws, in our words. */
export function bodyRefusal(error: unknown, limitBytes: number): RequestRefusal | undefined {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (status === 413) return tooLarge(limitBytes);
  if (status === 415) {
    return new RequestRefusal(
      'SERVER_MEDIA_TYPE',
      `expected a body as it is or in gzip, found another encoding; change Content-Encoding`,
    );
  }
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const what = type === 'request.aborted' ? 'a connection that ended early' : 'bytes that cannot be read';
  return new RequestRefusal('SERVER_BODY', `expected a whole request, found ${what}`, { Connection: 'close' });
}

const byteOrderMark = '\ufeff';

function isOfType({ headers }: Request, types: readonly string[]): boolean {
  const given = headers['content-type'] ?? '';
  // As most clients write it.
  if (types.includes(given)) return true;
  const [type, ...parameters] = given.split(';').map((part) => part.trim().toLowerCase());
  if (!types.includes(type ?? '')) return false;
  return parameters.every((parameter) => !parameter.startsWith('charset') || /^charset="?utf-8"?$/.test(parameter));
}

/** Neither a length above zero nor chunks are announced, and no type either. */
function isWithoutBody({ headers }: Request): boolean {
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return isEmpty && headers['content-type'] === undefined;
}

function endedEarly(): RequestRefusal {
  return new RequestRefusal('SERVER_BODY', 'expected a whole request, found a connection that ended early', {
    Connection: 'close',
  });
}

function tooLarge(limitBytes: number): RequestRefusal {
  const limit = limitBytes >= 1_048_576 ? `${Math.round(limitBytes / 1_048_576)} MiB` : `${limitBytes} bytes`;
  return new RequestRefusal(
    'SERVER_BODY_TOO_LARGE',
    `expected at most ${limit}; send fewer records or raise the limit of the server`,
    {
      Connection: 'close',
    },
  );
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside strings; cheaper than parsing what will be refused. */
function requireShallow(json: Buffer): void {
  if (hasFewer(json, maxDepth)) return;
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i] as number;
    if (byte === quote) {
      for (i += 1; i < json.length && json[i] !== quote; i += 1) if (json[i] === backslash) i += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > maxDepth) {
        throw new RequestRefusal('SERVER_BODY_DEPTH', `expected objects and lists nested at most ${maxDepth} deep, found more`);
      }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}

/** Whether there are at most so many opening brackets, in strings or not: then they cannot nest deeper either. */
function hasFewer(json: Buffer, most: number): boolean {
  let found = 0;
  for (const bracket of [0x7b, 0x5b]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      found += 1;
      if (found > most) return false;
    }
  }
  return true;
}
