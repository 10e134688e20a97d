/** The name that was meant: near names are found, far ones are not made up. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean, editDistance, nearestNames } from '../../src/util/nearest-name.ts';

const features = ['age_years', 'prior_admissions_365d', 'prior_admissions_30d', 'last_sodium', 'last_haemoglobin', 'lives_alone'];

describe('nearestNames', () => {
  it.each([
    ['age_year', ['age_years']],
    ['Age Years', ['age_years']],
    ['ageYears', ['age_years']],
    ['lst_sodium', ['last_sodium']],
    ['sodium', ['last_sodium']],
    ['hemoglobin', ['last_haemoglobin']],
    ['sodium_last', ['last_sodium']],
    ['prior_admission', ['prior_admissions_365d', 'prior_admissions_30d']],
    ['prior_admissions_300d', ['prior_admissions_30d', 'prior_admissions_365d']],
    ['creatinine', []],
    ['age', ['age_years']],
    ['', []],
    ['___', []],
  ])('"%s" is near %j', (name, expected) => {
    expect(nearestNames(name, features)).toEqual(expected);
  });

  it('gives three names at most, and each once', () => {
    const many = ['aaaab', 'aaaac', 'aaaad', 'aaaae', 'aaaab'];
    expect(nearestNames('aaaaa', many)).toEqual(['aaaab', 'aaaac', 'aaaad']);
  });

  it('gives a name that is there before every other', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z][a-z_]{3,12}$/), { minLength: 1, maxLength: 8 }), (names) => {
        const canonical = names.filter((name) => !name.includes('__') && !name.endsWith('_'));
        for (const name of canonical) expect(nearestNames(name, names)[0]?.replaceAll('_', '')).toBe(name.replaceAll('_', ''));
      }),
      { numRuns: 50 },
    );
  });
});

describe('didYouMean', () => {
  it.each([
    [['default'], '; did you mean "default"?'],
    [['default', 'defaults'], '; did you mean "default" or "defaults"?'],
    [['default', 'defaults', 'defaulty'], '; did you mean "default", "defaults" or "defaulty"?'],
    [['all'], ''],
  ])('%j ends the message with %j', (known, text) => {
    expect(didYouMean('default', known)).toBe(text);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['ca', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%j to %j takes %i', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
    expect(editDistance(b, a)).toBe(expected);
  });
});
