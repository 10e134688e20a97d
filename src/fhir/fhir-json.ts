/**
 * The body of an answer as a FHIR resource, or the reason it is none.
 *
 * In      decoded bytes and headers of an answer
 * Out     the parsed resource and the bytes, in UTF-8 and without a byte order mark, that it was parsed from
 * Choice  another charset is converted when its label is known; text that is not valid in its charset is refused, so that a name
 *         is never stored garbled
 * Choice  broken JSON may be a page cut off by a proxy and is worth another try; a web page or another kind of resource is not
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { FhirError } from '../errors.ts';
import { describeOutcome } from './outcome.ts';

export interface FhirJson {
  readonly resource: Readonly<Record<string, unknown>> & { readonly resourceType: string };
  readonly bytes: Buffer;
}

/** @throws {FhirError} FHIR_ENCODING, FHIR_NOT_FHIR (HTML and the like), FHIR_JSON, FHIR_UNEXPECTED_RESOURCE; never quotes the body */
export function parseFhirJson(body: Buffer, headers: IncomingHttpHeaders): FhirJson {
  const bytes = withoutMark(toUtf8(body, headers['content-type'] ?? ''));
  const contentType = (headers['content-type'] ?? '').toLowerCase();
  const first = bytes.find((byte) => byte > 0x20);
  if (/html|xml/.test(contentType) || first === 0x3c) {
    const what =
      'expected FHIR JSON, found a web page or XML: a login page, a proxy or a wrong server address; check the address';
    throw new FhirError('FHIR_NOT_FHIR', what);
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the text, so it is not kept as the cause.
    throw new FhirError('FHIR_JSON', 'expected JSON, found text that ends early or is broken');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected('a JSON value that is no resource');
  const { resourceType } = value as { resourceType?: unknown };
  if (typeof resourceType !== 'string') throw unexpected('an object without resourceType');
  return { resource: value as FhirJson['resource'], bytes };
}

/** The error for a resource of another type than was asked for. */
export function unexpectedResource(expected: string, found: unknown): FhirError {
  const outcome = describeOutcome(found);
  const type = (found as { resourceType?: unknown } | null)?.resourceType;
  const name = typeof type === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(type) ? type : 'another value';
  return unexpected(outcome === null ? name : `OperationOutcome (${outcome})`, expected);
}

function unexpected(found: string, expected = 'a FHIR resource'): FhirError {
  const what = `expected ${expected}, found ${found}; check that the address is a FHIR R4 server`;
  return new FhirError('FHIR_UNEXPECTED_RESOURCE', what, { details: { expected } });
}

function toUtf8(body: Buffer, contentType: string): Buffer {
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii') {
    if (isUtf8(body)) return body;
    throw new FhirError('FHIR_ENCODING', 'expected UTF-8, found other bytes; the server must send UTF-8 or name its charset');
  }
  try {
    return Buffer.from(new TextDecoder(charset, { fatal: true }).decode(body), 'utf8');
  } catch (cause) {
    throw new FhirError('FHIR_ENCODING', `expected text in ${charset}, found an unknown charset or other bytes`, { cause });
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
