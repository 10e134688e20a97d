/** Which pages may call from a browser: the listed ones, on the CDS paths, and no other. */
import { afterEach, expect, test } from '@jest/globals';
import { cdsOrigins } from '../../../src/server/cds-hooks/settings.ts';
import { closeAll, serve } from '../support/served.ts';
import { discharge, dischargeCall, nowMs, post, stayAnswer } from './calls.ts';

afterEach(closeAll);

const origin = 'https://ehr.example.org';
const now = (): number => nowMs;

function listed() {
  return serve({ now, cds: { origins: cdsOrigins([origin]) } }, () => stayAnswer);
}

function preflight(url: string, from: string): Promise<Response> {
  const headers = {
    origin: from,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return fetch(url, { method: 'OPTIONS', headers });
}

test('a listed origin may preflight, discover, call and read refusals', async () => {
  const served = await listed();
  const asked = await preflight(`${served.url}/cds-services/${discharge}`, origin);
  expect([asked.status, await asked.text()]).toEqual([204, '']);
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'Authorization, Content-Type',
    vary: 'Origin',
  });
  for (const response of [
    await fetch(`${served.url}/cds-services`, { headers: { origin } }),
    await post(served.url, discharge, dischargeCall(), { origin }),
    await post(served.url, discharge, {}, { origin }),
    await post(served.url, `${discharge}/feedback`, {}, { origin }),
  ]) {
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test.each(['https://evil.example', 'null', `${origin}.evil.example`, 'http://ehr.example.org', `${origin}:8443`, '*', ''])(
  'origin %j gets no permission',
  async (other) => {
    const served = await listed();
    const asked = await preflight(`${served.url}/cds-services/${discharge}`, other);
    const discovered = await fetch(`${served.url}/cds-services`, { headers: { origin: other } });
    expect([asked.status, discovered.status, discovered.headers.get('vary')]).toEqual([
      405,
      200,
      expect.stringContaining('Origin'),
    ]);
    for (const { headers } of [asked, discovered])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
);

test('other paths know no CORS, and by default nothing does', async () => {
  const served = await listed();
  for (const path of ['/v1/score', '/v1/model', '/cds-servicesx', '/metrics']) {
    expect((await preflight(`${served.url}${path}`, origin)).headers.get('access-control-allow-origin')).toBeNull();
  }
  const plain = await serve();
  expect((await preflight(`${plain.url}/cds-services`, origin)).headers.get('access-control-allow-origin')).toBeNull();
});

test.each([
  '*',
  'null',
  'ehr.example.org',
  'https://ehr.example.org/',
  'https://*.example.org/x',
  'file://x',
  'https://u@ehr.example.org',
])('the operator cannot list %j', (text) => {
  expect(() => cdsOrigins([text])).toThrow('SERVER_OPTION');
});
