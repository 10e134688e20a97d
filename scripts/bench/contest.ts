/**
 * The contest: every contestant fits, predicts and explains the same table, one process at a time, ours before each peer.
 *
 * In      stored tables, the peers, settings in force for all
 * Out     the costs of each run, in the order they were run, and every failure with its message
 * Choice  ours, peer, ours, next peer, ... over several rounds: a slow minute of the machine falls on neighbours, and a ratio is
 *         always that of neighbours
 * Choice  discrimination of all is computed here, by one function, from the probabilities that they wrote
 * Choice  a peer that failed on a table is told of and not tried again on it
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { auroc } from '../../src/evaluation/index.ts';
import type { StoredTable } from './stored-table.ts';

export const peerNames = ['sklearn', 'lightgbm', 'xgboost', 'ydf'] as const;
/** Peers that can tell out-of-bag figures of a forest. */
const tellsOutOfBag: readonly string[] = ['sklearn', 'ydf'];
export type PeerName = (typeof peerNames)[number];
export type Contestant = 'ours' | PeerName;

export interface ContestOptions {
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly trees: number;
  /** Fewest distinct rows of a leaf. */
  readonly minLeafRows: number;
  readonly maxDepth: number;
  readonly bins: number;
  /** Of the peers that bin. */
  readonly peerBins: number;
  readonly threads: number;
  readonly seed: number;
  /** Peers that can tell out-of-bag figures are asked to; ours always does. */
  readonly outOfBag: boolean;
  /** Most wall seconds that a contestant explains rows in a run. */
  readonly explainSeconds: number;
  /** Most rows explained; 0 leaves attributions out. */
  readonly explainRows: number;
  /** Most seconds a process may take. */
  readonly timeoutSeconds: number;
  readonly cache: string;
  readonly python: string;
  /** Folder of the built forest. */
  readonly library: string;
  readonly version: string;
  readonly say: (text: string) => void;
}

/** What a process wrote, with the discrimination of what it predicted. */
export interface Run {
  readonly table: string;
  readonly round: number;
  readonly contestant: Contestant;
  readonly version: string;
  readonly settings: unknown;
  /** Whether the fit gave out-of-bag figures too. */
  readonly outOfBag: boolean;
  readonly loadS: number;
  readonly fit: {
    readonly cpuS: number;
    readonly wallS: number;
    readonly peakMb: number;
    readonly loadedMb: number;
    readonly addedMb: number;
  };
  readonly leaves?: number;
  readonly auroc?: number;
  readonly batch?: { readonly rows: number; readonly cpuUs: number; readonly wallUs: number };
  readonly single?: { readonly call: string; readonly calls: number; readonly p50Us: number; readonly p99Us: number };
  readonly explain?: { readonly call: string; readonly rows: number; readonly cpuMs: number; readonly wallMs: number };
  /** Parts that failed, with their message. */
  readonly faults: Readonly<Record<string, string>>;
}

export interface Failure {
  readonly table: string;
  readonly contestant: string;
  readonly what: string;
  readonly error: string;
}

/** A peer's run and the run of ours just before it. */
export interface Pair {
  readonly ours: Run;
  readonly peer: Run;
}

export interface Contest {
  readonly runs: readonly Run[];
  readonly pairs: readonly Pair[];
  readonly failures: readonly Failure[];
}

export async function holdContest(tables: readonly StoredTable[], options: ContestOptions): Promise<Contest> {
  const runs: Run[] = [];
  const pairs: Pair[] = [];
  const failures: Failure[] = [];
  const out = new Set<string>();
  for (const table of tables) {
    const attempt = async (contestant: Contestant, round: number): Promise<Run | null> => {
      const key = `${table.name} ${contestant}`;
      if (out.has(key)) return null;
      try {
        const run = await runContestant(table, contestant, round, options);
        runs.push(run);
        for (const [what, error] of Object.entries(run.faults)) failures.push({ table: table.name, contestant, what, error });
        options.say(runText(run));
        return run;
      } catch (error) {
        out.add(key);
        const message = error instanceof Error ? error.message : String(error);
        failures.push({ table: table.name, contestant, what: 'run', error: message });
        options.say(`${key}: failed, left out from here on: ${message.split('\n')[0]}`);
        return null;
      }
    };
    for (let round = 1; round <= options.rounds; round += 1) {
      if (options.peers.length === 0) await attempt('ours', round);
      for (const name of options.peers) {
        if (out.has(`${table.name} ${name}`)) continue;
        const ours = await attempt('ours', round);
        const peer = await attempt(name, round);
        if (ours !== null && peer !== null) pairs.push({ ours, peer });
      }
    }
  }
  return { runs, pairs, failures: once(failures) };
}

function once(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((f) => [`${f.table} ${f.contestant} ${f.what}`, f])).values()];
}

function runText({ table, round, contestant, fit, auroc: area, explain }: Run): string {
  const attributions = explain === undefined ? '' : `, attributions ${explain.cpuMs.toFixed(2)} ms a row`;
  return `${table} round ${round} ${contestant}: fit ${fit.cpuS.toFixed(2)} s CPU, ${fit.wallS.toFixed(2)} s wall, AUROC ${area?.toFixed(4) ?? 'none'}${attributions}`;
}

async function runContestant(table: StoredTable, contestant: Contestant, round: number, options: ContestOptions): Promise<Run> {
  const scratch = join(options.cache, 'runs');
  mkdirSync(scratch, { recursive: true });
  const files = { result: join(scratch, `${contestant}.json`), risk: join(scratch, `${contestant}.risk`) };
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const task = JSON.stringify({
    ...files,
    contestant,
    folder: table.folder,
    library: options.library,
    version: options.version,
    trees: options.trees,
    mtry: Math.max(1, Math.floor(Math.sqrt(table.columns))),
    minLeafRows: options.minLeafRows,
    maxDepth: options.maxDepth,
    bins: contestant === 'ours' ? options.bins : options.peerBins,
    threads: options.threads,
    seed: options.seed + round,
    outOfBag: options.outOfBag,
    explainSeconds: options.explainSeconds,
    explainRows: options.explainRows,
  });
  const here = import.meta.dirname;
  const command: readonly [string, string] =
    contestant === 'ours' ? [process.execPath, join(here, 'contestant.mjs')] : [options.python, join(here, 'contestant.py')];
  await finished(command[0], [command[1], task], options.timeoutSeconds, threadLimits(options.threads));
  const told = JSON.parse(readFileSync(files.result, 'utf8')) as Omit<Run, 'table' | 'round' | 'auroc' | 'outOfBag'>;
  const area = existsSync(files.risk) ? { auroc: auroc(...outcomeAndRisk(table, files.risk)) } : {};
  const outOfBag = contestant === 'ours' || (options.outOfBag && tellsOutOfBag.includes(contestant));
  return { ...told, ...area, outOfBag, table: table.name, round };
}

/** Waiting threads sleep and do not spin: spinning counts as CPU time and would be held against the libraries that use OpenMP. */
function threadLimits(threads: number): NodeJS.ProcessEnv {
  const n = String(threads);
  return { ...process.env, OMP_NUM_THREADS: n, OPENBLAS_NUM_THREADS: n, NUMBA_NUM_THREADS: n, OMP_WAIT_POLICY: 'passive' };
}

function finished(command: string, args: readonly string[], timeoutSeconds: number, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
    let tail = '';
    child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString('utf8')).slice(-1500)));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new Error(`ended after ${timeoutSeconds} s (--timeout)`));
      else if (code === 0) resolve();
      else reject(new Error(`${lastLine(tail)} (exit ${signal ?? code})\n${tail}`));
    });
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function outcomeAndRisk(table: StoredTable, riskFile: string): [Uint8Array, Float64Array] {
  const npy = readFileSync(join(table.folder, 'fresh-outcome.npy'));
  const outcome = Uint8Array.from(npy.subarray(10 + npy.readUInt16LE(8)));
  const bytes = readFileSync(riskFile);
  const risk = new Float64Array(Uint8Array.from(bytes).buffer);
  if (risk.length !== outcome.length) throw new Error(`expected ${outcome.length} predictions, found ${risk.length}`);
  return [outcome, risk];
}
