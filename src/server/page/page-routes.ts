/**
 * What the page asks: POST /v1/worklist, everyone discharged lately; POST /v1/patient, one of them with the records behind the answer.
 *
 * Choice  a worklist takes as long as its patients: where it is not ready soon the answer is 202 with the progress, and the same request is sent
 *         again. Equal requests share the work, and its result for a minute
 * Choice  both are POST, so that no patient's id is in an address
 */
import { ScoringError } from '../../errors.ts';
import type { DischargeWindow } from '../../fhir/recent-discharges.ts';
import { jsonTypes } from '../json-body.ts';
import { jsonContent, schemaOf } from '../open-api.ts';
import { placesOf } from '../request-record.ts';
import type { Answer, Asked, Route } from '../route.ts';
import { scoreFacts } from '../routes/score-routes.ts';
import type { ServerContext } from '../server-context.ts';
import { patientRequestSchema, worklistRequestSchema, type Worklist, type WorklistRequest } from './page-answers.ts';
import { makePatientView } from './patient-view.ts';
import { readRequest } from '../read-request.ts';
import { sharedWork } from './shared-work.ts';
import { makeWorklist, type WorklistSource } from './worklist.ts';
import { requireEveryPatient } from '../access/patient-limit.ts';

const defaultDays = 30;
const defaultLimit = 200;

/** Bodies of these routes hold names and numbers, no records. */
const bodyBytes = 64 * 1024;

export function pageRoutes(context: ServerContext): Route[] {
  const { lifecycle, metrics, models } = context;
  const common = {
    method: 'post',
    access: 'score:read',
    produces: ['application/json'],
    body: { types: jsonTypes, limitBytes: bodyBytes },
    scores: true,
  } as const;
  const lists = sharedWork<Worklist>({
    waitMs: 1500,
    keepMs: 60_000,
    idleMs: 15_000,
    most: 4,
    stopping: () => lifecycle.phase === 'stopping',
  });
  return [
    {
      ...common,
      path: '/v1/worklist',
      cost: 50,
      action: 'worklist',
      describe: {
        operationId: 'worklist',
        summary: 'Everyone discharged lately, highest risk first',
        description:
          `Inpatient discharges of the configured source: of ${defaultDays} days up to its newest one and ${defaultLimit} at most, unless asked otherwise. ` +
          'Where it is not ready within two seconds the answer is 202; send the same request again until it is 200. The work goes on as long as ' +
          'somebody asks every few seconds, and its result is given again for a minute.',
        answer: jsonContent(schemaOf('Worklist')),
        answers: { 202: { description: 'Not ready yet; ask again', content: jsonContent(schemaOf('WorklistProgress')) } },
        errors: [422, 502, 503],
        requestBody: { required: true, content: jsonContent(schemaOf('WorklistRequest')) },
      },
      handle: async (asked) => {
        const request = readRequest(worklistRequestSchema, asked.json());
        const window = windowOf(request);
        const source = sourceOf(context);
        requireEveryPatient(asked.principal);
        const model = models.current();
        asked.note({ model: model.id });
        const onScore = ({ risk, band }: { risk: number; band: string }): void =>
          metrics.scored({ form: 'worklist', risk, band });
        const onFailure = (error: unknown): void => {
          const at = placesOf(error);
          if (at !== undefined) context.logger?.error({ route: 'POST /v1/worklist', code: 'SERVER_FAULT', at }, 'worklist');
        };
        const told = await lists.ask(
          JSON.stringify([model.id.sha256, window]),
          (run) => makeWorklist({ model, source, window, nowMs: context.now(), onScore, onFailure }, run),
          asked.signal,
        );
        if ('progress' in told) return { status: 202, body: told, headers: { 'Retry-After': '1' } };
        const { entries } = told.result;
        return {
          body: told.result,
          facts: {
            patients: [...new Set(entries.map(({ person }) => `Patient/${person.id}`))],
            encounter: null,
            model: model.id,
            scores: entries.map(({ encounter, risk, band }) => ({ encounter, risk, band })),
          },
        };
      },
    },
    {
      ...common,
      path: '/v1/patient',
      cost: 3,
      action: 'patient',
      describe: {
        operationId: 'patient',
        summary: 'One patient: every reason, what if, and the records behind it',
        description:
          'Records are fetched from the configured FHIR server. Nothing after the prediction time is told; by default that is the end of the ' +
          'encounter, and the encounter the inpatient one that began last.',
        answer: jsonContent(schemaOf('PatientView')),
        errors: [422, 502, 503],
        requestBody: { required: true, content: jsonContent(schemaOf('PatientRequest')) },
      },
      handle: (asked) => patientAnswer(context, asked),
    },
  ];
}

async function patientAnswer(context: ServerContext, asked: Asked): Promise<Answer> {
  const model = context.models.current();
  asked.note({ model: model.id });
  const request = readRequest(patientRequestSchema, asked.json(), model.featureNames);
  const { patientId, encounterId } = request;
  asked.note({
    patients: [`Patient/${patientId}`],
    ...(encounterId === undefined ? {} : { encounter: `Encounter/${encounterId}` }),
  });
  const { fetchBundle } = sourceOf(context);
  const view = await makePatientView(model, fetchBundle, request, asked.signal);
  const { answer } = view.explanation;
  context.metrics.scored({ form: 'patient', risk: answer.risk, band: answer.band });
  return { body: view, facts: scoreFacts(model, answer, patientId) };
}

/** @throws {ScoringError} SCORING_NO_FHIR_SERVER */
function sourceOf({ fetchBundle, fetchDischarges, recordSource }: ServerContext): WorklistSource {
  if (fetchBundle !== undefined && fetchDischarges !== undefined) {
    return { kind: recordSource ?? 'fhir-server', fetchBundle, fetchDischarges };
  }
  throw new ScoringError(
    'SCORING_NO_FHIR_SERVER',
    'expected a server that knows where records are; start it with a FHIR server or a landing folder',
  );
}

/** @throws {ScoringError} SCORING_REQUEST_INVALID for a day that no calendar has */
function windowOf({ days = defaultDays, until, limit = defaultLimit }: WorklistRequest): DischargeWindow {
  if (until !== undefined && !isCalendarDay(until)) {
    throw new ScoringError('SCORING_REQUEST_INVALID', 'until: expected a calendar day, found one that no calendar has');
  }
  return { days, until: until ?? null, limit };
}

function isCalendarDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}
