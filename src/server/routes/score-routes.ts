/**
 * POST /v1/score: one discharge, one explained risk.
 */
import { ScoringError } from '../../errors.ts';
import type { BundleRequest, ScoreAnswer, ServerRequest } from '../../scoring/index.ts';
import type { AuditFacts } from '../audit/audit-trail.ts';
import { patientOfBundle } from '../fhir/bundle-keys.ts';
import { jsonTypes } from '../json-body.ts';
import type { ServedModel } from '../model-source.ts';
import { jsonContent, schemaOf } from '../open-api.ts';
import { idempotencyParameter } from '../idempotency-key.ts';
import { RepeatedAnswers } from '../repeated-answers.ts';
import type { Answer, Asked, Route } from '../route.ts';
import { readScoreRequest } from '../score-request.ts';
import type { FetchBundle, ServerContext } from '../server-context.ts';

export function scoreRoutes(context: ServerContext): Route[] {
  const { limits, models, metrics } = context;
  const repeats = new RepeatedAnswers();
  const score: Route = {
    method: 'post',
    path: '/v1/score',
    access: 'score:read',
    cost: 1,
    produces: jsonTypes,
    body: { types: jsonTypes, limitBytes: limits.bodyBytes },
    scores: true,
    action: 'score',
    describe: {
      operationId: 'score',
      summary: 'One discharge, one explained risk',
      description:
        `Scores from features by name, from a FHIR R4 Bundle of one patient, or from the configured FHIR server. Bodies up to ${limits.bodyBytes} bytes. ` +
        'Errors are problem+json, or an OperationOutcome where Accept or Content-Type is application/fhir+json.',
      answer: jsonContent(schemaOf('ScoreAnswer')),
      errors: [408, 413, 415, 422, 431, 502, 503],
      parameters: [idempotencyParameter],
      get requestBody() {
        return requestBody(models.current());
      },
    },
    handle: (asked) => repeats.answer(asked, () => scored(asked)),
  };
  const scored = async (asked: Asked): Promise<Answer> => {
    const model = models.current();
    const { form, request } = readScoreRequest(asked.json(), model.featureNames);
    asked.note({ model: model.id });
    if (form === 'features') {
      const answer = await model.scorer.scoreFeatures(request, { signal: asked.signal });
      metrics.scored({ form, risk: answer.risk, band: answer.band });
      return { body: answer, type: 'application/json', facts: scoreFacts(model, answer, null) };
    }
    const patient = form === 'server' ? request.patientId : patientOfBundle(request.bundle);
    asked.note({
      patients: patient === null ? [] : [`Patient/${patient}`],
      encounter: encounterOf(form === 'server' ? request.encounterId : request.encounter),
    });
    const bundled = form === 'bundle' ? request : await fetchedRequest(request, context.fetchBundle, asked.signal);
    const answer = await model.scorer.scoreBundle(bundled, { signal: asked.signal });
    metrics.scored({ form, risk: answer.risk, band: answer.band });
    return { body: answer, type: 'application/json', facts: scoreFacts(model, answer, patient) };
  };
  return [score];
}

/** @param patient  id; null where features alone were given */
export function scoreFacts(model: ServedModel, answer: ScoreAnswer, patient: string | null): AuditFacts {
  return {
    patients: patient === null ? [] : [`Patient/${patient}`],
    encounter: answer.encounter,
    model: model.id,
    scores: [{ encounter: answer.encounter, risk: answer.risk, band: answer.band }],
  };
}

/** @throws {ScoringError} SCORING_NO_FHIR_SERVER; what the FHIR client throws */
export async function fetchedRequest(
  request: ServerRequest,
  fetchBundle: FetchBundle | undefined,
  signal: AbortSignal,
): Promise<BundleRequest> {
  if (fetchBundle === undefined) {
    throw new ScoringError(
      'SCORING_NO_FHIR_SERVER',
      'expected a bundle or features, as no FHIR server is configured; start with one to score by id',
    );
  }
  // Who has gone away needs no records.
  const { bundle, types } = await fetchBundle(request.patientId, signal);
  const { encounterId: encounter, asOf, explain } = request;
  return {
    bundle,
    encounter,
    covers: { types: [...types], from: null },
    ...(asOf === undefined ? {} : { asOf }),
    ...(explain === undefined ? {} : { explain }),
  };
}

function encounterOf(id: string): string {
  return id.startsWith('Encounter/') ? id : `Encounter/${id}`;
}

function requestBody({ description }: ServedModel): Readonly<Record<string, unknown>> {
  const forms = ['FeaturesRequest', 'BundleRequest', 'ServerRequest'].map(schemaOf);
  const features = Object.fromEntries(description.features.slice(0, 4).map(({ name, range }) => [name, range[0]]));
  const content = (type: string) => ({
    schema: { oneOf: forms },
    examples: type === 'application/json' ? { features: { summary: 'Features by name', value: { features } } } : {},
  });
  return { required: true, content: Object.fromEntries(jsonTypes.map((type) => [type, content(type)])) };
}
