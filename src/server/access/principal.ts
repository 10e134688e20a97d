/**
 * Who asks, and what they may do: the one form in which routes, limits and the audit trail know a caller.
 *
 * Choice  a caller is known by issuer and subject together: two issuers may use the same subject for two people
 */
import type { IncomingMessage } from 'node:http';

/** What a route may ask of a caller. */
export const scopes = ['score:read', 'audit:read', 'model:admin', 'metrics:read'] as const;
export type Scope = (typeof scopes)[number];

export interface Principal {
  /** User or client, as its issuer names it. */
  readonly subject: string;
  /** null on a server that only this machine reaches. */
  readonly issuer: string | null;
  /** The application that asks; null where the token does not say. */
  readonly client: string | null;
  /** null where the issuer serves one hospital only. */
  readonly tenant: string | null;
  /** `Patient/id`, the only one this caller may be told about; null where the token names none. */
  readonly patient: string | null;
  readonly scopes: ReadonlySet<Scope>;
}

/** How a route is reached: by everybody, with a scope, or by a CDS Hooks client that signs each call. */
export type RouteAccess = 'open' | Scope | 'cds-client';

export interface Access {
  /**
   * @param needs  what the route asks for, never 'open'
   * @throws {RequestRefusal} SERVER_UNAUTHENTICATED; SERVER_KEYS where an issuer's keys could never be had
   */
  identify(request: IncomingMessage, needs: Exclude<RouteAccess, 'open'>): Promise<Principal> | Principal;
}

/** Everybody who can reach the server: for one that listens to its own machine only. */
export const localPrincipal: Principal = {
  subject: 'local',
  issuer: null,
  client: null,
  tenant: null,
  patient: null,
  scopes: new Set(scopes),
};

export const localAccess: Access = { identify: () => localPrincipal };
