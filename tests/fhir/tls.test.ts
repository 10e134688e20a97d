/** Certificates: trusted by their authority or refused with the reason; there is no way around. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFhirBase } from '../../src/fhir/origin.ts';
import { createTransport } from '../../src/fhir/transport.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const testTls = hasOpenssl ? test : test.skip;
let dir: string;
const servers: Server[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tls-'));
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(dir, { recursive: true });
});

/** A server with a certificate of its own, for `host`. */
async function serve(host: string, maxVersion: 'TLSv1.2' | 'TLSv1.1' = 'TLSv1.2'): Promise<{ url: string; ca: string }> {
  const [key, cert] = [join(dir, `${host}.key`), join(dir, `${host}.crt`)];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const old = maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT@SECLEVEL=0' } : {};
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert), maxVersion, ...old }, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/fhir+json', connection: 'close' }).end('{"resourceType":"Bundle"}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `https://localhost:${(server.address() as AddressInfo).port}/fhir`, ca: readFileSync(cert, 'utf8') };
}

async function ask(url: string, ca?: string): Promise<unknown> {
  const transport = createTransport({ base: parseFhirBase(url), ca, timeoutMs: 2000, retry: { maxTries: 1 } });
  try {
    return await transport.send({ method: 'GET', url }).then(
      () => 'answered',
      (error: unknown) => error,
    );
  } finally {
    transport.close();
  }
}

describe('certificates', () => {
  testTls('its own authority is trusted when it is named, and only then', async () => {
    const { url, ca } = await serve('localhost');
    expect(await ask(url, ca)).toBe('answered');
    expect(await ask(url)).toMatchObject({ code: 'FHIR_TLS', details: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  });

  testTls('a certificate for another name is refused', async () => {
    const { url, ca } = await serve('other.example');
    expect(await ask(url, ca)).toMatchObject({ code: 'FHIR_TLS', details: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  });

  testTls('TLS 1.1 is refused', async () => {
    const { url, ca } = await serve('localhost', 'TLSv1.1');
    expect(await ask(url, ca)).toMatchObject({ code: 'FHIR_TLS' });
  });
});
