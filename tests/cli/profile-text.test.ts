/** A profile as text: what to fix comes first, and every table that has something to say is there. */
import { describe, expect, it } from '@jest/globals';
import { profileText } from '../../src/cli/profile-text.ts';
import { profileLanding } from '../../src/profile/index.ts';
import { withLanding } from '../cases/landing.ts';
import { germanHospital, secrets } from '../profile/hospitals.ts';

describe('profileText', () => {
  it('says what stops before what harms, and what was found below it', async () => {
    const profile = await withLanding(germanHospital(), (folder) => profileLanding(folder, { threads: 1 }));
    const text = profileText(profile, 5);
    const places = [
      '25 Condition, 36 Encounter',
      'cohort hwr-like: 0 index discharges',
      '✗ No encounter counts as inpatient',
      '✗ 36 encounters (100 %) have a class that is not HL7’s',
      '! Condition.code: 25 codings are of the unknown system https://kis.example/icd10gm. They look like',
      '· 33 % of encounters are part of another',
      'Elements present',
      'Encounter classes',
      'Code systems',
      'unknown; looks like http://fhir.de/CodeSystem/bfarm/icd-10-gm',
      'Numeric LOINC codes no feature reads (1)',
      'Units that are not accepted (1)',
      'Features that tell nothing',
      'comorbidity, cannot be filled: no code of its value set occurs',
    ].map((part) => [part, text.indexOf(part)] as const);
    expect(places.filter(([, at]) => at < 0)).toEqual([]);
    expect(places.map(([, at]) => at)).toEqual(places.map(([, at]) => at).sort((a, b) => a - b));
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});
