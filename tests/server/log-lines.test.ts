/** The log under attack and under a clock that jumps: one line of known keys per request, whatever a client sends. */
import { afterEach, expect, test } from '@jest/globals';
import { answer, closeAll, raw, serve, type Served } from './support/served.ts';

afterEach(closeAll);

const known = ['level', 'time', 'pid', 'hostname', 'requestId', 'method', 'route', 'status', 'ms', 'code', 'aborted', 'msg'];

async function expectLine({ log }: Served, route: string): Promise<void> {
  for (let n = 0; n < 200 && !log.some((line) => line.includes(route)); n += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(log.join('')).toContain(route);
}

test('line feeds, escape sequences and long headers make no line and appear in none', async () => {
  const served = await serve();
  const host = 'Host: localhost\r\nConnection: close';
  const requests = [
    `GET /healthz%0d%0a{"level":30,"ZZPHI":1} HTTP/1.1\r\n${host}\r\n\r\n`,
    `GET /healthz?ZZPHI=%1b[2J%0a HTTP/1.1\r\n${host}\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\n${host}\r\nUser-Agent: ZZPHI\u001b[31m\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\n${host}\r\nX-Request-Id: ZZPHI\r\nX-Forwarded-For: ZZPHI\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\n${host}\r\nUser-Agent: ${'ZZPHI'.repeat(200_000)}\r\n\r\n`,
  ];
  for (const text of requests) await raw(served.port, text).catch(() => '');
  await raw(served.port, `POST /v1/score HTTP/1.1\r\n${host}\r\nContent-Type: ZZPHI\u001b[1m\r\nContent-Length: 0\r\n\r\n`);
  // Some never reach the app; the last one does, and is logged last.
  await fetch(`${served.url}/readyz`);
  await expectLine(served, '/readyz');
  expect(served.log.length).toBeGreaterThan(2);
  for (const line of served.log) {
    expect(line).toMatch(/^[^\n]*\n$/);
    for (const sent of ['ZZPHI', '\\u001b', '\u001b']) expect(line).not.toContain(sent);
    for (const key of Object.keys(JSON.parse(line) as object)) expect(known).toContain(key);
  }
});

test('a clock that is set back an hour makes no duration negative', async () => {
  const { now } = Date;
  try {
    const served = await serve({}, () => {
      Date.now = () => now() - 3_600_000;
      return answer;
    });
    expect((await served.score({ features: { age_years: 70 } })).status).toBe(200);
    await expectLine(served, '/v1/score');
    const { ms } = JSON.parse(served.log[0] as string) as { ms: number };
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThan(60_000);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    const [, seconds] = /^readmission_http_request_duration_seconds_sum\{[^}]*score[^}]*\} (\S+)$/m.exec(metrics) ?? [];
    expect(Number(seconds)).toBeGreaterThan(0);
  } finally {
    Date.now = now;
  }
});
