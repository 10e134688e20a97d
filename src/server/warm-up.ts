/**
 * A made-up discharge, scored before anyone asks: the first real request then finds queries planned and code compiled, and a build
 * whose SQL does not run is found out at the start instead of at the bedside.
 *
 * Choice  a refusal as not eligible passes: the cohort of a model may want others than this person; so does that of a model of a table, which
 *         takes no records
 */
import { ReadmissionError } from '../errors.ts';
import type { BundleRequest, Scorer } from '../scoring/index.ts';

const subject = { reference: 'Patient/warm-up' };
const code = { coding: [{ system: 'http://snomed.info/sct', code: '0' }] };

const request: BundleRequest = {
  bundle: {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { resourceType: 'Patient', id: 'warm-up', gender: 'female', birthDate: '1950-06-01' },
      {
        resourceType: 'Encounter',
        id: 'warm-up',
        status: 'finished',
        class: { code: 'IMP' },
        subject,
        period: { start: '2020-03-01T08:00:00Z', end: '2020-03-05T12:00:00Z' },
      },
      { resourceType: 'Condition', id: 'warm-up', subject, code, onsetDateTime: '2019-01-01', recordedDate: '2019-01-01' },
      { resourceType: 'Observation', id: 'warm-up', subject, code, status: 'final', effectiveDateTime: '2020-03-02' },
      { resourceType: 'Procedure', id: 'warm-up', subject, code, status: 'completed', performedDateTime: '2020-03-02' },
      { resourceType: 'MedicationRequest', id: 'warm-up', subject, status: 'active', intent: 'order', authoredOn: '2020-03-02' },
    ].map((resource) => ({ resource })),
  },
  encounter: 'warm-up',
};

/** Often enough for the engine to have compiled what a request runs. */
const rounds = 5;
const passes: readonly string[] = ['SCORING_NOT_ELIGIBLE', 'MODEL_OF_TABLE'];

export async function warmUp(scorer: Pick<Scorer, 'scoreBundle'>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    try {
      await scorer.scoreBundle(request);
    } catch (error) {
      if (!(error instanceof ReadmissionError) || !passes.includes(error.code)) throw error;
    }
  }
}
