/**
 * The scoring server under load, beside what Express alone can do in the same minutes: how many answers, how late, and what of it is refused.
 *
 * Usage   npx tsx scripts/bench/load.ts LANDING_FOLDER MODEL_FOLDER [--seconds 5] [--rounds 3] [--minutes 1] [--command dist/cli/main.js] [--json]
 * Prints  a row per load with its goals; rates and CPU time are medians over the rounds, in each of which the peer is asked too
 * Choice  audit trail and log are written as in service, to a folder that is removed at the end; server, peer and clients are three processes
 * Choice  2,000 connections take as many file descriptors at either end: `ulimit -n` has to allow 4096
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchRow, median, type BenchRow, type Goal } from './bench-row.ts';
import { askAll, askAside, askPatiently, IdleCrowd, probe, type Asked, type Question } from './load-clients.ts';
import { startProcess, type ServerProcess } from './load-process.ts';
import { loadRequests } from './load-requests.ts';
import { otherText, goalText } from './result-text.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '1' },
    command: { type: 'string', default: 'dist/cli/main.js' },
    json: { type: 'boolean', default: false },
  },
});
const [landing = 'synthea-data', model = 'models/planted'] = positionals;
const seconds = Number(values.seconds);
const scratch = await mkdtemp(join(tmpdir(), 'bench-load-'));
const rows: BenchRow[] = [];

interface Measured extends Asked {
  readonly ok: readonly number[];
  readonly perSecond: number;
  readonly cpuS: number;
}

const quantile = (times: readonly number[], q: number): number => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
};
const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

async function measure(server: ServerProcess, question: Question): Promise<Measured> {
  const before = await server.usage();
  const asked = await askAll(question);
  const after = await server.usage();
  const ok = asked.byStatus.get(200) ?? [];
  return { ...asked, ok, perSecond: ok.length / asked.seconds, cpuS: (after.cpuS - before.cpuS) / ok.length };
}

function within(what: string, times: readonly number[], limitMs: number, failed = 0): Goal {
  const p99 = quantile(times, 0.99);
  const found = `${milliseconds(p99)}${failed === 0 ? '' : `, ${failed} without an answer`}`;
  return { goal: `p99 of ${what} at most ${limitMs} ms`, found, reached: p99 <= limitMs && failed === 0 };
}

const quantiles = (times: readonly number[]): { p50S: number; p99S: number } => ({
  p50S: quantile(times, 0.5) / 1e3,
  p99S: quantile(times, 0.99) / 1e3,
});

const hello = await startProcess([join(import.meta.dirname, 'load-hello.mjs')]);
const server = await startProcess([
  ...[values.command, 'serve', '--model', model, '--port', '0', '--json'],
  ...['--state', join(scratch, 'state'), '--log', join(scratch, 'log')],
]);
try {
  const score = `${server.url}/v1/score`;
  const health = `${server.url}/healthz`;
  const { explained, unexplained, bundles } = await loadRequests(landing, score, 20);
  await besideHello();
  await explanations();
  await healthUnderLoad();
  await excess();
  await memory();

  async function besideHello(): Promise<void> {
    const ask = (bodies: readonly string[]): Promise<Measured> =>
      measure(server, { url: score, connections: 50, seconds, bodies });
    const greet = (): Promise<Measured> => measure(hello, { url: hello.url, connections: 50, seconds });
    const turns = { hello: [] as Measured[], unexplained: [] as Measured[], explained: [] as Measured[] };
    for (const bodies of [unexplained, explained]) await askAll({ url: score, connections: 50, seconds: 2, bodies });
    await askAll({ url: hello.url, connections: 50, seconds: 2 });
    for (let round = 0; round < Number(values.rounds); round += 1) {
      turns.hello.push(await greet());
      turns.unexplained.push(await ask(unexplained));
      turns.explained.push(await ask(explained));
    }
    const row = (name: keyof typeof turns, what: string): void => {
      const own = turns[name];
      const shares = own.map(({ perSecond }, n) => perSecond / turns.hello[n]!.perSecond);
      const ok = own.flatMap((turn) => turn.ok);
      const share = median(shares);
      const goals: Goal[] = [
        {
          goal: 'requests/s at least 60 % of Express hello',
          found: `${(100 * share).toFixed(1)} % (${shares.map((one) => (100 * one).toFixed(0)).join(', ')})`,
          reached: share >= 0.6,
        },
        within('answers', ok, 50),
      ];
      rows.push(
        benchRow({
          work: 'load, 50 connections',
          table: what,
          contestant: name === 'hello' ? 'Express hello' : 'ours',
          unit: 'request',
          cpuS: median(own.map(({ cpuS }) => cpuS)),
          wallS: 1 / median(own.map(({ perSecond }) => perSecond)),
          ratio: median(own.map(({ cpuS }, n) => cpuS / turns.unexplained[n]!.cpuS)),
          runs: own.length,
          more: { ...quantiles(ok), ofHello: share },
          ...(name === 'hello' ? {} : { goals }),
        }),
      );
    };
    row('unexplained', 'features, risk only');
    row('explained', 'features, explained');
    row('hello', 'features, risk only');
  }

  async function explanations(): Promise<void> {
    const small = bundles.slice(0, 1);
    for (const [what, bodies, limitMs] of [
      ['features, explained', explained, 15],
      [`Bundle of ${Math.round(small[0]!.length / 1000)} kB, explained`, small, null],
    ] as const) {
      const asked = await measure(server, { url: score, connections: 8, seconds, bodies });
      rows.push(
        benchRow({
          work: 'load, 8 connections',
          table: what,
          contestant: 'ours',
          unit: 'request',
          cpuS: asked.cpuS,
          wallS: 1 / asked.perSecond,
          ratio: 1,
          more: quantiles(asked.ok),
          goals: limitMs === null ? [] : [within('answers', asked.ok, limitMs)],
        }),
      );
    }
  }

  async function healthUnderLoad(): Promise<void> {
    const batch = await submitBatch();
    const crowd = new IdleCrowd(server.url, 2000);
    const stop = new AbortController();
    const [asked, clients, idle] = await Promise.all([
      probe(health, 20, stop.signal),
      askAside({ url: score, connections: 8, seconds: 2 * seconds, bodies: explained }).finally(() => stop.abort()),
      meanSize(crowd, stop.signal),
    ]);
    crowd.leave();
    await batch?.cancel();
    const times = asked.byStatus.get(200) ?? [];
    rows.push(
      benchRow({
        work: 'load, health',
        table: `8 explaining clients, ${batch === null ? 'no batch' : 'a batch'}, ${idle} idle sockets`,
        contestant: 'ours',
        unit: 'request',
        wallS: quantile(times, 0.5) / 1e3,
        more: { ...quantiles(times), explanations: clients['200'] ?? 0, idleClosed: crowd.closedByServer },
        goals: [within('health', times, 100, asked.failed)],
      }),
    );
  }

  /** null where the server has no batches. */
  async function submitBatch(): Promise<{ cancel(): Promise<unknown> } | null> {
    const lines = Array.from({ length: 5000 }, (_, n) => explained[n % explained.length]!);
    const response = await fetch(`${server.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    });
    if (response.status !== 202) return null;
    const { id } = (await response.json()) as { id: string };
    return { cancel: () => fetch(`${server.url}/v1/jobs/${id}`, { method: 'DELETE' }) };
  }

  async function excess(): Promise<void> {
    const stop = new AbortController();
    const [asked, healthy] = await Promise.all([
      askPatiently({ url: score, connections: 500, seconds, bodies: explained }).finally(() => stop.abort()),
      probe(health, 20, stop.signal),
    ]);
    const refused = [...asked.byStatus].flatMap(([status, times]) => (status === 503 || status === 429 ? times : []));
    const ok = asked.byStatus.get(200) ?? [];
    const others = [...asked.byStatus].filter(([status]) => ![200, 429, 503].includes(status)).length;
    rows.push(
      benchRow({
        work: 'load, 500 connections',
        table: 'features, explained; who is refused waits as told',
        contestant: 'ours',
        unit: 'request',
        wallS: asked.seconds / ok.length,
        more: { ...quantiles(ok), refused: refused.length, refusedP50S: quantile(refused, 0.5) / 1e3 },
        goals: [
          within(`${refused.length} refusals`, refused, 50, asked.failed + others),
          within('health', healthy.byStatus.get(200) ?? [], 100, healthy.failed),
        ],
      }),
    );
  }

  async function memory(): Promise<void> {
    const minutes = Number(values.minutes);
    const stop = new AbortController();
    const bodies = explained.flatMap((body, n) => [body, unexplained[n]!]);
    const samples: { s: number; mb: number }[] = [];
    const start = performance.now();
    const sample = setInterval(() => {
      const s = (performance.now() - start) / 1000;
      void server.usage().then(
        ({ rssBytes }) => samples.push({ s, mb: rssBytes / 1e6 }),
        () => undefined,
      );
    }, 1000);
    // Few enough that neither the audit trail nor the log fills a disk.
    const clients = await askAside({ url: score, connections: 16, seconds: minutes * 60, bodies, rate: 400 });
    clearInterval(sample);
    stop.abort();
    // The start is settling: caches fill, code is compiled.
    const settled = samples.filter(({ s }) => s > minutes * 12);
    const { slope, mean } = line(settled.map(({ s, mb }) => [s / 60, mb]));
    const growth = (slope * minutes * 0.8) / mean;
    rows.push(
      benchRow({
        work: 'load, memory',
        table: `400 scores a second for ${minutes} min`,
        contestant: 'ours',
        unit: 'request',
        wallS: (minutes * 60) / (clients['200'] ?? 0),
        more: { residentMb: mean, mbAMinute: slope },
        goals: [
          {
            goal: `resident memory grows by at most 5 % over ${minutes} min`,
            found: `${slope.toFixed(2)} MB/min on ${mean.toFixed(0)} MB, ${(100 * growth).toFixed(1)} %`,
            reached: growth <= 0.05,
          },
        ],
      }),
    );
  }
} finally {
  await Promise.all([server.end(), hello.end()]);
  await rm(scratch, { recursive: true, force: true });
}
process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${otherText(rows)}\n\n${goalText(rows)}\n`);

/** Mean number of a crowd's connections, looked at every quarter second. */
async function meanSize(crowd: IdleCrowd, stop: AbortSignal): Promise<number> {
  const sizes: number[] = [];
  while (!stop.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    sizes.push(crowd.size);
  }
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
}

/** Least squares. */
function line(points: readonly (readonly [number, number])[]): { slope: number; mean: number } {
  const mean = (k: 0 | 1): number => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (of: (point: readonly [number, number]) => number): number => points.reduce((total, point) => total + of(point), 0);
  return { slope: sum((p) => (p[0] - x) * (p[1] - y)) / sum((p) => (p[0] - x) ** 2), mean: y };
}
