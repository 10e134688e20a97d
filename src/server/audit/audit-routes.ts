/**
 * GET /v1/audit and POST /v1/audit/search: who asked for what about whom, newest first.
 *
 * Choice  a search is a POST, because whom it is about must not stand in an address
 * Choice  who belongs to a tenant reads the entries of that tenant
 * Choice  reading is an access too: the entry that is kept of it names whom was asked about and whom the accesses on the page were about. Whom a read
 *         on the page was about stands there already: if every read named them anew, none would ever be shorter than the one before
 */
import { RequestRefusal } from '../operation-outcome.ts';
import { jsonContent, schemaOf } from '../open-api.ts';
import { readRequest } from '../read-request.ts';
import type { Answer, Asked, Route } from '../route.ts';
import type { ServerContext } from '../server-context.ts';
import { auditSearchSchema, pageLength } from './audit-schemas.ts';
import { noFacts, type AuditEntry, type AuditQuery } from './audit-trail.ts';

export function auditRoutes({ audit }: ServerContext): Route[] {
  const answer = async ({ principal, signal, note }: Asked, query: AuditQuery): Promise<Answer> => {
    if (audit.search === undefined) throw new RequestRefusal('SERVER_NOT_FOUND', 'this server keeps no trail that can be read');
    const tenant = principal?.tenant ?? null;
    const page = await audit.search({ ...query, ...(tenant === null ? {} : { tenant }) }, signal);
    const entries = page.entries as readonly Partial<AuditEntry>[];
    // A token for one patient is held against everyone on the page, reads too.
    note({ patients: patientsOf(entries) });
    const asked = query.patient === undefined ? [] : [query.patient];
    const patients = patientsOf([{ patients: asked }, ...entries.filter(({ action }) => action !== 'audit-read')]);
    return { body: page, facts: { ...noFacts, patients } };
  };
  const common = { access: 'audit:read', cost: 10, produces: ['application/json'], action: 'audit-read' } as const;
  const described = { answer: jsonContent(schemaOf('AuditPage')) };
  return [
    {
      ...common,
      method: 'get',
      path: '/v1/audit',
      describe: {
        ...described,
        operationId: 'audit',
        summary: 'The newest entries of the audit trail',
        description: `Up to ${pageLength} entries, newest first, as they are stored.`,
        errors: [404],
      },
      handle: (asked) => answer(asked, { limit: pageLength }),
    },
    {
      ...common,
      method: 'post',
      path: '/v1/audit/search',
      body: { types: ['application/json'], limitBytes: 16 * 1024 },
      describe: {
        ...described,
        operationId: 'auditSearch',
        summary: 'Entries of the audit trail by time and patient',
        description: 'Newest first, in pages.',
        errors: [404, 422],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemaOf('AuditSearch'), examples: { newest: { value: { limit: 10 } } } } },
        },
      },
      handle: (asked) => {
        const query = readRequest(auditSearchSchema, asked.json());
        asked.note({ patients: query.patient === undefined ? [] : [query.patient] });
        return answer(asked, { ...query, limit: query.limit ?? pageLength });
      },
    },
  ];
}

/** Each once. */
function patientsOf(entries: readonly Partial<AuditEntry>[]): string[] {
  return [...new Set(entries.flatMap(({ patients = [] }) => patients))];
}
