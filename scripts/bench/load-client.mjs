/**
 * Asks a server the same question over and over: how many answers a second, and how long each took.
 *
 * Usage  node load-client.mjs URL BODY_FILE SECONDS CONNECTIONS
 * Out    one JSON line: requests, seconds, p50Ms, p99Ms; exit 1 at the first answer that is not 200
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

const [url, bodyFile, seconds, connections] = process.argv.slice(2);
const body = readFileSync(bodyFile);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });

function ask() {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`expected status 200, found ${response.statusCode}`));
      });
      response.resume();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function askUntil(end, times) {
  while (performance.now() < end) {
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
}

const lanes = (times, ms) => {
  const end = performance.now() + ms;
  return Promise.all(Array.from({ length: Number(connections) }, () => askUntil(end, times)));
};

await lanes([], Math.min(1000, Number(seconds) * 500));
const times = [];
const start = performance.now();
await lanes(times, Number(seconds) * 1000);
const spent = (performance.now() - start) / 1000;
agent.destroy();
times.sort((a, b) => a - b);
const at = (q) => times[Math.floor(q * (times.length - 1))];
process.stdout.write(`${JSON.stringify({ requests: times.length, seconds: spent, p50Ms: at(0.5), p99Ms: at(0.99) })}\n`);
