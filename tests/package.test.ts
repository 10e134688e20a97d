/** What `npm pack` would publish: the built code and its documents, and nothing that lies beside them in a checkout. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** As built: one of each kind of file that the code needs, and the two that the manifest names. */
const built = [
  'dist/cli/main.js',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/browser.js',
  'dist/browser.d.ts',
  'dist/features/families/utilization.sql',
  'dist/forest/generated/trainer-bytes.js',
  'dist/forest/README.md',
  'dist/terminology/value-sets/charlson.json',
];
/** Left by work in a checkout, whether git knows them or not. */
const beside = [
  '.env',
  '.npmrc',
  '.ci/run',
  'demo/model/model.bin',
  'landing/Patient.ndjson',
  'models/planted/model.bin',
  'scripts/generate.mjs',
  'src/index.ts',
  'synthea-data/Patient.ndjson.gz',
  'tests/index.test.ts',
  'token',
];

let folder: string;
let packed: string[];
let stated: Record<string, unknown>;
beforeAll(async () => {
  // A checkout's skeleton: the rule is the same whether or not the code is built, and nothing has to be hashed.
  folder = await mkdtemp(join(tmpdir(), 'readmission-package-'));
  const names = (await readdir('.')).filter((name) => !['dist', 'node_modules', '.git'].includes(name));
  const found = await Promise.all(names.map(async (name) => ((await stat(name)).isDirectory() ? `${name}/inside` : name)));
  for (const path of new Set([...found, ...built, ...beside])) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  await Promise.all(['package.json', '.gitignore', 'README.md'].map((name) => copyFile(name, join(folder, name))));
  stated = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, unknown>;
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
    cwd: folder,
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  packed = files.map(({ path }) => path);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what is built, with SQL, value sets and documents', () => {
    expect(packed).toEqual(expect.arrayContaining(built));
  });

  it('holds the README, the manifest and the licence, and nothing else of a checkout', () => {
    expect(packed).toEqual(expect.arrayContaining(['README.md', 'package.json']));
    const others = packed.filter((path) => !path.startsWith('dist/'));
    expect(['LICENSE', 'README.md', 'package.json']).toEqual(expect.arrayContaining(others));
  });

  it('holds every file that the manifest names', () => {
    const paths = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as Record<string, unknown>).flatMap(paths);
    const named = [stated['bin'], stated['exports']].flatMap(paths).map((path) => path.replace(/^\.\//, ''));
    expect(named.length).toBeGreaterThan(4);
    expect(packed).toEqual(expect.arrayContaining(named));
  });
});
