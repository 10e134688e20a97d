/** Who gets no risk is told why: which encounter, by which rule, in words. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCohortRules } from '../../src/cohort/index.ts';
import { createScorer, type Scorer } from '../../src/scoring/index.ts';
import { readModelFolder } from '../../src/model/index.ts';
import { expand } from '../cases/compact.ts';

let scorer: Scorer;
beforeAll(async () => {
  scorer = await createScorer(await readModelFolder('models/planted'));
});
afterAll(() => scorer.close());

function refusalOf(lines: readonly string[], encounter: string): Promise<unknown> {
  const entry = expand(lines).map((resource) => ({ resource }));
  const bundle = { resourceType: 'Bundle' as const, type: 'collection', entry };
  return scorer.scoreBundle({ bundle, encounter }).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a stay that is no index discharge', () => {
  it('is refused with encounter and rule, in words and as details', async () => {
    const lines = [
      'IMP a 2020-03-20T08:00:00Z/2020-03-25T08:00:00Z at=south reason=233604007',
      'Patient p born=2010-06-15 sex=female',
    ];
    const rule = readCohortRules().rules.find(({ id }) => id === 'under-minimum-age');
    await expect(refusalOf(lines, 'a')).resolves.toMatchObject({
      code: 'SCORING_NOT_ELIGIBLE',
      message: expect.stringContaining(`Encounter/a: its stay is no index discharge by rule "under-minimum-age": ${rule?.title}`),
      details: { encounter: 'Encounter/a', rule: 'under-minimum-age', words: rule?.title },
    });
  });

  it('is told where there is no stay at all', async () => {
    await expect(refusalOf(['AMB a 2020-03-20T08:00:00Z/2020-03-20T09:00:00Z'], 'a')).resolves.toMatchObject({
      code: 'SCORING_NOT_ELIGIBLE',
      details: { encounter: 'Encounter/a', rule: 'not-inpatient', words: expect.stringContaining('no acute inpatient stay') },
    });
  });
});

describe('a feature that the model does not read', () => {
  it('is told by the one that was meant, never by its own name', () => {
    expect(() => scorer.scoreFeatures({ features: { age_year: 70 } })).toThrow(
      expect.objectContaining({
        code: 'SCORING_FEATURE_UNKNOWN',
        message: expect.stringMatching(/found one it does not read; did you mean "age_years"\? GET/),
      }),
    );
    expect(() => scorer.scoreFeatures({ features: { 'Mr. Canary': 70 } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('Canary') }),
    );
  });
});
