/**
 * Which web pages may call the CDS services from a browser: those the operator listed, and no other.
 *
 * Choice  the origin itself is answered, never `*`, and cookies are not asked for: a client signs its calls
 * Choice  an origin that is not listed, and `null`, gets the answer of a server that knows no CORS; the browser then keeps it from the page
 * Source  Fetch standard, CORS protocol; CDS Hooks 2.0, Cross-Origin Resource Sharing
 */
import type { RequestHandler } from 'express';

/** Seconds a browser may remember a preflight. */
const maxAge = 600;

/** For the paths of the CDS services alone. */
export const cdsPath = /^\/cds-services(\/|$)/;

export function cdsCors(origins: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    if (!cdsPath.test(request.path)) return next();
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return next();
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
    response.setHeader('Access-Control-Max-Age', String(maxAge));
    response.status(204).end();
  };
}
