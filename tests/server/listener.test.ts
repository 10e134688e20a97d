/** The port with TLS: reached by https with its own certificate, by nothing older than TLS 1.2; wrong files are told at the start. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createListener, listen } from '../../src/server/listener.ts';

const testTls = spawnSync('openssl', ['version']).status === 0 ? test : test.skip;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'listener-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function ask(port: number, ca: Buffer, maxVersion: 'TLSv1.1' | 'TLSv1.3'): Promise<string> {
  const old = maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT@SECLEVEL=0' } : {};
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', servername: 'localhost', port, ca, maxVersion, ...old }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    })
      .on('error', reject)
      .end();
  });
}

testTls('https from TLS 1.2 on', async () => {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const tls = { cert: await readFile(cert), key: await readFile(key) };
  const server = createListener((_request, response) => response.end('reached'), tls);
  await listen(server, '127.0.0.1', 0);
  try {
    const { port } = server.address() as AddressInfo;
    expect(await ask(port, tls.cert, 'TLSv1.3')).toBe('reached');
    await expect(ask(port, tls.cert, 'TLSv1.1')).rejects.toThrow(/protocol|version|alert/i);
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
