/** `readmission simulate`: records planted with a frozen process and taken out again, and what a script is told by the exit codes. */
import { access, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorLine, exitCodeOf } from '../../src/cli/exit-code.ts';
import { plantedText, simulateInto, type SimulationTask } from '../../src/cli/simulation-run.ts';
import { readManifest, verifyLanding } from '../../src/fhir/index.ts';
import { readProcess, stripLanding, type SimulationReport } from '../../src/simulation/index.ts';
import { readTruth } from '../../src/training/index.ts';
import { silent } from '../../src/util/progress.ts';
import { firstPatients } from '../simulation/first-patients.ts';
import { writeLanding } from '../cases/landing.ts';
import { readmission as command } from './command.ts';

let work = '';
let natural = '';
let frozen = '';
let report: SimulationReport;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'cli-simulate-'));
  const { manifest, resources } = await firstPatients(30);
  natural = await writeLanding(resources, { coverage: manifest.coverage, transactionTime: manifest.transactionTime });
  frozen = join(work, 'frozen.json');
  const intercepts = { unplanned: -2.6, death: -3.2, planned: -3.2 };
  await writeFile(frozen, JSON.stringify({ ...readProcess('general-hospital'), intercepts }));
  report = await simulateInto(task('planted'), silent, new AbortController().signal);
}, 120_000);
afterAll(async () => {
  for (const folder of [work, natural]) await rm(folder, { recursive: true, force: true });
});

function task(out: string, data = natural): SimulationTask {
  return { data, out: join(work, out), seed: 3, process: frozen, utcOffset: -300 };
}
const readmission = (...args: string[]) => command('simulate', ...args);
/** The exit code and the line of an error, as main.ts gives them. */
async function refusal(work: Promise<unknown>): Promise<{ exit: number; line: string }> {
  const error = await work.then(
    () => {
      throw new Error('expected a refusal');
    },
    (cause: unknown) => cause,
  );
  return { exit: exitCodeOf(error), line: errorLine(error) };
}

describe('readmission simulate', () => {
  it('writes a folder whose manifest holds, with a truth row per draw that its owner alone can read', async () => {
    const planted = join(work, 'planted');
    const { planting } = await verifyLanding(planted);
    expect(planting).toMatchObject({ process: 'general-hospital', processSha256: report.processSha256, seed: 3 });
    const path = join(planted, 'truth.parquet');
    const draws = Object.values(report.draws).reduce((sum, n) => sum + n, 0);
    expect(draws).toBeGreaterThan(20);
    expect((await readTruth(path)).rowOf.size).toBe(draws);
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('accounts for it in words', () => {
    const text = plantedText(report, 'planted');
    expect(text).toContain('intercepts as frozen: unplanned -2.600');
    expect(text).toContain(`${report.patients} patients: ${report.stays.natural} natural stays kept`);
    expect(text).toMatch(/every draw\s+│\s+\d+/);
    expect(text).toContain('truth.parquet (for your eyes alone: its rows are patients)');
  });

  it('gives from the command line what it gives here, and takes the process.json it wrote', async () => {
    const process = join(work, 'planted', 'process.json');
    const { status, out } = readmission(
      '--data',
      natural,
      '--out',
      join(work, 'again'),
      '--seed',
      '3',
      '--process',
      process,
      '--json',
    );
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(await readFile(join(work, 'again', 'manifest.json'), 'utf8')).toBe(
      await readFile(join(work, 'planted', 'manifest.json'), 'utf8'),
    );
  });

  it('restores the natural records with --strip', async () => {
    const { status, out } = readmission('--data', join(work, 'planted'), '--out', join(work, 'back'), '--strip', '--json');
    expect(status).toBe(0);
    const { files } = await readManifest(natural);
    const restored = report.resources.displaced + report.resources.replaced;
    expect(JSON.parse(out)).toEqual({ files: files.length, restored, identicalFiles: files.length });
    expect(await verifyLanding(join(work, 'back'))).toEqual(await readManifest(natural));
  });
});

describe('what it refuses', () => {
  const { signal } = new AbortController();

  it('says with 2 that other flags are needed', async () => {
    const taken = await refusal(simulateInto(task('planted'), silent, signal));
    expect(taken).toEqual({ exit: 2, line: expect.stringContaining('SIM_OUT_TAKEN') as unknown });
    const twice = await refusal(simulateInto(task('twice', join(work, 'planted')), silent, signal));
    expect(twice).toEqual({ exit: 2, line: expect.stringContaining('SIM_PLANTED_ALREADY') as unknown });
    const unplanted = await refusal(stripLanding(natural, join(work, 'unplanted')));
    expect(unplanted).toEqual({ exit: 2, line: expect.stringContaining('SIM_NOT_PLANTED') as unknown });
    const unknown = await refusal(simulateInto({ ...task('unknown'), process: 'no-such' }, silent, signal));
    expect(unknown).toEqual({ exit: 2, line: expect.stringContaining('SIM_PROCESS') as unknown });
  });

  it('says with 3 that a planted folder was changed', async () => {
    const folder = join(work, 'changed');
    await simulateInto(task('changed'), silent, signal);
    await writeFile(join(folder, 'displaced.ndjson.gz'), '');
    const { status, err, out } = readmission('--data', folder, '--out', join(work, 'unrestored'), '--strip', '--json');
    expect(status).toBe(3);
    expect(err).toContain('readmission: SIM_STRIP');
    expect(JSON.parse(out)).toMatchObject({ error: 'SIM_STRIP', exitCode: 3 });
    await expect(access(join(work, 'unrestored'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends with 130 when interrupted, and the same command then does it', async () => {
    const controller = new AbortController();
    await mkdir(join(work, 'interrupted'));
    const stopped = simulateInto(
      task('interrupted'),
      ({ task: name }) => {
        if (name === 'copy') controller.abort();
      },
      controller.signal,
    );
    expect((await refusal(stopped)).exit).toBe(130);
    expect(await simulateInto(task('interrupted'), silent, signal)).toEqual(report);
  });
});
