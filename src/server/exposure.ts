/**
 * Who can reach the server, and what they must show: the rule that ties address, authentication and encryption together.
 *
 * Choice  this machine only and everybody on it, unless issuers are configured; then everybody shows a token, this machine too, as a
 *         proxy may stand before it
 * Choice  another address is refused without issuers, be it one to listen on or the name of a proxy before this machine's own
 * Choice  another address is refused without TLS unless the operator says that a proxy ends it: a token in clear text is a token lost
 */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { isLoopbackName } from '../fhir/origin.ts';
import { readAccessConfig, type AccessConfig } from './access/access-config.ts';
import { localAccess, type Access } from './access/principal.ts';
import { rateLimit, type RateLimit } from './access/rate-limit.ts';
import { tokenAccess } from './access/token-access.ts';

export interface ExposureOptions {
  /** The address to listen on; 127.0.0.1. */
  readonly host?: string | undefined;
  /** Whose tokens are believed: a configuration, or the file that has it. Required where others than this machine can connect. */
  readonly access?: AccessConfig | string | undefined;
  /** Address by which clients reach the server: https://risk.example.org */
  readonly publicUrl?: string | undefined;
  /** Files of certificate chain and key, PEM: the server then speaks https. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Listen on another address without TLS: a proxy ends it, and nobody else can reach the port. */
  readonly plainHttp?: boolean | undefined;
}

export interface Exposure {
  readonly host: string;
  /** True where only this machine can connect. */
  readonly loopback: boolean;
  readonly access: Access;
  /** Absent where everybody on this machine may ask as often as they like. */
  readonly rate: RateLimit | undefined;
  /** Without a trailing slash. */
  readonly publicUrl: string | undefined;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

/** @throws {UsageError} SERVER_REMOTE_BIND, SERVER_INSECURE, SERVER_OPTION, SERVER_ACCESS_FILE; the file system's own error */
export async function exposureOf(options: ExposureOptions): Promise<Exposure> {
  const { host = '127.0.0.1', access } = options;
  const loopback = isLoopbackName(host) || host === '::1';
  const config = typeof access === 'string' ? await readAccessConfig(access) : access;
  if (!loopback && config === undefined) {
    throw new UsageError(
      'SERVER_REMOTE_BIND',
      `expected an address of this machine, found ${host}: without authentication whoever reaches the server could ask it; ` +
        'say whose tokens are believed (--access FILE), or listen on 127.0.0.1',
    );
  }
  if (!loopback && options.tls === undefined && options.plainHttp !== true) {
    throw new UsageError(
      'SERVER_INSECURE',
      `expected TLS on ${host}, as tokens and records would travel in clear text; give --tls-cert and --tls-key, or --plain-http where a ` +
        'proxy ends TLS and nobody else reaches this port',
    );
  }
  const publicUrl = publicAddress(options.publicUrl);
  if (publicUrl !== undefined && config === undefined && !isLoopbackName(new URL(publicUrl).hostname)) {
    throw new UsageError(
      'SERVER_REMOTE_BIND',
      'publicUrl: expected an address of this machine, found another: who comes by it comes through a proxy, and without authentication could ' +
        'ask for everything; say whose tokens are believed (--access FILE)',
      { details: { option: 'publicUrl' } },
    );
  }
  if (publicUrl === undefined && (config?.cdsClients.length ?? 0) > 0) {
    throw option(
      'publicUrl',
      'the address by which CDS Hooks clients reach the server, as their tokens are made for it (--public-url)',
    );
  }
  return {
    host,
    loopback,
    access: config === undefined ? localAccess : tokenAccess({ config, publicUrl }),
    rate: config === undefined ? undefined : rateLimit({ ...config.rate, monotonic: () => performance.now() }),
    publicUrl,
    tls: options.tls === undefined ? undefined : { cert: await readFile(options.tls.cert), key: await readFile(options.tls.key) },
  };
}

function publicAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackName(url.hostname));
  if (url === undefined || !plain || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw option('publicUrl', 'an https address without query: https://risk.example.org');
  }
  return url.href.replace(/\/+$/, '');
}

function option(name: string, expected: string): UsageError {
  return new UsageError('SERVER_OPTION', `${name}: expected ${expected}`, { details: { option: name } });
}
