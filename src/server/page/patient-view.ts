/**
 * One patient: the risk with every reason, what other values would give, and the records behind it.
 *
 * In      a request by id; the patient's records from the FHIR server
 * Out     the view, all of it as of the prediction time
 */
import { ScoringError } from '../../errors.ts';
import type { BundleRequest, Explanation } from '../../scoring/index.ts';
import type { ServedModel } from '../model-source.ts';
import type { FetchBundle } from '../server-context.ts';
import { personOf, resourcesByKey } from './bundle-records.ts';
import { changeableOf } from './changeable-features.ts';
import type { Json } from './fhir-text.ts';
import type { PatientRequest, PatientView, ResourceSummary } from './page-answers.ts';
import { summaryOf } from './resource-summary.ts';
import { timelineDays, timelineOf } from './timeline.ts';

/**
 * @throws {ScoringError} SCORING_NOT_ELIGIBLE where the patient has no inpatient encounter, and what the scorer throws, EXPLAIN_* among it
 */
export async function makePatientView(
  model: ServedModel,
  fetchBundle: FetchBundle,
  { patientId, encounterId, asOf, set, profile }: PatientRequest,
  signal: AbortSignal,
): Promise<PatientView> {
  const { scorer } = model;
  const { bundle, types } = await fetchBundle(patientId, signal);
  const time = asOf === undefined ? {} : { asOf };
  const encounter = encounterId ?? (await scorer.lastInpatientEncounter({ bundle, ...time }, { signal }));
  if (encounter === null) throw noStay();
  const request: BundleRequest = { bundle, encounter, covers: { types: [...types], from: null }, ...time };
  const questions = {
    knownDays: timelineDays,
    ...(set === undefined ? {} : { set }),
    ...(profile === undefined ? {} : { profile }),
  };
  const { known = [], ...explanation } = await scorer.explainBundle(request, questions, { signal });
  const records = resourcesByKey(bundle);
  return {
    person: personOf(records, patientId),
    explanation,
    changeable: changeableOf(model, explanation.answer),
    timeline: timelineOf(known, records),
    resources: namedResources(explanation, records),
  };
}

/** Each resource that a reason names, once, in the order of the reasons. */
function namedResources({ answer }: Explanation, records: ReadonlyMap<string, Json>): ResourceSummary[] {
  const keys = new Set(answer.reasons.flatMap(({ resources }) => resources));
  return [...keys].map((key) => summaryOf(key, records.get(key) ?? {}));
}

function noStay(): ScoringError {
  return new ScoringError(
    'SCORING_NOT_ELIGIBLE',
    'no risk is given: the patient has no inpatient encounter by the site mapping of the model and its cohort rules',
    { details: { rule: 'not-inpatient', words: 'the patient has no inpatient encounter that had begun at the prediction time' } },
  );
}
