/**
 * What a request must be before its route looks at it: framed clearly, meant for this server, of a method and type that is offered.
 *
 * Choice  a server of this machine answers only to names of this machine, so that a web page cannot reach it through a name it owns
 */
import type { Socket } from 'node:net';
import type { Request, RequestHandler } from 'express';
import type { Lifecycle } from './lifecycle.ts';
import { RequestRefusal } from './operation-outcome.ts';

/** What holds for every request, whatever its path. @param publicUrl  whose name a proxy in front may pass on */
export function framing(lifecycle: Lifecycle, loopback: boolean, publicUrl?: string): RequestHandler {
  const publicName = publicUrl === undefined ? undefined : new URL(publicUrl).hostname.toLowerCase();
  const ended = new WeakSet<Socket>();
  /** What stands behind such a request may be a part of it, and is not run. */
  const unclear = ({ socket }: Request, expected: string): RequestRefusal => {
    ended.add(socket);
    return new RequestRefusal('SERVER_HEADER', expected, { Connection: 'close' });
  };
  return (request, response, next) => {
    if (ended.has(request.socket)) return;
    response.setHeader('Cache-Control', 'no-store');
    if (lifecycle.phase === 'stopping') response.setHeader('Connection', 'close');
    const coding = request.headers['transfer-encoding'];
    if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
      // Two readers of one connection that disagree on where a body ends can be played against each other.
      throw unclear(request, 'expected Transfer-Encoding chunked or none');
    }
    // The same goes for readers that disagree on whom a request is for.
    const hosts = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
    if (hosts.length !== 1) throw unclear(request, 'expected one Host header');
    if (!request.originalUrl.startsWith('/')) throw unclear(request, 'expected a path, found an address of another form');
    const host = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(request.headers.host ?? '')?.[1];
    const own = host !== undefined && (host.toLowerCase() === publicName || isLoopbackHost(host));
    if (host === undefined || (loopback && !own)) {
      throw new RequestRefusal('SERVER_HOST', 'the Host header names another server; connect by localhost or 127.0.0.1');
    }
    next();
  };
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host);
}

/** @param types  that the route can answer with. @throws {RequestRefusal} SERVER_NOT_ACCEPTABLE */
export function requireAccepted(request: Request, types: readonly string[]): void {
  if (request.headers.accept === undefined || request.accepts([...types]) !== false) return;
  throw new RequestRefusal('SERVER_NOT_ACCEPTABLE', `expected to be asked for ${types.join(' or ')}`);
}

/** Every other method: 405 with the ones that are offered. */
export function only(methods: string): RequestHandler {
  return () => {
    throw new RequestRefusal('SERVER_METHOD', `offered here: ${methods}`, { Allow: methods });
  };
}
