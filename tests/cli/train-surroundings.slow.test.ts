/** A model says nothing of the computer it was trained on: the same bytes in any time zone and under any locale. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomStream } from '../../src/util/random.ts';
import { writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';

jest.setTimeout(240_000);
const scratch = mkdtempSync(join(tmpdir(), 'train-surroundings-'));
const [records, table] = [join(scratch, 'records'), join(scratch, 'table.csv')];
const surroundings = {
  usual: { TZ: 'UTC', LC_ALL: 'C', LANG: 'C' },
  // Days begin half a day earlier; 1.5 is written 1,5.
  auckland: { TZ: 'Pacific/Auckland', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
  // Hours begin at half past; I is not the capital of i, and sorts elsewhere.
  'st-johns': { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
};
type Place = keyof typeof surroundings;
const places = Object.keys(surroundings) as Place[];

beforeAll(async () => {
  renameSync(await writeLanding(hospital(7, 300)), records);
  const stream = randomStream(6, 0);
  const rows = Array.from({ length: 240 }, (_, row) => {
    const x = stream.uniform();
    const cells = [row % 90, stream.uniform() < 0.1 + 0.4 * x ? 1 : 0, 1000 * x, stream.below(2) === 0 ? 'TRUE' : 'NA'];
    return `${cells.join(',')},2023-0${1 + stream.below(9)}-11,İI ıi ward ${row % 3}`;
  });
  writeFileSync(table, ['patient,readmitted,Income,Insured,left,ward', ...rows, ''].join('\n'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs Node with these arguments where `place` says, in a folder of its own. */
async function nodeAt(place: Place, ...args: string[]): Promise<{ folder: string; out: string }> {
  const folder = join(scratch, place);
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, ...surroundings[place] };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  return { folder, out: stdout };
}

/** The files of a model trained there, by name. */
async function trainedAt(place: Place, name: string, source: readonly string[]): Promise<Record<string, string>> {
  const { folder } = await nodeAt(
    place,
    ...[resolve(process.env['READMISSION_TEST_COMMAND']!), 'train', ...source, '--out', name, '--quick'],
    ...['--trees', '10', '--draws', '100', '--folds', '2', '--created-at', '2026-01-01T00:00:00Z'],
  );
  const model = join(folder, name);
  return Object.fromEntries(readdirSync(model).map((file) => [file, readFileSync(join(model, file), 'base64')]));
}

describe('a model trained elsewhere', () => {
  it('is trained where the system knows of zone and locale', async () => {
    const script = `const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions(); console.log(timeZone, locale, (1.5).toLocaleString())`;
    const found: string[] = [];
    for (const place of places) found.push((await nodeAt(place, '-e', script)).out.trim());
    expect(found).toEqual([
      expect.stringMatching(/^UTC en-US/),
      'Pacific/Auckland de-DE 1,5',
      expect.stringMatching(/^America\/St_Johns tr-TR 1,5$/),
    ]);
  });

  it.each([
    ['records', ['--data', records, '--features', 'demographics,utilization']],
    ['a table', ['--matrix', table, '--label', 'readmitted', '--groups', 'patient', '--time', 'left', '--reason', 'ward']],
  ])('of %s is the same, byte for byte, with all that lies beside it', async (_of, source) => {
    const name = `model-${source[0]!.slice(2)}`;
    const here = await trainedAt('usual', name, source);
    expect(Object.keys(here).sort()).toEqual(expect.arrayContaining(['card.md', 'metrics.json', 'model.bin', 'report.html']));
    for (const place of ['auckland', 'st-johns'] as const) {
      const there = await trainedAt(place, name, source);
      const differing = Object.keys(here).filter((file) => there[file] !== here[file]);
      expect([place, differing, Object.keys(there)]).toEqual([place, [], Object.keys(here)]);
    }
  });
});
