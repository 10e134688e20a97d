/** The nine demographic and social variables, told from feature names. */
import { expect, test } from '@jest/globals';
import { readFamilies } from '../../src/features/index.ts';
import { variableUses } from '../../src/model/card-variables.ts';

const used = (features: readonly { name: string; family: string }[]) =>
  Object.fromEntries(
    variableUses(features)
      .filter((use) => use.used)
      .map(({ variable, features: names }) => [variable, names]),
  );

test('nine variables, none used by features that are none of them', () => {
  expect(variableUses([{ name: 'last_sodium', family: 'observations' }]).map(({ used: yes }) => yes)).toEqual(
    Array(9).fill(false),
  );
});

test('the shipped catalogue: sex, age, social findings and health status, and no more', () => {
  const features = readFamilies().flatMap((family) => family.features);
  const found = used(features);
  expect(Object.keys(found)).toEqual(['sex', 'date of birth', 'social determinants of health', 'health status assessments']);
  expect(found['sex']).toEqual(['sex_female', 'sex_male']);
  expect(found['date of birth']).toEqual(['age_years']);
  expect(found['social determinants of health']).toEqual(
    features.filter(({ family }) => family === 'social').map(({ name }) => name),
  );
  expect(found['health status assessments']).toContain('smoker');
});

test('a feature of a researcher is told by the words of its name, not by parts of words', () => {
  expect(
    used([
      { name: 'race_black', family: 'own' },
      { name: 'needs_interpreter', family: 'own' },
    ]),
  ).toEqual({
    race: ['race_black'],
    language: ['needs_interpreter'],
  });
  expect(used([{ name: 'dosage_embrace', family: 'own' }])).toEqual({});
});
