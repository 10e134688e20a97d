/**
 * A route as data: what it takes, what it answers with, who may call it and what is kept of it. Gates, audit, limits and the API's
 * description are all read from here, so that a new route cannot be forgotten by one of them.
 *
 * Choice  a handler returns its answer and never sends it: the audit entry is on disk before the first byte goes out
 */
import type { Readable } from 'node:stream';
import type { Request } from 'express';
import type { Principal, RouteAccess } from './access/principal.ts';
import type { AuditAction, AuditFacts } from './audit/audit-trail.ts';

type Json = Readonly<Record<string, unknown>>;

/** A call that has passed the gates. */
export interface Asked {
  readonly request: Request;
  readonly requestId: string;
  /** null on open routes. */
  readonly principal: Principal | null;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
  /** A parameter of the path, of the form of a FHIR id. */
  param(name: string): string;
  /** The body as JSON. @throws {RequestRefusal} SERVER_BODY, SERVER_BODY_DEPTH */
  json(): unknown;
  /** Notes whom the request is about as soon as it is known, for the audit entry of a refusal. */
  note(facts: Partial<AuditFacts>): void;
}

export interface Answer {
  /** 200 by default. */
  readonly status?: number;
  /** Objects are sent as JSON. */
  readonly body: object | string | Buffer | Readable;
  /** The first of the route's types by default. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the audit entry says; required of routes with an action. */
  readonly facts?: AuditFacts;
  /** An answer that was given before, and is on record. */
  readonly isOnRecord?: boolean;
  /** Called once, when it is known whether the answer will be given: its audit entry is on disk, and the client is still there. */
  readonly settle?: (willAnswer: boolean) => void | Promise<void>;
}

/** A part of the description of the API (OpenAPI 3.1); statuses that any route can answer with are added. */
export interface RouteDescription {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Schema by media type of a 200; see ./open-api.ts for references. */
  readonly answer: Json;
  /** Other successes by status. */
  readonly answers?: Readonly<Record<number, { readonly description: string; readonly content?: Json }>>;
  /** Statuses of errors that this route can answer with. */
  readonly errors: readonly number[];
  readonly requestBody?: Json;
  readonly parameters?: readonly Json[];
}

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** Express pattern; parameters are FHIR ids: /fhir/Encounter/:id/$readmission-risk */
  readonly path: string;
  readonly access: RouteAccess;
  /** Weight in the caller's rate limit: 1 for what costs as much as one score by features. */
  readonly cost: number;
  /** Media types it can answer with, the default first. */
  readonly produces: readonly string[];
  /** Of routes that take one; where it is optional, nothing at all needs no type. */
  readonly body?: { readonly types: readonly string[]; readonly limitBytes: number; readonly optional?: boolean };
  /** Counts among the scores under way at once. */
  readonly scores?: boolean;
  /** What an audit entry calls it; absent where nothing about patients or the model's state is told. */
  readonly action?: AuditAction;
  /** Errors are OperationOutcomes whatever is accepted. */
  readonly speaksFhir?: boolean;
  readonly describe: RouteDescription;
  handle(asked: Asked): Answer | Promise<Answer>;
}
