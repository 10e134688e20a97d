/**
 * The works beside the forest: flattening, features, scores over HTTP, load, evidence. Each is a script of this folder, run by itself with --json.
 *
 * Out  rows with the peer of the same run, where there is one, as a contestant of its own
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { benchRow, type BenchRow } from './bench-row.ts';

export const otherWorks = ['flatten', 'features', 'score', 'load', 'evidence'] as const;
export type OtherWork = (typeof otherWorks)[number];

export interface OtherWorkOptions {
  /** Landing folder to flatten and to make features of. */
  readonly data: string;
  /** Landing folder whose discharges are asked about; its patients have outcomes. */
  readonly planted: string;
  readonly repeat: number;
  readonly seconds: number;
  readonly evidenceRows: number;
  /** Over which memory is watched. */
  readonly minutes: number;
}

/** @throws {Error} with the last words of the script, when it fails */
export async function runOtherWork(work: OtherWork, options: OtherWorkOptions): Promise<BenchRow[]> {
  switch (work) {
    case 'flatten':
      return flattenRows(await told('flatten.ts', [options.data, '--repeat', String(options.repeat)]), options.data);
    case 'features':
      return featureRows(await told('features.ts', [options.data, '--repeat', String(options.repeat)]), options.data);
    case 'score': {
      const model = existsSync('models/planted/model.bin') ? ['models/planted'] : [];
      return scoreRows(await told('score.ts', [options.planted, ...model, '--seconds', String(options.seconds)]));
    }
    case 'load': {
      const { seconds, minutes } = options;
      return told('load.ts', [options.planted, 'models/planted', '--seconds', String(seconds), '--minutes', String(minutes)]);
    }
    case 'evidence':
      return evidenceRows(await told('evidence.ts', [String(options.evidenceRows), '1000']));
  }
}

function told<T>(script: string, args: readonly string[]): Promise<T> {
  const file = join(import.meta.dirname, script);
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString('utf8')).slice(-1500)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (code === 0 && /^[[{]/.test(line)) resolve(JSON.parse(line) as T);
      else reject(new Error(`${script} ended with ${code}: ${tail.trim()}`));
    });
  });
}

interface Flattened {
  readonly measured: readonly {
    readonly megabytes: number;
    readonly costs: Readonly<Record<'parse' | 'read' | 'flat', { readonly cpuMs: number; readonly wallMs: number }>>;
  }[];
}

function flattenRows({ measured }: Flattened, table: string): BenchRow[] {
  const gigabytes = measured.reduce((sum, { megabytes }) => sum + megabytes, 0) / 1e3;
  const total = (of: 'parse' | 'read' | 'flat', time: 'cpuMs' | 'wallMs'): number =>
    measured.reduce((sum, { costs }) => sum + costs[of][time], 0) / 1e3 / gigabytes;
  const row = (contestant: string, of: 'parse' | 'read' | 'flat'): BenchRow =>
    benchRow({
      work: 'flatten',
      table,
      contestant,
      unit: 'GB',
      cpuS: total(of, 'cpuMs'),
      wallS: total(of, 'wallMs'),
      ratio: total(of, 'cpuMs') / total('flat', 'cpuMs'),
      more: { gigabytes },
    });
  return [row('ours', 'flat'), row('JSON.parse', 'parse'), row('DuckDB read_json alone', 'read')];
}

interface Features {
  readonly rows: number;
  readonly features: number;
  readonly cpuS: number;
  readonly wallS: number;
}

function featureRows({ rows, features, cpuS, wallS }: Features, table: string): BenchRow[] {
  const cells = rows * features;
  const more = { discharges: rows, features, allCpuS: cpuS, allWallS: wallS };
  return [
    benchRow({
      work: 'features',
      table,
      contestant: 'ours',
      unit: 'value',
      cpuS: cpuS / cells,
      wallS: wallS / cells,
      ratio: 1,
      more,
    }),
  ];
}

interface Scored {
  readonly connections: number;
  readonly latencies: readonly { readonly what: string; readonly p50Ms: number; readonly p95Ms: number }[];
  readonly loads: readonly {
    readonly what: string;
    readonly cpuMs: number;
    readonly requests: number;
    readonly seconds: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  }[];
}

function scoreRows({ connections, latencies, loads }: Scored): BenchRow[] {
  return [
    ...latencies.map(({ what, p50Ms, p95Ms }, i) => {
      const isPeer = what.startsWith('JSON.parse');
      const bundle = isPeer ? latencies[i - 1] : undefined;
      return benchRow({
        work: 'score, one at a time',
        table: bundle?.what ?? what,
        contestant: isPeer ? 'JSON.parse' : 'ours',
        unit: 'request',
        wallS: p50Ms / 1e3,
        ratio: bundle === undefined ? 1 : p50Ms / bundle.p50Ms,
        more: { p95S: p95Ms / 1e3 },
      });
    }),
    ...loads.map(({ what, cpuMs, requests, seconds, p50Ms, p99Ms }) =>
      benchRow({
        work: `score, ${connections} connections`,
        table: what,
        contestant: 'ours',
        unit: 'request',
        cpuS: cpuMs / 1e3,
        wallS: seconds / requests,
        ratio: 1,
        runs: requests,
        more: { p50S: p50Ms / 1e3, p99S: p99Ms / 1e3 },
      }),
    ),
  ];
}

interface Evidence {
  readonly rows: number;
  readonly risks: number;
  readonly draws: number;
  readonly cpuS: number;
  readonly wallS: number;
  readonly peerCpuS: number;
}

function evidenceRows({ rows, risks, draws, cpuS, wallS, peerCpuS }: Evidence): BenchRow[] {
  const table = `${rows} discharges, ${risks} risks, ${draws} draws`;
  return [
    benchRow({ work: 'evidence', table, contestant: 'ours', unit: 'report', cpuS, wallS, ratio: 1 }),
    benchRow({
      work: 'evidence',
      table,
      contestant: 'each resample written out',
      unit: 'report',
      cpuS: peerCpuS,
      ratio: peerCpuS / cpuS,
      more: { note: 'five headline metrics alone' },
    }),
  ];
}
