/**
 * One line of a batch: a score request as POST /v1/score takes it, and its answer or its error.
 */
import { parseBody } from '../json-body.ts';
import type { ServedModel } from '../model-source.ts';
import { refusalOf } from '../operation-outcome.ts';
import { patientOfBundle } from '../fhir/bundle-keys.ts';
import { fetchedRequest } from '../routes/score-routes.ts';
import { readScoreRequest } from '../score-request.ts';
import type { FetchBundle } from '../server-context.ts';
import type { JobLine } from './job-schemas.ts';

export interface LineSource {
  readonly model: ServedModel;
  readonly fetchBundle: FetchBundle | undefined;
  readonly signal: AbortSignal;
}

/** Never rejects but when the signal fires: what is wrong with a line is its answer. */
export async function scoreLine(bytes: Buffer, index: number, { model, fetchBundle, signal }: LineSource): Promise<JobLine> {
  let patient: string | null = null;
  try {
    const { form, request } = readScoreRequest(parseBody(bytes), model.featureNames);
    const call = { signal, background: true };
    if (form === 'features') return { index, patient, answer: await model.scorer.scoreFeatures(request, call) };
    const id = form === 'server' ? request.patientId : patientOfBundle(request.bundle);
    patient = id === null ? null : `Patient/${id}`;
    const bundled = form === 'bundle' ? request : await fetchedRequest(request, fetchBundle, signal);
    return { index, patient, answer: await model.scorer.scoreBundle(bundled, call) };
  } catch (error) {
    if (signal.aborted) throw error;
    const { requestId: _id, type: _type, ...problem } = refusalOf(error, '').problem;
    return { index, patient, error: problem };
  }
}
