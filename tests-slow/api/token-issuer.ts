/**
 * An issuer of tokens on this machine, and a CDS client that signs its own: keys, and a token for whoever names the path that is to be asked.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const alg = 'ES384';
const audience = 'readmission';

export interface Issuer {
  /** What the server is told of issuer and client. */
  readonly accessFile: object;
  /** POST {path}: a token for it. */
  readonly tokenUrl: string;
  /** Address that CDS clients know the server by. */
  publicUrl: string;
  /** Of the access tokens from now on. */
  scope: string;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg, use: 'sig' }] };
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.setHeader('content-type', 'application/json').end(JSON.stringify(keys));
    void pathOf(request)
      .then(token)
      .then((text) => response.end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const token = (path: string): Promise<string> => {
    const isCds = /^\/cds-services\/./.test(path);
    const claims = isCds ? { jti: randomUUID() } : { sub: 'somebody', client_id: 'schemathesis', scope: issuer.scope };
    return new SignJWT(claims)
      .setProtectedHeader({ alg, kid: 'k1', typ: 'JWT' })
      .setIssuer(isCds ? `${url}/cds` : url)
      .setAudience(isCds ? `${issuer.publicUrl}${path}` : audience)
      .setIssuedAt()
      .setExpirationTime('4 minutes')
      .sign(privateKey);
  };
  const issuer: Issuer = {
    accessFile: {
      issuers: [{ issuer: url, audience, jwksUri: `${url}/jwks` }],
      cdsClients: [{ issuer: `${url}/cds`, jwksUri: `${url}/jwks` }],
      rate: { perMinute: 1e6, burst: 1e6 },
    },
    tokenUrl: `${url}/token`,
    publicUrl: '',
    scope: 'score:read audit:read model:admin',
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}

async function pathOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return (JSON.parse(text) as { path: string }).path;
}
