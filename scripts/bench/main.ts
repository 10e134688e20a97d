/**
 * The bench: our forest beside those of Python, and what the rest of the way costs; one table, and bench.json.
 *
 * Usage  npm run bench -- [options]; the peers need scripts/bench/setup once, and ours is measured as built (npm run build)
 *          --works forest,flatten,features,score,load,evidence   --sizes 10k,100k,1m (numeric tables; none)   --clinical 80k (none)
 *          --planted DIR (landing folder with planted outcomes; default made once from synthea-data; none)
 *          --peers sklearn,lightgbm,xgboost,ydf (none)   --rounds 3   --trees 200   --threads 2   --bins 63   --peer-bins 63 (default: --bins)
 *          --depth 16   --leaf 20   --seed 1
 *          --oob (peers that can also tell out-of-bag)   --explain-rows 200 (0: no attributions)   --explain-seconds 20
 *          --minutes 1 (over which the memory of the server is watched)   --timeout 3600 (seconds a process)   --data synthea-data   --cache .bench   --library dist/forest
 *          --out bench.json   --add (what --out has of other tables and works stays)
 * Out    progress on standard error, the table on standard output; exit 1 when a contestant or a work failed, 2 for a wrong option
 * Choice one process at a time; on a machine that others use, trust ratios and CPU time, not wall time
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stableJson } from '../../src/util/stable-json.ts';
import type { BenchRow } from './bench-row.ts';
import { contestRows } from './contest-rows.ts';
import { holdContest, peerNames, type ContestOptions, type Failure, type PeerName, type Run } from './contest.ts';
import { currentLoad, readMachine } from './machine.ts';
import { merged, readEarlier } from './earlier-result.ts';
import { otherWorks, runOtherWork, type OtherWork } from './other-works.ts';
import { resultText, type BenchResult } from './result-text.ts';
import { exactSettings, settingsTable } from './settings-table.ts';
import { UsageError } from './usage-error.ts';
import { parseRows, storedTable, type StoredTable, type TableRequest } from './stored-table.ts';

const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
const list = (text: string): string[] => (text === 'none' || text === '' ? [] : text.split(',').map((part) => part.trim()));

function oneOf<T extends string>(option: string, found: string, known: readonly T[]): T {
  const name = known.find((one) => one === found);
  if (name === undefined) throw new UsageError(`--${option}: expected some of ${known.join(', ')} or none, found "${found}"`);
  return name;
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${option}: expected a whole number of at least ${least}, found "${text}"`);
  return value;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`--${option}: expected a number above 0, found "${text}"`);
  return value;
}

/** The usage is that of this file's header. */
function helpText(): string {
  const header = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('*/')[0] ?? '';
  return header.replace(/^\/\*\*\n/, '').replace(/^ \* ?/gm, '');
}

function readArguments() {
  return parseArgs({
    options: {
      works: { type: 'string', default: `forest,${otherWorks.join(',')}` },
      sizes: { type: 'string', default: '10k,100k,1m' },
      clinical: { type: 'string', default: '80k' },
      planted: { type: 'string' },
      peers: { type: 'string', default: peerNames.join(',') },
      rounds: { type: 'string', default: '3' },
      trees: { type: 'string', default: '200' },
      threads: { type: 'string', default: '2' },
      bins: { type: 'string', default: '63' },
      'peer-bins': { type: 'string' },
      depth: { type: 'string', default: '16' },
      leaf: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      oob: { type: 'boolean', default: false },
      'explain-rows': { type: 'string', default: '200' },
      'explain-seconds': { type: 'string', default: '20' },
      minutes: { type: 'string', default: '1' },
      timeout: { type: 'string', default: '3600' },
      data: { type: 'string', default: 'synthea-data' },
      out: { type: 'string', default: 'bench.json' },
      add: { type: 'boolean', default: false },
      cache: { type: 'string', default: '.bench' },
      library: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

/** Newest change below a folder. */
function newestChange(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

/** Folders of src as they are built. A build older than its source would be measured in its place. */
function built(...folders: readonly string[]): void {
  for (const folder of folders) {
    const [from, to] = [join('src', folder), join('dist', folder)];
    if (!existsSync(to)) throw new UsageError(`expected ${from} to be built in ${to}, found nothing; run npm run build`);
    if (newestChange(from) > newestChange(to)) {
      throw new UsageError(`expected ${to} to be newer than ${from}, found it older; run npm run build`);
    }
  }
}

/** Interpreter of the peers' virtual environment; null when no peer takes part. */
function peersPython(peers: readonly PeerName[]): string | null {
  if (peers.length === 0) return null;
  const python = '.venv/bench/bin/python';
  if (existsSync(python)) return python;
  throw new UsageError(
    `expected the peers' environment in .venv/bench, found none; run scripts/bench/setup, or --peers none for ours alone`,
  );
}

async function makeTables(requests: readonly TableRequest[], cache: string, failures: Failure[]): Promise<StoredTable[]> {
  const tables: StoredTable[] = [];
  for (const request of requests) {
    try {
      tables.push(await storedTable(request, cache, say));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say(`${request.kind}: skipped: ${message}`);
      failures.push({ table: request.kind, contestant: 'every', what: 'table', error: message });
    }
  }
  return tables;
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(helpText());
    return 0;
  }
  const works = list(given.works).map((work) => oneOf('works', work, ['forest', ...otherWorks] as const));
  const forest = works.includes('forest');
  const peers = forest ? list(given.peers).map((peer) => oneOf('peers', peer, peerNames)) : [];
  if (forest && given.library === undefined) built('forest');
  if (works.includes('load')) built('forest', 'scoring', 'server');
  const library = forest ? resolve(given.library ?? 'dist/forest') : '';
  const python = peersPython(peers);
  const requests: TableRequest[] = [
    ...list(given.sizes).map((size): TableRequest => ({ kind: 'numeric', rows: parseRows(size) })),
    ...list(given.clinical).map((size): TableRequest => ({ kind: 'clinical', rows: parseRows(size) })),
  ];
  if (given.planted !== 'none') {
    requests.push({ kind: 'planted', rows: 0, ...(given.planted === undefined ? {} : { landing: given.planted }) });
  }
  mkdirSync(given.cache, { recursive: true });
  // Whatever lies here can be made again.
  writeFileSync(join(given.cache, '.gitignore'), '*\n');

  const call = { date: new Date().toISOString(), loadBefore: currentLoad(), options: { ...given } };
  const machine = readMachine(python);
  const earlier = given.add ? readEarlier(given.out, machine) : null;
  say(`load ${call.loadBefore}${call.loadBefore > 0.5 ? ': others use this machine, trust ratios only' : ''}`);
  const minutes = positive('minutes', given.minutes);
  const failures: Failure[] = [];
  const rows: BenchRow[] = [];
  let runs: readonly Run[] = [];
  let tables: StoredTable[] = [];
  const options: ContestOptions = {
    peers,
    rounds: whole('rounds', given.rounds, 1),
    trees: whole('trees', given.trees, 1),
    minLeafRows: whole('leaf', given.leaf, 1),
    maxDepth: whole('depth', given.depth, 1),
    bins: whole('bins', given.bins, 2),
    peerBins: whole('peer-bins', given['peer-bins'] ?? given.bins, 2),
    threads: whole('threads', given.threads, 1),
    seed: whole('seed', given.seed, 0),
    outOfBag: given.oob,
    explainRows: whole('explain-rows', given['explain-rows'], 0),
    explainSeconds: whole('explain-seconds', given['explain-seconds'], 1),
    timeoutSeconds: whole('timeout', given.timeout, 1),
    cache: given.cache,
    python: python ?? '',
    library,
    version: machine.versions['ours'] ?? '',
    say,
  };
  const told = (): BenchResult =>
    merged(earlier, {
      schema: 1,
      machine,
      calls: [call],
      tables: tables.map(({ folder: _, ...table }) => table),
      rows,
      failures,
      settings: settingsTable(options),
      exactSettings: exactSettings(runs),
    });
  // Written after each work, so that a long run that is broken off leaves what it had.
  const keep = (): void => {
    mkdirSync(dirname(resolve(given.out)), { recursive: true });
    writeFileSync(given.out, `${stableJson(told(), 2)}\n`);
  };

  if (forest) {
    tables = await makeTables(requests, given.cache, failures);
    for (const table of tables) {
      const contest = await holdContest([table], options);
      runs = [...runs, ...contest.runs];
      rows.push(...contestRows(contest));
      failures.push(...contest.failures);
      keep();
    }
  }
  const ownPlanted = join(given.cache, 'planted');
  const plantedFolder = given.planted ?? ownPlanted;
  for (const work of otherWorks.filter((one): one is OtherWork => works.includes(one))) {
    say(work);
    try {
      const planted = existsSync(join(plantedFolder, 'manifest.json')) ? plantedFolder : given.data;
      rows.push(
        ...(await runOtherWork(work, { data: given.data, planted, repeat: 3, seconds: 5, evidenceRows: 10_000, minutes })),
      );
    } catch (error) {
      failures.push({
        table: given.data,
        contestant: 'ours',
        what: work,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    keep();
  }
  keep();
  process.stdout.write(`${resultText(told())}\n\nwritten to ${given.out}\n`);
  return failures.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
