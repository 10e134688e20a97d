/** The port with TLS: reached by https with its own certificate, by nothing older than TLS 1.2 or weaker; wrong files are told at the start. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createListener, listen, type Patience } from '../../src/server/listener.ts';
import { raw } from './support/served.ts';

const testTls = spawnSync('openssl', ['version']).status === 0 ? test : test.skip;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'listener-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Offer {
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly minVersion?: 'TLSv1';
  readonly ciphers?: string;
}

/** What comes back, over which cipher. */
function ask(port: number, ca: Buffer, offer: Offer): Promise<{ text: string; cipher: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', servername: 'localhost', port, ca, agent: false, ...offer }, (response) => {
      const { name } = (response.socket as TLSSocket).getCipher();
      response.setEncoding('utf8').on('data', (text: string) => resolve({ text, cipher: name }));
    })
      .on('error', reject)
      .end();
  });
}

testTls('https from TLS 1.2 on, by ciphers that keep a recording unreadable, and nothing else', async () => {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const tls = { cert: await readFile(cert), key: await readFile(key) };
  const server = createListener((_request, response) => response.end('reached'), tls);
  await listen(server, '127.0.0.1', 0);
  try {
    const { port } = server.address() as AddressInfo;
    expect(await ask(port, tls.cert, {})).toEqual({ text: 'reached', cipher: 'TLS_AES_256_GCM_SHA384' });
    const weakFirst = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384' } as const;
    expect((await ask(port, tls.cert, weakFirst)).cipher).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(ask(port, tls.cert, old)).rejects.toThrow(/protocol|version|alert/i);
    const unauthenticated = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA' } as const;
    await expect(ask(port, tls.cert, unauthenticated)).rejects.toThrow(/handshake|alert/i);
    // Who comes in clear text is sent nowhere, or nobody would see that it was sent in clear text.
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('files that are no certificate and key', async () => {
  await writeFile(join(dir, 'text'), 'text');
  const text = await readFile(join(dir, 'text'));
  expect(() => createListener(() => undefined, { cert: text, key: text })).toThrow('SERVER_TLS');
});

describe('who takes too long', () => {
  const patience: Patience = { headersTimeout: 150, requestTimeout: 300, timeout: 450, connectionsCheckingInterval: 30 };
  const large = Buffer.alloc(64 * 1024 * 1024);
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createListener(
      (request, response) => {
        if (request.url === '/large') return void response.end(large);
        request.resume().on('end', () => response.end('read'));
      },
      undefined,
      patience,
    );
    await listen(server, '127.0.0.1', 0);
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each([
    ['over its head', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['over its body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345'],
    ['to say a word', ''],
  ])('%s is told so, and the connection ends', async (_title, text) => {
    const received = await raw(port, text);
    if (text === '') expect(received).toMatch(/^(HTTP\/1\.1 408 |$)/);
    else expect(received).toMatch(/^HTTP\/1\.1 408 [\s\S]*SERVER_REQUEST_TIMEOUT/);
  });

  test('to read the answer loses the connection', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.pause();
    await new Promise<void>(
      (resolve) => void server.once('request', (_request, response) => response.once('close', () => resolve())),
    );
    expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0);
    socket.destroy();
  });

  test('is patient with a request of usual size, and with many on one connection', async () => {
    const one = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345';
    const last = one.replace('Host: localhost', 'Host: localhost\r\nConnection: close');
    expect((await raw(port, `${one.repeat(20)}${last}`)).match(/HTTP\/1\.1 200/g)).toHaveLength(21);
  });
});
