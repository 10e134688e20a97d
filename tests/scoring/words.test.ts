/** Reasons in plain words. */
import { describe, expect, it } from '@jest/globals';
import { readFamilies } from '../../src/features/index.ts';
import { featureWords } from '../../src/scoring/words.ts';

const features = new Map(readFamilies().flatMap((family) => family.features.map((feature) => [feature.name, feature])));

describe('featureWords', () => {
  it.each([
    ['prior_admissions_365d', 3, '3 hospital stays in the year before'],
    ['prior_admissions_365d', 1, '1 hospital stay in the year before'],
    ['prior_admissions_365d', 0, '0 hospital stays in the year before'],
    ['prior_bed_days_365d', 1, '1 day in hospital in the year before'],
    ['distinct_drugs_90d', 1, '1 different drug ordered in the 90 days before discharge'],
    ['stay_encounters', 1, 'a stay of 1 recorded encounter'],
    ['charlson_chf', 1, 'congestive heart failure'],
    ['charlson_chf', 0, 'no congestive heart failure'],
    ['last_sodium', 138.4567, 'last sodium 138.5 mmol/L'],
    ['last_creatinine', 1.2345, 'last creatinine 1.23 mg/dL'],
    ['last_creatinine', Number.NaN, 'last creatinine not known'],
    ['age_years', 71, 'age 71'],
  ])('%s of %d: %s', (name, value, words) => {
    const feature = features.get(name);
    expect(feature && featureWords(feature, value)).toBe(words);
  });

  it('has words for every feature, present and absent', () => {
    for (const feature of features.values()) {
      for (const value of [0, 1, Number.NaN]) expect(featureWords(feature, value)).not.toContain('{value}');
    }
  });
});
