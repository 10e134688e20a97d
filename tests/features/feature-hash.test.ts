/** The hash that ties a model to its features changes with every rule: SQL of any step, codes, weights, units, catalogue entries. */
import * as fs from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

/** The file that reads otherwise, by the end of its path, and how. */
let changed: { end: string; change: (text: string) => string } | undefined;

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  readFileSync: (path: string | URL, encoding: 'utf8') => {
    const text = fs.readFileSync(path, encoding);
    if (changed === undefined || !String(path).endsWith(changed.end)) return text;
    const other = changed.change(text);
    if (other === text) throw new Error(`${changed.end} reads the same`);
    return other;
  },
}));

type Select = typeof import('../../src/features/feature-set.ts').selectFeatures;
interface Hashes {
  readonly all: string;
  readonly scores: string;
  readonly demographics: string;
}

let selectFeatures: Select;
let before: Hashes;

const hashes = (select: Select): Hashes => ({
  all: select('all').hash,
  scores: select('lace').hash,
  demographics: select('demographics').hash,
});

beforeAll(async () => {
  ({ selectFeatures } = await import('../../src/features/feature-set.ts'));
  before = hashes(selectFeatures);
});

const files = (folder: string, end: string): string[] =>
  fs
    .readdirSync(new URL(`../../src/${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);
const moreSql = (text: string): string => `${text}\n  AND 1 = 1`;

beforeEach(() => {
  changed = undefined;
});

describe('feature hash', () => {
  it('is the same for the same files', async () => {
    expect(hashes(selectFeatures)).toEqual(before);
  });

  it.each([...files('features/known', '.sql'), ...files('features/families', '.sql')].map((file) => [file]))(
    'changes with %s',
    async (file) => {
      changed = { end: file, change: moreSql };
      const after = hashes(selectFeatures);
      expect(after.all).not.toBe(before.all);
      // Scores are computed from every family; demographics from the doors and their own SQL.
      expect(after.scores).not.toBe(before.scores);
      if (file.includes('families') && !file.includes('demographics')) expect(after.demographics).toBe(before.demographics);
      else expect(after.demographics).not.toBe(before.demographics);
    },
  );

  it.each([['acute-encounter'], ['stay-encounter'], ['stay'], ['discharge'], ['index-discharge']])(
    'changes with cohort SQL %s',
    async (name) => {
      changed = { end: `cohort/sql/${name}.sql`, change: moreSql };
      // The cohort reads its SQL when it is loaded.
      jest.resetModules();
      const anew = await import('../../src/features/feature-set.ts');
      expect(anew.selectFeatures('demographics').hash).not.toBe(before.demographics);
    },
  );

  it.each([
    ['a code', 'value-sets/charlson.json', (text: string) => text.replace('"88805009"', '"88805000"')],
    ['a beginning of codes', 'value-sets/charlson.json', (text: string) => text.replace('"I252"', '"I253"')],
    ['an edition of ICD-10', 'terminology/code-systems.json', (text: string) => text.replace('sid/icd-10-cm', 'sid/icd-10-am')],
    ['a weight', 'value-sets/charlson.json', (text: string) => text.replace(/"quan2011": 2/, '"quan2011": 3')],
    ['a unit', 'terminology/units.json', (text: string) => text.replace('"g/L": 0.1', '"g/L": 0.2')],
    ['a range', 'families/demographics.json', (text: string) => text.replace('120', '121')],
  ])('changes with %s', async (_, end, change) => {
    changed = { end, change };
    expect(hashes(selectFeatures).all).not.toBe(before.all);
  });

  it.each([
    ['a comment of SQL', 'families/demographics.sql', (text: string) => `-- Another word.\n${text}`],
    [
      'the name a code is shown by',
      'value-sets/charlson.json',
      (text: string) => text.replace(/"display": "/, '"display": "Some '),
    ],
  ])('does not change with %s', async (_, end, change) => {
    changed = { end, change };
    expect(hashes(selectFeatures).all).toBe(before.all);
  });
});
