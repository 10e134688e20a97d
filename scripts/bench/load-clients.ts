/**
 * Clients of the load work: many that ask as fast as they are answered, one that asks after the server's health, a crowd that only keeps its
 * connections, and one that heeds a refusal.
 */
import autocannon from 'autocannon';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds of each answer by status, and what never was an answer. */
export interface Asked {
  readonly seconds: number;
  readonly byStatus: ReadonlyMap<number, readonly number[]>;
  readonly failed: number;
}

export interface Question {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Sent in turn; GET without. */
  readonly bodies?: readonly string[];
  /** Requests a second; as fast as the answers come by default. */
  readonly rate?: number;
}

const json = { 'content-type': 'application/json' };

function optionsOf({ url, connections, seconds, bodies, rate }: Question): autocannon.Options {
  return {
    url,
    connections,
    duration: seconds,
    ...(bodies === undefined ? {} : { method: 'POST', headers: json, requests: bodies.map((body) => ({ body })) }),
    ...(rate === undefined ? {} : { overallRate: rate }),
  };
}

/** Every connection asks again as soon as it is answered. */
export async function askAll(question: Question): Promise<Asked> {
  const byStatus = new Map<number, number[]>();
  const instance = autocannon(optionsOf(question));
  instance.on('response', (_client, status, _bytes, ms) => note(byStatus, status, ms));
  const { duration, errors } = await instance;
  return { seconds: duration, byStatus, failed: errors };
}

/** The same from a thread of its own, so that this one is free to measure something else. @returns answers by status */
export async function askAside(question: Question): Promise<Readonly<Record<string, number>>> {
  const { statusCodeStats } = await autocannon({ ...optionsOf(question), workers: 1 });
  return Object.fromEntries(Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]));
}

/** One question at a time, on kept and on new connections in turn, until told to stop. */
export async function probe(url: string, everyMs: number, stop: AbortSignal): Promise<Asked> {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  let failed = 0;
  const start = performance.now();
  for (let n = 0; !stop.aborted; n += 1) {
    const before = performance.now();
    const { status } = await ask(url, n % 2 === 0 ? kept : false).catch(() => ({ status: 0 }));
    if (status === 200) times.push(performance.now() - before);
    else failed += 1;
    await pause(everyMs);
  }
  kept.destroy();
  return { seconds: (performance.now() - start) / 1000, byStatus: new Map([[200, times]]), failed };
}

/** Connections that ask nothing; what the server closes is opened again a second later. */
export class IdleCrowd {
  readonly #open = new Set<Socket>();
  readonly #port: number;
  #isOver = false;
  closedByServer = 0;

  constructor(url: string, size: number) {
    this.#port = Number(new URL(url).port);
    for (let n = 0; n < size; n += 1) this.#connect();
  }

  /** Connected now. */
  get size(): number {
    return [...this.#open].filter((socket) => socket.readyState === 'open').length;
  }

  leave(): void {
    this.#isOver = true;
    for (const socket of this.#open) socket.destroy();
  }

  #connect(): void {
    if (this.#isOver) return;
    const socket = connect(this.#port, '127.0.0.1');
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      this.#open.delete(socket);
      if (this.#isOver) return;
      this.closedByServer += 1;
      setTimeout(() => this.#connect(), 1000);
    });
  }
}

/** Every connection asks again at once when it was served, and after the time it was told when it was refused. */
export async function askPatiently({ url, connections, seconds, bodies = [] }: Question): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const byStatus = new Map<number, number[]>();
  let failed = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const lane = async (n: number): Promise<void> => {
    // Nobody starts five hundred clients in the same millisecond.
    await pause((1000 * n) / connections);
    while (performance.now() < end) {
      const before = performance.now();
      const { status, retryAfterS } = await ask(url, agent, bodies[n % bodies.length]).catch(() => ({
        status: 0,
        retryAfterS: 1,
      }));
      if (status === 0) failed += 1;
      else note(byStatus, status, performance.now() - before);
      if (status !== 200) await pause(Math.min(retryAfterS * 1000, Math.max(0, end - performance.now())));
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => lane(n)));
  agent.destroy();
  return { seconds: (performance.now() - start) / 1000, byStatus, failed };
}

function note(byStatus: Map<number, number[]>, status: number, ms: number): void {
  const times = byStatus.get(status);
  if (times === undefined) byStatus.set(status, [ms]);
  else times.push(ms);
}

function ask(url: string, agent: Agent | false, body?: string): Promise<{ status: number; retryAfterS: number }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { ...json, 'content-length': Buffer.byteLength(body) };
    const sent = httpRequest(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfterS: Number(response.headers['retry-after'] ?? 1) }),
      );
      response.resume();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
