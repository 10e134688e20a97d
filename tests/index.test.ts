/** The library as its documents show it: what they import is there, and what they call a scorer by, too. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as library from '../src/index.ts';

const source = readFileSync('src/index.ts', 'utf8');
const exported = new Set(
  [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    ),
  ),
);

const documents = ['README.md', ...readdirSync('src').map((folder) => join('src', folder, 'README.md'))].flatMap((path) => {
  try {
    return [[path, readFileSync(path, 'utf8')] as const];
  } catch {
    return [];
  }
});
const imports = documents.flatMap(([path, text]) =>
  [...text.matchAll(/import (?:type )?\{([^}]*)\} from 'fhir-readmission-risk'/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => [name, path] as const),
  ),
);

describe('the library', () => {
  it('is shown by the documents', () => {
    expect(imports.length).toBeGreaterThan(8);
  });

  it.each(imports)('has %s, which %s imports', (name) => {
    expect([...exported]).toContain(name);
  });

  it.each([
    'trainForest',
    'createExplainer',
    'evaluation',
    'createScorer',
    'scoreTableFile',
    'toDanfo',
    'fromDanfo',
    'trainTable',
  ])('has %s at run time', (name) => {
    expect(library).toHaveProperty(name);
  });
});
