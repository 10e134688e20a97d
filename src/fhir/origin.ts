/**
 * Which addresses a pull may speak to: the origin and the base path of the configured server, and nothing else.
 *
 * In      the server's address as configured; links that its answers name (next page, redirect)
 * Out     an address that is safe to send a request and a token to, or a refusal before any byte is sent
 * Choice  a link must have the base's scheme, host and port, and a path that is the base path itself or below it: HAPI pages at
 *         the bare base, `http://host/fhir?_getpages=…`, without a trailing slash or a type
 * Choice  a link is refused, not repaired, when it holds a user name, a control character, a space, a backslash or an encoded
 *         slash: URL parsers read these in different ways, and the safe reading is not ours to choose
 * Choice  `rewriteOrigin` keeps a link's path and query and never its host: for servers behind a proxy that name themselves wrongly
 */
import { FhirError } from '../errors.ts';

export interface FhirBase {
  /** Address without a trailing slash. */
  readonly text: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path without a trailing slash; empty at the root of a host. */
  readonly path: string;
  readonly hostname: string;
  /** Traffic cannot be read on the way: https, or this machine. */
  readonly confidential: boolean;
}

/** How a link came to us, for the message. */
export type LinkKind = 'next' | 'redirect';

/** A character no link needs in the raw and that parsers disagree about. */
const ambiguous = /[\p{Cc}\p{Z}\\]/u;
const encodedSeparator = /%(2f|5c|00)/i;

/**
 * @param text  address of a FHIR server, http or https, for example https://hapi.fhir.org/baseR4
 * @throws {FhirError} FHIR_BASE_URL when it is no such address, or holds a user, a query or a fragment; FHIR_INSECURE for plain
 *                     http to another machine unless `allowHttp`
 */
export function parseFhirBase(text: string, options: { allowHttp?: boolean } = {}): FhirBase {
  const url = parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw badBase('expected an http or https address without a user name, found other text');
  }
  if (url.search !== '' || url.hash !== '' || text.includes('?')) throw badBase('expected an address without ? or #, found one');
  if (encodedSeparator.test(url.pathname)) throw badBase('expected a path without encoded slashes, found one');
  const confidential = url.protocol === 'https:' || isLoopbackName(url.hostname);
  if (!confidential && options.allowHttp !== true) {
    const what = `expected https, found http to ${url.host}: patient data would travel unprotected; use https or allow http`;
    throw new FhirError('FHIR_INSECURE', what, { details: { host: url.host } });
  }
  const path = url.pathname.replace(/\/+$/, '');
  return { text: url.origin + path, origin: url.origin, path, hostname: url.hostname, confidential };
}

/**
 * The address a link leads to, when it stays at the configured server.
 *
 * @param from  address of the answer that held the link; relative links are resolved against it
 * @throws {FhirError} FHIR_CROSS_ORIGIN when the link leaves the origin or the base path; FHIR_LINK when it cannot be read safely
 */
export function resolveLink(
  base: FhirBase,
  from: string,
  link: string,
  options: { kind: LinkKind; rewriteOrigin?: boolean },
): string {
  const { kind } = options;
  const parsed = parse(link, from);
  if (parsed === null) throw badLink(kind, 'expected a URL, found text that is read in more than one way');
  if (parsed.username !== '' || parsed.password !== '') throw badLink(kind, 'expected no user name before the host, found one');
  parsed.hash = '';
  const url = options.rewriteOrigin === true ? new URL(base.origin + parsed.pathname + parsed.search) : parsed;
  if (url.origin !== base.origin) throw crossOrigin(base, kind, url);
  if (encodedSeparator.test(url.pathname)) throw badLink(kind, 'expected a path without encoded slashes, found one');
  if (url.pathname !== base.path && !url.pathname.startsWith(`${base.path}/`)) throw crossOrigin(base, kind, url);
  return url.href;
}

/** True for names and addresses of this machine, as the URL parser writes them. */
export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parse(text: string, from?: string): URL | null {
  if (text === '' || ambiguous.test(text)) return null;
  try {
    return new URL(text, from);
  } catch {
    return null;
  }
}

function badBase(what: string): FhirError {
  return new FhirError('FHIR_BASE_URL', `server address: ${what}; write it as https://host/path`);
}

function badLink(kind: LinkKind, what: string): FhirError {
  return new FhirError('FHIR_LINK', `${kind} link: ${what}; nothing was sent to it`, { details: { link: kind } });
}

function crossOrigin(base: FhirBase, kind: LinkKind, found: URL): FhirError {
  // The host is said, so that an operator can mend it; path and query may hold identifiers.
  const origin = found.origin === 'null' ? found.protocol : found.origin;
  const where = origin === base.origin ? `${origin} outside ${base.path || '/'}` : origin;
  const remedy = 'set server_address on HAPI or use --rewrite-origin where the server names itself wrongly';
  const message = `${kind} link: expected an address under ${base.text}, found ${where}; nothing was sent there; ${remedy}`;
  return new FhirError('FHIR_CROSS_ORIGIN', message, { details: { link: kind, expected: base.text, found: origin } });
}
