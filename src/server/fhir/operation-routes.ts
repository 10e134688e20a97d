/**
 * POST /fhir/Encounter/{id}/$readmission-risk, and the same at the level of the type: one discharge, one RiskAssessment.
 *
 * In      a Parameters resource: the Bundle of the patient's records, or whose records are to be fetched
 * Out     the RiskAssessment itself, as an operation with the one output "return" answers; or an OperationOutcome
 * Choice  POST only: inputs are not all primitive, and no id of a patient belongs into an address
 * Choice  where the request names neither Bundle nor patient, the patient is read from the encounter at the configured FHIR server
 */
import { ScoringError } from '../../errors.ts';
import type { BundleRequest } from '../../scoring/index.ts';
import { jsonTypes } from '../json-body.ts';
import { schemaOf } from '../open-api.ts';
import type { Answer, Asked, Route } from '../route.ts';
import { fetchedRequest, scoreFacts } from '../routes/score-routes.ts';
import type { ServerContext } from '../server-context.ts';
import { canonicalBase, operationCode } from './canonical.ts';
import { readOperationInput, type OperationInput } from './operation-input.ts';
import { riskAssessment } from './risk-assessment.ts';

/** The default first. */
export const fhirTypes: readonly string[] = ['application/fhir+json', 'application/json'];
/** What may be asked for: R4 by name too. FHIR R4 versioning.html, MIME parameter fhirVersion */
export const acceptableTypes: readonly string[] = [...fhirTypes, ...fhirTypes.map((type) => `${type}; fhirVersion=4.0`)];

const anyParameters = schemaOf('Parameters');
const withEncounter = {
  allOf: [
    anyParameters,
    {
      properties: { parameter: { contains: { properties: { name: { const: 'encounter' } }, required: ['name'] } } },
      required: ['parameter'],
    },
  ],
};

export function operationRoutes(context: ServerContext): Route[] {
  const { limits } = context;
  const common = {
    method: 'post',
    access: 'score:read',
    cost: 1,
    produces: acceptableTypes,
    body: { types: jsonTypes, limitBytes: limits.bodyBytes, optional: true },
    scores: true,
    action: 'score',
    speaksFhir: true,
  } as const;
  const describe = (level: string, from: string, errors: readonly number[], parameters = anyParameters) => ({
    description:
      `FHIR operation $${operationCode} (${level}); its OperationDefinition is served at /fhir/OperationDefinition. Records come with the request ` +
      `(parameter bundle) or from the configured FHIR server${from}. Answers a RiskAssessment R4 whose contributions, interval and base rate are ` +
      `extensions below ${canonicalBase}; refusals are OperationOutcomes.`,
    answer: Object.fromEntries(fhirTypes.map((type) => [type, { schema: schemaOf('RiskAssessment') }])),
    errors,
    requestBody: {
      required: parameters !== anyParameters,
      content: Object.fromEntries(jsonTypes.map((type) => [type, { schema: parameters }])),
    },
  });
  return [
    {
      ...common,
      path: `/fhir/Encounter/:id/$${operationCode}`,
      describe: {
        operationId: 'fhirEncounterReadmissionRisk',
        summary: 'Risk of readmission after this encounter, as a RiskAssessment',
        ...describe('instance level', ', which may be told the patient', [404, 422, 502, 503]),
      },
      handle: (asked) => answerOperation(asked, context, asked.param('id')),
    },
    {
      ...common,
      path: `/fhir/Encounter/$${operationCode}`,
      describe: {
        operationId: 'fhirReadmissionRisk',
        summary: 'Risk of readmission after an encounter, as a RiskAssessment',
        ...describe('type level; the parameter encounter is required', '', [422, 502, 503], withEncounter),
      },
      handle: (asked) => answerOperation(asked, context, undefined),
    },
  ];
}

async function answerOperation(asked: Asked, context: ServerContext, encounterId: string | undefined): Promise<Answer> {
  const model = context.models.current();
  const input = readOperationInput(parametersOf(asked), encounterId);
  asked.note({ model: model.id, encounter: `Encounter/${input.encounter}`, patients: patientsOf(input.patient) });
  const { patient, request } = await recordsFor(asked, context, input);
  const { answer } = await model.scorer.explainBundle(request, undefined, { signal: asked.signal });
  context.metrics.scored({ form: input.bundle === null ? 'server' : 'bundle', risk: answer.risk, band: answer.band });
  return {
    body: riskAssessment({
      answer,
      scorer: model.scorer,
      bundle: request.bundle,
      asOf: input.asOf,
      now: context.now(),
      requestId: asked.requestId,
      publicUrl: context.publicUrl,
    }),
    type: preferredType(asked),
    facts: scoreFacts(model, answer, patient),
  };
}

/** No body at all is a request without parameters. */
function parametersOf(asked: Asked): unknown {
  const body: unknown = asked.request.body;
  const isEmpty = body === undefined || (Buffer.isBuffer(body) && body.length === 0);
  return isEmpty ? { resourceType: 'Parameters' } : asked.json();
}

/** The records to score, and whose they are. */
async function recordsFor(
  asked: Asked,
  { fetchBundle, findPatient }: ServerContext,
  { bundle, covers, encounter, asOf, ...input }: OperationInput,
): Promise<{ patient: string | null; request: BundleRequest }> {
  if (bundle !== null) {
    const request = { bundle, encounter, ...(asOf === undefined ? {} : { asOf }), ...(covers === undefined ? {} : { covers }) };
    return { patient: input.patient, request };
  }
  const patientId = input.patient ?? (await findPatient?.(encounter, asked.signal)) ?? null;
  if (patientId === null) {
    const what =
      findPatient === undefined
        ? 'expected a parameter "bundle", as no FHIR server is configured; start with one to score by id'
        : 'expected a parameter "bundle" or "patient", as the FHIR server has no such encounter, or one that names no patient';
    throw new ScoringError(findPatient === undefined ? 'SCORING_NO_FHIR_SERVER' : 'SCORING_REQUEST_INVALID', what);
  }
  asked.note({ patients: patientsOf(patientId) });
  const request = { patientId, encounterId: encounter, ...(asOf === undefined ? {} : { asOf }) };
  return { patient: patientId, request: await fetchedRequest(request, fetchBundle, asked.signal) };
}

function patientsOf(id: string | null): string[] {
  return id === null ? [] : [`Patient/${id}`];
}

export function preferredType({ request }: Asked): string {
  const accepted = request.accepts([...acceptableTypes]);
  return typeof accepted === 'string' && accepted.startsWith('application/json') ? 'application/json' : 'application/fhir+json';
}
