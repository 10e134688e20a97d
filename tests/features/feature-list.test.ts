/** Feature expressions: all but one, and lists that stand in a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { expandFeatureLists, readFamilies, selectFeatures } from '../../src/features/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'feature-list-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}
const names = (expression: string): string[] => selectFeatures(expression).features.map(({ name }) => name);

describe('all-minus-X', () => {
  it('is everything without a family', () => {
    const family = readFamilies().find((f) => f.family === 'index-stay');
    const left = new Set(family?.features.map(({ name }) => name));
    expect(left.size).toBeGreaterThan(5);
    expect(names('all-minus-index-stay')).toEqual(names('all').filter((name) => !left.has(name)));
  });

  it('is everything without a feature', () => {
    expect(names('all-minus-age_years')).toEqual(names('all').filter((name) => name !== 'age_years'));
  });

  it('is refused for what is not there', () => {
    expect(() => selectFeatures('all-minus-nothing')).toThrow(expect.objectContaining({ code: 'FEATURE_UNKNOWN' }));
  });
});

describe('lists in a file', () => {
  it('take the place of their names', () => {
    const list = file('list.json', ['age_years', 'social', '-social_stress']);
    expect(names(`@${list}`)).toEqual(names('age_years,social,-social_stress'));
    expect(names(`default,-@${list}`)).toEqual(names('default,-age_years,-social,social_stress'));
  });

  it('are found by name among several, and beside the file that names them', () => {
    const lists = file('lists.json', { small: ['age_years'], large: ['demographics', 'social'] });
    expect(names(`@${lists}#large`)).toEqual(names('demographics,social'));
    expect(expandFeatureLists('@lists.json#small, lace', folder)).toBe('age_years,lace');
  });

  it.each([
    ['absent.json', null],
    ['broken.json', '['],
    ['numbers.json', [1]],
    ['empty.json', []],
    ['nested.json', ['@list.json']],
  ])('are refused in %s', (name, value) => {
    const path = value === null ? join(folder, name) : file(name, value);
    expect(() => selectFeatures(`@${path}`)).toThrow(expect.objectContaining({ code: 'FEATURE_SET_LIST' }));
  });

  it('need a name where there are names, and only there', () => {
    const lists = file('lists.json', { small: ['age_years'] });
    const list = file('list.json', ['age_years']);
    for (const reference of [`@${lists}`, `@${lists}#large`, `@${list}#small`]) {
      expect(() => selectFeatures(reference)).toThrow(expect.objectContaining({ code: 'FEATURE_SET_LIST' }));
    }
  });
});
