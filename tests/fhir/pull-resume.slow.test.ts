/** Interrupted pulls: killed, cancelled, torn, doubled; the same command ends with the same bytes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyLanding } from '../../src/fhir/landing.ts';
import { pull } from '../../src/fhir/pull.ts';
import type { PullOptions } from '../../src/fhir/pull-options.ts';
import { cohort, startFake, type FakeServer } from './support/fake-server.ts';

let fake: FakeServer;
let dir: string;
let out: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'resume-'));
  out = join(dir, 'out');
  fake = await startFake(cohort(12, 6));
});
afterEach(async () => {
  await fake.close();
  await rm(dir, { recursive: true, force: true });
});

const options = (): PullOptions => ({
  server: fake.url,
  out,
  types: ['Encounter', 'Observation'],
  patientsPerQuery: 5,
  pageSize: 10,
  parallel: 2,
});
const dataOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
const undisturbed = async (): Promise<Record<string, string>> => {
  await pull({ ...options(), out: join(dir, 'undisturbed') });
  return dataOf(join(dir, 'undisturbed'));
};
const isPage = (request: { params: URLSearchParams }): boolean => request.params.get('_summary') === null;

describe('kill -9', () => {
  const child = (): ChildProcess =>
    spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('./support/pull-child.ts', import.meta.url)), JSON.stringify(options())],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
  const ended = (process: ChildProcess): Promise<NodeJS.Signals | null> =>
    new Promise((resolve) => process.once('exit', (_code, signal) => resolve(signal)));

  test.each([1, 3, 6, 11, 18, 24])('at request %i, then again: the same bytes', async (point) => {
    const expected = await undisturbed();
    const start = fake.requests.length;
    const victim = child();
    fake.hook = (request) => {
      if (request.number === start + point) victim.kill('SIGKILL');
      return false;
    };
    expect(await ended(victim)).toBe('SIGKILL');
    fake.hook = undefined;
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
    const report = await pull(options());
    expect(dataOf(out)).toEqual(expected);
    expect(report.types['Observation']).toEqual({ expected: 72, received: 72, stored: 72, duplicate: 0, quarantined: 0 });
    await verifyLanding(out);
    expect(await readdir(out)).not.toContain('.pull');
  });

  test('while the files are written', async () => {
    const expected = await undisturbed();
    for (const moment of ['files 0', 'files 1', 'files 3']) {
      const victim = child();
      let told = '';
      victim.stdout?.on('data', (text) => {
        told += String(text);
        if (told.includes(moment)) victim.kill('SIGKILL');
      });
      await ended(victim);
      // A kill so late may find the work done; then there is nothing left to finish.
      await pull(options()).catch((error: unknown) => expect(error).toMatchObject({ code: 'FHIR_FINISHED' }));
      expect(dataOf(out)).toEqual(expected);
      await verifyLanding(out);
      await rm(out, { recursive: true });
    }
  });
});

describe('what is on disk is used', () => {
  test('cancelled half-way, a pull goes on at the very page it lacks', async () => {
    const stop = new AbortController();
    fake.hook = (request) => {
      if (request.params.get('_getpagesoffset') === '20' && request.number > 10) stop.abort();
      return false;
    };
    await expect(pull({ ...options(), parallel: 1, signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    fake.hook = undefined;
    const before = fake.requests.length;
    const report = await pull({ ...options(), parallel: 1 });
    const again = fake.requests.slice(before);
    expect(again.some((r) => r.path === 'Patient')).toBe(false);
    expect(again[0]?.params.get('_summary')).toBe('count');
    expect(again[1]?.params.get('_getpagesoffset')).toBe('20');
    expect(again.filter((r) => r.params.has('patient') && isPage(r)).length).toBeLessThan(6);
    expect(report.types['Encounter']).toMatchObject({ received: 72, stored: 72 });
  });

  test('interrupted again and again after a few requests, it still gets there', async () => {
    const expected = await undisturbed();
    let runs = 0;
    for (let done = false; !done;) {
      runs += 1;
      expect(runs).toBeLessThan(30);
      const stop = new AbortController();
      const last = fake.requests.length + 4;
      fake.hook = (request) => {
        if (request.number > last) stop.abort();
        return false;
      };
      done = await pull({ ...options(), signal: stop.signal }).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'CANCELLED' });
          return false;
        },
      );
    }
    expect(runs).toBeGreaterThan(5);
    expect(dataOf(out)).toEqual(expected);
  });

  /** A workspace as it was just before the manifest, put back beside the finished files. */
  async function finishedWithWorkspace(): Promise<Record<string, string>> {
    const copy = join(dir, 'copy');
    await pull({
      ...options(),
      onProgress: ({ task, done, total }) => {
        if (task === 'files' && done === total) cpSync(join(out, '.pull'), copy, { recursive: true });
      },
    });
    const expected = dataOf(out);
    cpSync(copy, join(out, '.pull'), { recursive: true });
    rmSync(join(out, '.pull', 'lock'));
    return expected;
  }

  test('killed just before the manifest: written again, without a request', async () => {
    const expected = await finishedWithWorkspace();
    rmSync(join(out, 'manifest.json'));
    writeFileSync(join(out, 'Observation.ndjson'), 'half');
    const before = fake.requests.length;
    await pull(options());
    expect(fake.requests.length).toBe(before);
    expect(dataOf(out)).toEqual(expected);
    await verifyLanding(out);
  });

  test('killed just after: tidied, and the report is the first one', async () => {
    await finishedWithWorkspace();
    const journal = join(out, '.pull', 'journal.ndjson');
    appendFileSync(journal, `${JSON.stringify({ kind: 'finished', report: '{"patients":12}' })}\n`);
    expect(await pull(options())).toEqual({ patients: 12 });
    expect(await readdir(out)).not.toContain('.pull');
  });

  test.each([
    ['a torn last line of the journal', (pull: string) => appendFileSync(join(pull, 'journal.ndjson'), '{"kind":"do')],
    ['a page that is missing', (pull: string) => rmSync(join(pull, 'pages', firstPage(pull)))],
    ['a page that is short', (pull: string) => truncateSync(join(pull, 'pages', firstPage(pull)), 100)],
    ['a page with a flipped bit', (pull: string) => flip(join(pull, 'pages', firstPage(pull)))],
    ['a page without a line', (pull: string) => writeFileSync(join(pull, 'pages', '000999.page'), 'x')],
    ['a half-written page', (pull: string) => writeFileSync(join(pull, 'pages', '000998.page.part'), 'x')],
  ])('%s is mended', async (_title, damage) => {
    const expected = await finishedWithWorkspace();
    rmSync(join(out, 'manifest.json'));
    damage(join(out, '.pull'));
    const strays: string[] = [];
    const onProgress = (): void =>
      void strays.push(...readdirSync(join(out, '.pull', 'pages')).filter((name) => /99\d|part/.test(name)));
    const report = await pull({ ...options(), onProgress });
    expect(strays).toEqual([]);
    expect(dataOf(out)).toEqual(expected);
    expect(report.types['Encounter']).toMatchObject({ received: 72, stored: 72 });
  });

  test('a journal damaged inside is refused, not guessed at', async () => {
    await finishedWithWorkspace();
    const journal = join(out, '.pull', 'journal.ndjson');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"kind":"page"', '"kind":"pagE"'));
    await expect(pull(options())).rejects.toMatchObject({ code: 'FHIR_JOURNAL' });
  });

  test('the workspace is for its owner alone', async () => {
    const seen: number[] = [];
    await pull({
      ...options(),
      onProgress: ({ task }) => {
        if (task !== 'files' || seen.length > 0) return;
        for (const entry of readdirSync(join(out, '.pull'), { recursive: true, withFileTypes: true })) {
          if (entry.isFile()) seen.push(statSync(join(entry.parentPath, entry.name)).mode & 0o777);
        }
      },
    });
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen)).toEqual(new Set([0o600]));
  });
});

describe('one folder, one pull', () => {
  test('a second pull into the same folder is told to wait', async () => {
    let second: Promise<unknown> | undefined;
    fake.hook = () => {
      second ??= pull(options()).catch((error: unknown) => error);
      return false;
    };
    await pull(options());
    expect(await second).toMatchObject({ code: 'FHIR_BUSY', details: { pid: process.pid } });
  });

  test('the lock of another living process holds, that of a dead one does not', async () => {
    const stop = new AbortController();
    fake.hook = () => {
      stop.abort();
      return false;
    };
    await expect(pull({ ...options(), signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    fake.hook = undefined;
    await writeFile(join(out, '.pull', 'lock'), `${process.ppid} -\n`);
    await expect(pull(options())).rejects.toMatchObject({ code: 'FHIR_BUSY', details: { pid: process.ppid } });
    await writeFile(join(out, '.pull', 'lock'), `${process.ppid} 1\n`); // The number is in use again, by a later process.
    expect((await pull(options())).patients).toBe(12);
  });

  test.each([
    ['server', { server: 'http://127.0.0.1:1/fhir' }],
    ['patients', { patients: '_id=secret-name' }],
    ['types', { types: ['Encounter'] }],
    ['observationCodes', { observationCodes: ['1'] }],
    ['patientsPerQuery', { patientsPerQuery: 6 }],
    ['maxPatients', { maxPatients: 3 }],
  ])('an unfinished folder refuses another query: %s', async (option, change) => {
    const stop = new AbortController();
    fake.hook = (request) => {
      if (request.number === 8) stop.abort();
      return false;
    };
    await expect(pull({ ...options(), signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    const error = await pull({ ...options(), ...change }).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ code: 'FHIR_RESUME_MISMATCH', details: { option } });
    expect((error as Error).message).not.toContain('secret-name');
    fake.hook = undefined;
    // What does not change the result may change: page size, parallelism, patience.
    expect((await pull({ ...options(), pageSize: 3, parallel: 1, timeoutMs: 9000 })).patients).toBe(12);
  });

  test('a finished folder is refused unless forced, and forcing leaves nothing of the old one', async () => {
    await pull({ ...options(), gzip: true });
    await expect(pull(options())).rejects.toMatchObject({ code: 'FHIR_FINISHED' });
    expect(fake.requests.length).toBeLessThan(60);
    await pull({ ...options(), types: ['Encounter'], force: true });
    expect(await readdir(out)).toEqual(['Encounter.ndjson', 'Patient.ndjson', 'manifest.json']);
    await verifyLanding(out);
  });

  test('a folder with other data files is not written into', async () => {
    await pull(options());
    rmSync(join(out, 'manifest.json'));
    await expect(pull(options())).rejects.toMatchObject({ code: 'FHIR_FINISHED' });
  });

  test('a file that may not grow further ends the pull as a fault of the disk, and the same command mends it', async () => {
    const expected = await undisturbed();
    const script = fileURLToPath(new URL('./support/pull-child.ts', import.meta.url));
    // Blocks of 1,024 bytes: pages fit, the file of observations does not.
    const command = 'ulimit -f 8; exec "$0" --import tsx "$1" "$2"';
    const limited = spawn('bash', ['-c', command, process.execPath, script, JSON.stringify(options())], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    let said = '';
    limited.stderr.on('data', (text) => (said += String(text)));
    await new Promise((resolve) => limited.once('exit', resolve));
    expect(said).toContain('FHIR_DISK: expected to write the landing folder, found EFBIG');
    expect(readdirSync(out).filter((name) => name.endsWith('.part') || name === 'manifest.json')).toEqual([]);
    await pull(options());
    expect(dataOf(out)).toEqual(expected);
  });

  test('a disk that refuses is named as such', async () => {
    await writeFile(out, 'a file, not a folder');
    await expect(pull(options())).rejects.toMatchObject({ code: 'FHIR_DISK', details: { code: 'EEXIST' } });
    expect(await readFile(out, 'utf8')).toBe('a file, not a folder');
    expect((await stat(out)).isFile()).toBe(true);
  });
});

function firstPage(workspace: string): string {
  return readdirSync(join(workspace, 'pages')).sort()[2] ?? '';
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 10]! ^= 1;
  writeFileSync(path, bytes);
}
