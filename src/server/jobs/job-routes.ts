/**
 * POST /v1/jobs and what becomes of it: batches of scores that nobody waits for.
 *
 * Choice  results are told line by line, and are on record, with everyone they are about, before the first of them is sent
 */
import { ScoringError } from '../../errors.ts';
import { ownerOf } from '../access/owner.ts';
import type { Principal } from '../access/principal.ts';
import { noFacts } from '../audit/audit-trail.ts';
import { idempotencyKeyOf, idempotencyParameter } from '../idempotency-key.ts';
import { jsonContent, schemaOf } from '../open-api.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import { readRequest } from '../read-request.ts';
import type { Answer, Asked, Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import { jobLimits, type BatchJobs } from './batch-jobs.ts';
import { jobQuerySchema } from './job-schemas.ts';
import { requireEveryPatient } from '../access/patient-limit.ts';

const ndjson = 'application/x-ndjson';

/** None where a server has no place for jobs. */
export function jobRoutes({ jobs, limits, models, fetchBundle, fetchDischarges }: ServerContext): Route[] {
  if (jobs === undefined) return [];
  const common = { access: 'score:read', produces: ['application/json'] } as const;
  const hours = jobLimits.keptMs / 3_600_000;
  return [
    {
      ...common,
      method: 'post',
      path: '/v1/jobs',
      cost: 20,
      action: 'job',
      body: { types: [ndjson, 'application/json'], limitBytes: limits.bodyBytes },
      describe: {
        operationId: 'submitJob',
        summary: 'A batch of scores',
        description:
          `One request of POST /v1/score per line, at most ${jobLimits.lines} lines; or every discharge of some days at the configured source. ` +
          `Worked on behind what somebody waits for, and kept for ${hours} hours after it ended.`,
        answer: jsonContent(schemaOf('Job')),
        answers: { 202: { description: 'Taken; Location is where its progress is told', content: jsonContent(schemaOf('Job')) } },
        errors: [422, 503],
        parameters: [idempotencyParameter],
        requestBody: {
          required: true,
          content: { [ndjson]: { schema: { type: 'string' } }, 'application/json': { schema: schemaOf('JobQuery') } },
        },
      },
      handle: async (asked) => {
        const owner = callerOf(asked);
        const repeat = idempotencyKeyOf(asked);
        const isQuery = !(asked.request.headers['content-type'] ?? '').toLowerCase().startsWith(ndjson);
        const query = isQuery ? readRequest(jobQuerySchema, asked.json()).query : null;
        if (isQuery && (fetchBundle === undefined || fetchDischarges === undefined)) {
          throw new ScoringError(
            'SCORING_NO_FHIR_SERVER',
            'expected one score request per line, as this server knows of no records',
          );
        }
        const body: unknown = asked.request.body;
        const { job, isNew } = await jobs.submit({
          owner,
          input: isQuery ? null : Buffer.isBuffer(body) ? body : Buffer.alloc(0),
          query: query === null ? null : { days: query.days, until: query.until ?? null },
          repeat,
        });
        return {
          status: 202,
          body: job,
          headers: { Location: `/v1/jobs/${job.id}` },
          facts: { ...noFacts, model: models.current().id },
          settle: async (willAnswer) => {
            if (!isNew) return;
            if (willAnswer) jobs.begin(job.id);
            else await jobs.remove(job.id, owner);
          },
        };
      },
    },
    {
      ...common,
      method: 'get',
      path: '/v1/jobs/:id',
      cost: 1,
      describe: {
        operationId: 'job',
        summary: 'How far a job is',
        description: 'Told to who submitted it.',
        answer: jsonContent(schemaOf('Job')),
        errors: [404],
      },
      handle: (asked) => ({ body: jobs.get(asked.param('id'), callerOf(asked)) }),
    },
    {
      ...common,
      method: 'delete',
      path: '/v1/jobs/:id',
      cost: 1,
      action: 'job',
      describe: {
        operationId: 'removeJob',
        summary: 'A job is cancelled and removed',
        description: 'Input and results are deleted.',
        answer: jsonContent(schemaOf('Job')),
        errors: [404],
      },
      handle: async (asked) => ({ body: await jobs.remove(asked.param('id'), callerOf(asked)), facts: noFacts }),
    },
    {
      ...common,
      method: 'get',
      path: '/v1/jobs/:id/result',
      cost: 10,
      action: 'job',
      produces: [ndjson],
      describe: {
        operationId: 'jobResult',
        summary: 'Answers of a job, one per line of its input',
        description: 'Of a job that has ended; where it was interrupted, of the lines that were done by then.',
        answer: { [ndjson]: { schema: schemaOf('JobLine') } },
        errors: [404, 409],
      },
      handle: (asked) => result(jobs, asked),
    },
  ];
}

async function result(jobs: BatchJobs, asked: Asked): Promise<Answer> {
  const owner = callerOf(asked);
  const id = asked.param('id');
  const { finished, model } = jobs.get(id, owner);
  if (finished === null)
    throw new RequestRefusal('SERVER_JOB_UNFINISHED', 'expected a job that has ended, found it under way; ask again');
  const folder = jobs.folder(id, owner);
  const facts = { ...noFacts, ...(await folder.facts()), model };
  return { body: (await folder.results()) ?? '', facts };
}

/** @throws {RequestRefusal} SERVER_FORBIDDEN: a batch is about many patients */
function callerOf({ principal }: Asked): string {
  requireEveryPatient(principal);
  return ownerOf(principal as Principal);
}
