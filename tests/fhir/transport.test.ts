/** The transport against servers that misbehave on the wire: nothing leaves the configured server, everything ends, nothing leaks. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { FhirError } from '../../src/errors.ts';
import { parseFhirBase } from '../../src/fhir/origin.ts';
import { createTransport, type Transport, type TransportOptions } from '../../src/fhir/transport.ts';

const canary = 'ZZTOKEN-canary-1234567890';
const bundle = { resourceType: 'Bundle', type: 'searchset', note: 'Ångström é 漢' };
const closers: Array<() => void> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (request: IncomingMessage, response: ServerResponse, n: number) => void;

async function serve(handler: Handler): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createHttp((request, response) => {
    requests.push(request);
    request.resume();
    handler(request, response, requests.length);
  });
  const port = await listen(server);
  closers.push(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${port}/fhir`, requests };
}

/** A server of bytes: writes what it is told and closes, or not. */
async function serveRaw(write: (socket: Socket, n: number) => void): Promise<{ url: string; connections: () => number }> {
  let n = 0;
  const server = createTcp((socket) => {
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
    socket.once('data', () => write(socket, (n += 1)));
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}/fhir`, connections: () => n };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function transportTo(url: string, options: Partial<TransportOptions> = {}): Transport & { waits: number[] } {
  const waits: number[] = [];
  const transport = createTransport({
    base: parseFhirBase(url, { allowHttp: true }),
    timeoutMs: 5_000,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  closers.push(() => transport.close());
  return Object.assign(transport, { waits });
}

function json(response: ServerResponse, value: unknown = bundle, headers: Record<string, string> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json;charset=utf-8', ...headers });
  response.end(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value));
}

const get = (transport: Transport, url: string) => transport.send({ method: 'GET', url: `${url}/Patient` });
const failure = async (promise: Promise<unknown>): Promise<FhirError> => {
  const error: unknown = await promise.then(
    () => new Error('it succeeded'),
    (e: unknown) => e,
  );
  return error as FhirError;
};

describe('where it goes', () => {
  test('an address outside the server gets no connection and no token', async () => {
    const other = await serve((_q, response) => json(response));
    const own = await serve((_q, response) => json(response));
    const transport = transportTo(own.url, { token: () => Promise.resolve(canary) });
    await expect(transport.send({ method: 'GET', url: `${other.url}?_getpages=1` })).rejects.toMatchObject({
      code: 'FHIR_CROSS_ORIGIN',
    });
    expect(other.requests).toHaveLength(0);
  });

  test('a redirect is followed within the server, three times at most, and never outside', async () => {
    const other = await serve((_q, response) => json(response));
    const own = await serve((request, response) => {
      const step = Number(new URL(request.url ?? '', 'http://x').searchParams.get('step'));
      const to = request.url?.includes('outside') ? `${other.url}/Patient` : `/fhir/Patient?step=${step + 1}`;
      if (request.url?.includes('end') || step === 3) json(response);
      else json(response, '', { location: to }, 307);
    });
    const transport = transportTo(own.url, { token: () => Promise.resolve(canary) });
    const answer = await transport.send({ method: 'POST', url: `${own.url}/Patient?step=0`, body: 'a=1' });
    expect(answer.url).toBe(`${own.url}/Patient?step=3`);
    expect(own.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST']);
    await expect(get(transport, `${own.url}/outside`)).rejects.toMatchObject({ code: 'FHIR_CROSS_ORIGIN' });
    await expect(transport.send({ method: 'GET', url: `${own.url}/Patient?step=-9` })).rejects.toMatchObject({
      code: 'FHIR_REDIRECT',
    });
    expect(other.requests).toHaveLength(0);
  });

  test('303 turns a search into a read of its result', async () => {
    const own = await serve((request, response) =>
      request.method === 'POST' ? json(response, '', { location: '/fhir/result' }, 303) : json(response),
    );
    await transportTo(own.url).send({ method: 'POST', url: `${own.url}/Patient/_search`, body: 'a=1' });
    expect(own.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /fhir/Patient/_search', 'GET /fhir/result']);
    expect(own.requests[1]?.headers['content-length']).toBeUndefined();
  });

  test('a host name that leads to the metadata service is refused', async () => {
    const host = 'http://fhir.example/fhir';
    const transport = transportTo(host, { lookup: (_n, _o, done) => done(null, [{ address: '169.254.169.254', family: 4 }]) });
    await expect(get(transport, host)).rejects.toMatchObject({ code: 'FHIR_ADDRESS_REFUSED' });
    expect(transport.waits).toEqual([]);
  });
});

describe('the token', () => {
  test('travels in the Authorization header alone', async () => {
    const own = await serve((_q, response) => json(response));
    await get(transportTo(own.url, { token: () => Promise.resolve(canary) }), own.url);
    const [request] = own.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(request?.url).not.toContain(canary);
    expect(JSON.stringify({ ...request?.headers, authorization: '' })).not.toContain(canary);
  });

  test('a 401 asks for another token once; a second one is final', async () => {
    const own = await serve((request, response) =>
      request.headers.authorization === 'Bearer new' ? json(response) : json(response, {}, {}, 401),
    );
    const given: Array<string | undefined> = [];
    const renewing = transportTo(own.url, {
      token: (refused) => {
        given.push(refused);
        return Promise.resolve(refused === undefined ? 'old' : 'new');
      },
    });
    await get(renewing, own.url);
    expect(given).toEqual([undefined, 'old']);
    const stubborn = transportTo(own.url, { token: () => Promise.resolve(canary) });
    const error = await failure(get(stubborn, own.url));
    expect(error.code).toBe('FHIR_UNAUTHORIZED');
    expect(error.message).not.toContain(canary);
    expect(own.requests).toHaveLength(4);
  });

  test('is not sent over http to another machine, nor with line ends in it', async () => {
    const sent: string[] = [];
    const open = transportTo('http://fhir.example/r4', {
      token: () => Promise.resolve(canary),
      lookup: (name) => void sent.push(name),
    });
    const error = await failure(get(open, 'http://fhir.example/r4'));
    expect(error).toMatchObject({ code: 'FHIR_INSECURE' });
    expect(sent).toEqual([]);
    const own = await serve((_q, response) => json(response));
    const broken = await failure(get(transportTo(own.url, { token: () => Promise.resolve(`${canary}\r\nX: 1`) }), own.url));
    expect(broken.code).toBe('FHIR_TOKEN');
    expect(String(broken.stack)).not.toContain(canary);
    expect(own.requests).toHaveLength(0);
  });
});

describe('trying again', () => {
  const now = Date.UTC(2026, 10, 24, 12, 0, 0);
  test.each([
    ['seconds', '7', 7000],
    ['an HTTP date', 'Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['a date that has passed', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('429 with %s waits exactly that', async (_title, header, wait) => {
    const own = await serve((_q, response, n) => (n < 3 ? json(response, {}, { 'retry-after': header }, 429) : json(response)));
    const transport = transportTo(own.url, { now: () => now });
    await get(transport, own.url);
    expect(transport.waits).toEqual([wait, wait]);
    expect(transport.stats).toMatchObject({ requests: 3, retries: 2 });
  });

  test.each(['-1', 'soon', ''])('Retry-After %j backs off with jitter', async (header) => {
    const own = await serve((_q, response, n) => (n < 4 ? json(response, {}, { 'retry-after': header }, 429) : json(response)));
    const transport = transportTo(own.url, { retry: { baseMs: 1000 } });
    await get(transport, own.url);
    expect(transport.waits).toHaveLength(3);
    for (const [i, wait] of transport.waits.entries()) expect(wait).toBeLessThan(1000 * 2 ** i);
    expect(new Set(transport.waits).size).toBe(3);
  });

  test('a wait beyond maxWaitMs ends the run at once, resumable', async () => {
    const own = await serve((_q, response) => json(response, {}, { 'retry-after': '999999' }, 429));
    const transport = transportTo(own.url);
    await expect(get(transport, own.url)).rejects.toMatchObject({ code: 'FHIR_UNAVAILABLE', details: { reason: 'wait' } });
    expect(transport.waits).toEqual([]);
    expect(own.requests).toHaveLength(1);
  });

  test.each([500, 502, 503, 504])('%i is tried five times, then the server is unavailable', async (status) => {
    const own = await serve((_q, response) => json(response, {}, {}, status));
    const transport = transportTo(own.url);
    await expect(get(transport, own.url)).rejects.toMatchObject({ code: 'FHIR_UNAVAILABLE', details: { tries: 5, status } });
    expect(own.requests).toHaveLength(5);
  });

  test.each([
    [400, 'FHIR_REFUSED'],
    [403, 'FHIR_FORBIDDEN'],
    [404, 'FHIR_NOT_FOUND'],
    [410, 'FHIR_NOT_FOUND'],
    [422, 'FHIR_REFUSED'],
  ])('%i is told at once, with what the server says', async (status, code) => {
    const diagnostics = `HAPI-1940: Invalid date for born 1950-02-03, number 123456789, Bearer ${canary} ${'and so on '.repeat(60)}`;
    const said = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing', diagnostics }] };
    const own = await serve((_q, response) => json(response, said, {}, status));
    const error = await failure(get(transportTo(own.url), own.url));
    expect(error).toMatchObject({ code, details: { status } });
    expect(error.message).toContain('processing: HAPI-1940: Invalid date');
    expect(error.message).not.toMatch(/1950|123456789|canary/);
    expect(error.message.length).toBeLessThan(400);
    expect(own.requests).toHaveLength(1);
  });

  test('connections refused, reset or left without an answer are tried again, then the server is unavailable', async () => {
    const gone = await serve((_q, response) => json(response));
    closers.splice(0).forEach((close) => close());
    const refused = await failure(get(transportTo(gone.url, { retry: { maxTries: 2 } }), gone.url));
    expect(refused).toMatchObject({ code: 'FHIR_UNAVAILABLE', details: { tries: 2, last: 'FHIR_CONNECTION' } });
    const reset = await serveRaw((socket) => socket.resetAndDestroy());
    const broken = await failure(get(transportTo(reset.url, { retry: { maxTries: 3 } }), reset.url));
    expect(broken.details).toMatchObject({ tries: 3, last: 'FHIR_CONNECTION' });
    expect(reset.connections()).toBe(3);
    const mute = await serveRaw(() => undefined);
    const silent = await failure(get(transportTo(mute.url, { timeoutMs: 50, retry: { maxTries: 2 } }), mute.url));
    expect(silent.details).toMatchObject({ tries: 2, last: 'FHIR_TIMEOUT' });
  });

  test('a drip of bytes ends, though it is never silent', async () => {
    const slow = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\ncontent-length: 5000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 10);
      closers.push(() => clearInterval(timer));
    });
    const error = await failure(get(transportTo(slow.url, { timeoutMs: 60, retry: { maxTries: 1 } }), slow.url));
    expect(error.cause).toMatchObject({ code: 'FHIR_TIMEOUT', details: { timeoutMs: 240 } });
  });

  test('cancelling ends a wait and a request', async () => {
    const own = await serve((_q, response) => json(response, {}, { 'retry-after': '200' }, 503));
    const stop = new AbortController();
    const transport = createTransport({ base: parseFhirBase(own.url), signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(get(transport, own.url)).rejects.toMatchObject({ code: 'CANCELLED' });
    transport.close();
  });

  test('no more than `parallel` requests are under way', async () => {
    let open = 0;
    let most = 0;
    const own = await serve((_q, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        json(response);
      }, 10);
    });
    const transport = transportTo(own.url, { parallel: 3 });
    await Promise.all(Array.from({ length: 12 }, () => get(transport, own.url)));
    expect(most).toBe(3);
  });
});

describe('broken answers', () => {
  const body = Buffer.from(JSON.stringify({ ...bundle, filler: 'x'.repeat(9000) }));
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\nconnection: close\r\n';
  const cuts = Array.from({ length: Math.ceil(body.length / 997) }, (_, i) => i * 997);

  test('a body cut at any byte is discarded and asked again', async () => {
    expect(cuts.length).toBeGreaterThan(5);
    for (const framing of ['length', 'chunked', 'close'] as const) {
      for (const cut of cuts) {
        const own = await serveRaw((socket, n) => {
          const part = n === 1 ? body.subarray(0, cut) : body;
          if (framing === 'length')
            socket.end(Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), part]));
          else if (framing === 'close') socket.end(Buffer.concat([Buffer.from(`${head}\r\n`), part]));
          else {
            const size = part.length === 0 ? '' : `${part.length.toString(16)}\r\n`;
            const last = n === 1 ? '' : '\r\n0\r\n\r\n';
            socket.end(Buffer.concat([Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${size}`), part, Buffer.from(last)]));
          }
        });
        const answer = await get(transportTo(own.url), own.url);
        expect(answer.bytes.equals(body)).toBe(true);
        expect(own.connections()).toBe(2);
      }
    }
  });

  test('gzip cut short is asked again', async () => {
    const zipped = gzipSync(body);
    const own = await serve((_q, response, n) =>
      json(response, n === 1 ? zipped.subarray(0, zipped.length - 9) : zipped, { 'content-encoding': 'gzip' }),
    );
    expect((await get(transportTo(own.url), own.url)).bytes.equals(body)).toBe(true);
    expect(own.requests).toHaveLength(2);
  });

  test.each([
    ['a login page', 'text/html', '<html>ZZPHI secret</html>', 'FHIR_NOT_FHIR'],
    ['a login page that says it is JSON', 'application/json', '\n <!doctype html>ZZPHI', 'FHIR_NOT_FHIR'],
    ['null', 'application/fhir+json', 'null', 'FHIR_UNEXPECTED_RESOURCE'],
    ['a number', 'application/fhir+json', '5', 'FHIR_UNEXPECTED_RESOURCE'],
    ['a list', 'application/fhir+json', '["ZZPHI"]', 'FHIR_UNEXPECTED_RESOURCE'],
    ['an empty object', 'application/fhir+json', '{}', 'FHIR_UNEXPECTED_RESOURCE'],
    ['bytes that are no UTF-8', 'application/fhir+json', Buffer.from([0x7b, 0xff, 0x7d]), 'FHIR_ENCODING'],
    ['an unknown charset', 'application/fhir+json;charset=ebcdic-9', '{}', 'FHIR_ENCODING'],
  ])('%s is refused without being quoted or repeated', async (_title, type, text, code) => {
    const own = await serve((_q, response) => json(response, text, { 'content-type': type }));
    const error = await failure(get(transportTo(own.url), own.url));
    expect(error.code).toBe(code);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('ZZPHI');
    expect(own.requests).toHaveLength(1);
  });

  test('broken JSON is asked again, and its text is not in the error', async () => {
    const own = await serve((_q, response) => json(response, '{"resourceType":"Bundle","ZZPHI'));
    const error = await failure(get(transportTo(own.url, { retry: { maxTries: 2 } }), own.url));
    expect(error).toMatchObject({ code: 'FHIR_UNAVAILABLE', details: { last: 'FHIR_JSON' } });
    expect(`${error.stack} ${String((error.cause as Error).stack)}`).not.toContain('ZZPHI');
  });

  test.each([
    ['plain', undefined, (b: Buffer) => b],
    ['gzip', 'gzip', (b: Buffer) => gzipSync(b)],
    ['br', 'br', (b: Buffer) => brotliCompressSync(b)],
  ])('%s comes out the same, accents included', async (_title, encoding, pack) => {
    const text = Buffer.from(JSON.stringify(bundle));
    const own = await serve((_q, response) =>
      json(response, pack(text), encoding === undefined ? {} : { 'content-encoding': encoding }),
    );
    expect((await get(transportTo(own.url), own.url)).resource).toEqual(bundle);
  });

  test('latin-1 is converted, a byte order mark is dropped', async () => {
    const text = '{"resourceType":"Bundle","note":"é"}';
    const own = await serve((request, response) =>
      request.url?.includes('mark')
        ? json(response, `\ufeff${text}`)
        : json(response, Buffer.from(text, 'latin1'), { 'content-type': 'application/fhir+json;charset=iso-8859-1' }),
    );
    const transport = transportTo(own.url);
    expect((await get(transport, own.url)).bytes.toString()).toBe(text);
    expect((await get(transport, `${own.url}/mark`)).bytes.toString()).toBe(text);
  });

  test('encodings that lie or are unknown are refused', async () => {
    const own = await serve((request, response) =>
      json(response, bundle, { 'content-encoding': request.url?.includes('zstd') ? 'zstd' : 'gzip' }),
    );
    await expect(get(transportTo(own.url), own.url)).rejects.toMatchObject({ code: 'FHIR_ENCODING' });
    await expect(get(transportTo(own.url), `${own.url}/zstd`)).rejects.toMatchObject({ code: 'FHIR_ENCODING' });
  });

  test('too large is cut off: by its declaration, on the wire, and after inflation', async () => {
    const maxBytes = 100_000;
    const big = Buffer.alloc(maxBytes * 100, 0x20);
    let written = 0;
    const own = await serve((request, response) => {
      if (request.url?.includes('declared')) return json(response, big, { 'content-length': String(big.length) });
      if (request.url?.includes('bomb')) return json(response, gzipSync(big), { 'content-encoding': 'gzip' });
      response.writeHead(200, { 'content-type': 'application/fhir+json' });
      const more = (): void => {
        if (response.destroyed || written > big.length) return;
        written += 10_000;
        response.write(big.subarray(0, 10_000), () => setImmediate(more));
      };
      more();
    });
    for (const path of ['declared', 'bomb', 'endless']) {
      await expect(get(transportTo(own.url, { maxBytes }), `${own.url}/${path}`)).rejects.toMatchObject({
        code: 'FHIR_PAGE_TOO_LARGE',
      });
    }
    expect(written).toBeLessThan(big.length);
  });
});
