/**
 * The command behind run.sh: generate, prune, say what was made.
 *
 * In      arguments (options.ts)
 * Out     a landing folder; progress on standard error, one line of JSON on standard output
 * Choice  raw records lie beside the landing folder while it is made, since they need the room that a temporary folder may not have
 * Choice  exit status 0 made; 1 unexpected; 2 wrong use or a missing program; 3 records not as they must be; 6 disk; 130 interrupted.
 *         Whatever the failure, nothing half-made remains
 */
import { mkdtemp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CancelledError, ReadmissionError } from '../../src/errors.ts';
import type { Progress } from '../../src/util/progress.ts';
import { generateRecords } from './generation.ts';
import { parseOptions, type GenerateOptions } from './options.ts';
import { pruneFolder, requireEmpty, type PruneReport } from './prune.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
try {
  const options = parseOptions(process.argv.slice(2), (text) => process.stdout.write(text));
  if (options !== null) process.stdout.write(`${JSON.stringify(await makeCohort(options, interruption.signal))}\n`);
} catch (error) {
  const text = error instanceof ReadmissionError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`generate-synthea: ${text}\n`);
  process.exitCode = exitStatus(error);
}

function exitStatus(error: unknown): number {
  if (error instanceof CancelledError) return 130;
  if (!(error instanceof ReadmissionError)) return 1;
  if (error.code === 'SYNTHEA_DISK') return 6;
  return ['SYNTHEA_OPTION', 'SYNTHEA_OUT_NOT_EMPTY', 'SYNTHEA_JAVA', 'SYNTHEA_MAVEN'].includes(error.code) ? 2 : 3;
}

async function makeCohort(options: GenerateOptions, signal: AbortSignal): Promise<PruneReport> {
  await requireEmpty(options.out);
  const onProgress = progressLines();
  if (options.settings === null) return pruneFolder(options.raw ?? '', options.out, { onProgress, signal });
  const out = resolve(options.out);
  if (options.keepRaw) await requireEmpty(`${out}.raw`);
  await mkdir(dirname(out), { recursive: true });
  const base = await mkdtemp(join(dirname(out), `.${basename(out)}.raw-`));
  try {
    const { lib, heap, threads } = options;
    await generateRecords(base, options.settings, { lib: resolve(lib), heap, threads, signal, onProgress });
    const report = await pruneFolder(base, out, { onProgress, signal });
    if (options.keepRaw) await rename(base, `${out}.raw`);
    return report;
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** At most one line every two seconds, and the last of each task. */
function progressLines(): (progress: Progress) => void {
  let last = 0;
  return ({ task, done, total }) => {
    const now = performance.now();
    if (done !== total && now - last < 2000) return;
    last = now;
    process.stderr.write(`${task}: ${done}${total === undefined ? '' : ` of ${total}`}\n`);
  };
}
