/** The layering table: a folder may import what its row lists, plus util and errors. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const allowed: Readonly<Record<string, readonly string[]>> = {
  util: [],
  terminology: [],
  fhir: [],
  views: [],
  mapping: ['views', 'terminology'],
  warehouse: ['views', 'terminology', 'fhir', 'mapping'],
  cohort: ['warehouse', 'terminology', 'mapping'],
  features: ['warehouse', 'cohort', 'terminology', 'mapping'],
  forest: [],
  evaluation: [],
  model: ['forest', 'features', 'mapping'],
  baseline: ['features', 'evaluation'],
  simulation: ['fhir', 'terminology'],
  training: [
    'terminology',
    'fhir',
    'views',
    'mapping',
    'warehouse',
    'cohort',
    'features',
    'forest',
    'evaluation',
    'model',
    'baseline',
    'simulation',
  ],
  report: ['evaluation', 'model'],
  scoring: ['mapping', 'warehouse', 'cohort', 'features', 'forest', 'model'],
  profile: ['fhir', 'views', 'warehouse', 'terminology', 'mapping', 'cohort', 'features'],
  // forest: the threads that score share one.
  server: ['scoring', 'model', 'fhir', 'forest'],
  interchange: ['cohort', 'mapping', 'forest', 'model', 'training'],
  analyst: ['warehouse', 'cohort', 'features', 'forest', 'evaluation', 'model', 'training'],
  web: ['server', 'scoring'],
};
const everything = [...Object.keys(allowed), 'cli'];

/** Packages that only one folder may know. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  '@duckdb/node-api': ['warehouse'],
  'sql.js': ['warehouse'],
  'fhir-kit-client': ['fhir'],
  express: ['server', 'fhir'],
  'ml-random-forest': ['forest'],
  commander: ['cli'],
  'danfojs-node': ['analyst'],
  preact: ['web'],
  'preact/hooks': ['web'],
};

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return /\.m?tsx?$/.test(name) ? [path] : [];
  });
}

const root = resolve('src');
const folderOf = (path: string): string => relative(root, path).split('/')[0] ?? '';
const imports: Import[] = sourceFiles(root).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => ({
    file: relative(root, file),
    folder: folderOf(file),
    target: target?.startsWith('.') ? relative(root, resolve(dirname(file), target)) : (target ?? ''),
  })),
);

describe('layering', () => {
  it('reads the imports of every folder', () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  it('lets a folder import only what its row lists', () => {
    const wrong = imports.filter(({ folder, target }) => {
      const to = target.split('/')[0] ?? '';
      if (!everything.includes(to) || to === folder || to === 'util' || folder.endsWith('.ts') || folder === 'cli') return false;
      return !(allowed[folder] ?? []).includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('lets nobody import the command line', () => {
    expect(imports.filter(({ folder, target }) => target.startsWith('cli/') && folder !== 'cli')).toEqual([]);
  });

  it('lets the page know of the server only what its answers look like', () => {
    const files = imports
      .filter(({ folder, target }) => folder === 'web' && /^(server|scoring)\//.test(target))
      .map(({ file }) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const others = [
        ...readFileSync(join(root, file), 'utf8').matchAll(/^import (?!type )[^;]*'\.\.\/\.\.?\/?(?:server|scoring)\//gm),
      ];
      expect([file, others]).toEqual([file, []]);
    }
  });

  it('keeps each package behind its folder', () => {
    const wrong = imports.filter(
      ({ folder, target }) => packageOwners[target] !== undefined && !packageOwners[target]?.includes(folder),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycle between folders', () => {
    const edges = new Map<string, Set<string>>();
    for (const { folder, target } of imports) {
      const to = target.split('/')[0] ?? '';
      if (!everything.includes(to) || to === folder) continue;
      edges.set(folder, (edges.get(folder) ?? new Set()).add(to));
    }
    const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
      [...(edges.get(from) ?? [])].some((next) => next === goal || (!seen.has(next) && reaches(next, goal, seen.add(next))));
    expect([...edges.keys()].filter((folder) => reaches(folder, folder))).toEqual([]);
  });
});
