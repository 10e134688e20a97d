/**
 * Runs Synthea: its jars from Maven Central when they are not there, then one Java process, then a check that it finished.
 *
 * In      settings (run-metadata.ts), an absent or empty folder
 * Out     fhir/*.ndjson and metadata/*.json in that folder
 * Choice  the jars' folder is fetched beside its place and renamed, so that a folder that exists is complete
 * Choice  time zone and language of the Java process are fixed: Synthea writes local times in the zone of the machine
 * Choice  "Records: total=" on standard output is the one sign of a whole run; a killed one leaves torn lines and an exit status
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancelledError, UsageError } from '../../src/errors.ts';
import type { OnProgress } from '../../src/util/progress.ts';
import { syntheaArguments, syntheaRelease, type SyntheaSettings } from './run-metadata.ts';

export interface GenerationOptions {
  readonly lib: string;
  readonly heap: string;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** Measured with 3.3.0, the six types, ages 40-95, ten years of history: 2.9 MB per living patient. */
const bytesPerLiving = 3.2e6;

/**
 * @param base  folder for the raw output, absent or empty
 * @throws {UsageError} SYNTHEA_JAVA, SYNTHEA_MAVEN, SYNTHEA_DISK, SYNTHEA_FAILED; {CancelledError} by the signal
 */
export async function generateRecords(base: string, settings: SyntheaSettings, options: GenerationOptions): Promise<void> {
  await requireJava(options.signal);
  await mkdir(base, { recursive: true });
  await requireSpace(base, settings.population * bytesPerLiving);
  await fetchJars(options.lib, options.signal);
  const run = await runProgram(
    'java',
    [
      ...[`-Xmx${options.heap}`, '-Duser.timezone=UTC', '-Duser.language=en', '-Duser.country=US', '-Dfile.encoding=UTF-8'],
      ...['-cp', join(options.lib, '*'), 'App'],
      `--exporter.baseDirectory=${base}/`,
      `--generate.thread_pool_size=${options.threads}`,
      ...syntheaArguments(settings),
    ],
    options.signal,
    (line) => reportPatients(line, options.onProgress),
  );
  const records = /^Records: total=(\d+), alive=(\d+), dead=(\d+)/m.exec(run.output);
  if (run.status === 0 && records !== null && Number(records[2]) === settings.population) return;
  const found = records === null ? `exit status ${run.status} and no such line` : `alive=${records[2]}`;
  const what = `expected Synthea to end with "Records: total=…, alive=${settings.population}", found ${found}`;
  throw new UsageError('SYNTHEA_FAILED', `${what}; its last words: ${run.output.trim().split('\n').slice(-3).join(' | ')}`);
}

async function fetchJars(lib: string, signal: AbortSignal): Promise<void> {
  const jar = `synthea-${syntheaRelease.version}.jar`;
  const present = await readdir(lib).catch((): string[] => []);
  if (present.includes(jar)) return;
  if (present.length > 0) {
    const what = `${lib}: expected ${jar} among the jars, found ${present.length} other files; name another folder with --lib`;
    throw new UsageError('SYNTHEA_MAVEN', what);
  }
  await mkdir(dirname(lib), { recursive: true });
  const fetched = await mkdtemp(join(dirname(lib), `.${basename(lib)}.part-`));
  try {
    const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));
    const goal = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`];
    const maven = await runProgram('mvn', goal, signal).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      const what = 'expected Maven (mvn) on the PATH to fetch Synthea from Maven Central, found none';
      throw new UsageError('SYNTHEA_MAVEN', `${what}; install Maven 3.8 or newer, or name a folder of the jars with --lib`, {
        cause,
      });
    });
    if (maven.status !== 0 || !(await readdir(fetched)).includes(jar)) {
      const what = `expected Maven to fetch ${jar} and what it needs, found exit status ${maven.status}`;
      throw new UsageError(
        'SYNTHEA_MAVEN',
        `${what}; check the network: ${maven.output.trim().split('\n').slice(0, 3).join(' | ')}`,
      );
    }
    await rename(fetched, lib);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

async function requireJava(signal: AbortSignal): Promise<void> {
  const java = await runProgram('java', ['-version'], signal).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    const what = 'expected Java 17 or newer (java) on the PATH, found none';
    throw new UsageError('SYNTHEA_JAVA', `${what}; install a JRE, for example openjdk-17-jre-headless`, { cause });
  });
  const version = /version "(?:1\.)?(\d+)/.exec(java.output)?.[1];
  if (Number(version) >= 17) return;
  throw new UsageError(
    'SYNTHEA_JAVA',
    `expected Java 17 or newer, found ${version ?? 'an unknown version'}; put a newer one on the PATH`,
  );
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  const gigabytes = (n: number): string => (n / 1e9).toFixed(1);
  const what = `${dirname(folder)}: expected ${gigabytes(bytes)} GB free for the raw records, found ${gigabytes(free)} GB`;
  throw new UsageError('SYNTHEA_DISK', `${what}; choose an --out on a larger disk, or a smaller population`);
}

function reportPatients(line: string, onProgress: OnProgress): void {
  const waiting = /active threads = (\d+), queued tasks = (\d+), completed tasks = (\d+)/.exec(line);
  if (waiting === null) return;
  const [active = 0, queued = 0, done = 0] = waiting.slice(1).map(Number);
  onProgress({ task: 'patients', done, total: active + queued + done });
}

interface ProgramRun {
  readonly status: number | null;
  /** The last 64 KiB of standard output and standard error. */
  readonly output: string;
}

function runProgram(name: string, args: string[], signal: AbortSignal, onLine?: (line: string) => void): Promise<ProgramRun> {
  return new Promise((fulfil, reject) => {
    const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    const collect = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-64 * 1024);
      if (onLine) text.split('\n').forEach(onLine);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name !== 'AbortError') reject(error);
    });
    // After "close" nothing writes into the folder any more, so it can be removed.
    child.once('close', (status) => (signal.aborted ? reject(new CancelledError('generating')) : fulfil({ status, output })));
  });
}
