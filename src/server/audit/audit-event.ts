/**
 * A line of the audit trail as a FHIR R4 AuditEvent, for who keeps the audit of a whole hospital in one place.
 *
 * In      a line; entries, the start and stop of the server, and the return after entries had to be refused have an event
 * Out     type, subtype, action, outcome; agents: the application (source), the person where one is known, this server (destination);
 *         entities: patients, encounters with the risk that was told, the model, and the request with its place in the chain
 * Choice  the shape is that of IHE's Basic Audit Log Patterns; people and applications are identifiers in the system of their issuer,
 *         because this server has no Practitioner or Device of its own
 * Source  FHIR R4 auditevent.html; value sets audit-event-type, audit-event-sub-type, participation-role-type, audit-entity-type,
 *         object-role, audit-event-outcome, security-source-type; IHE ITI BALP 1.1
 */
import type { AuditAction, AuditEntry } from './audit-trail.ts';
import type { StoredLine } from './chain-line.ts';

type Coding = fhir4.Coding;
const coding =
  (system: string) =>
  (code: string, display: string): Coding => ({ system, code, display });
const dicom = coding('http://dicom.nema.org/resources/ontology/DCM');
const restful = coding('http://hl7.org/fhir/restful-interaction');
const entityType = coding('http://terminology.hl7.org/CodeSystem/audit-entity-type');
const objectRole = coding('http://terminology.hl7.org/CodeSystem/object-role');

interface EventKind {
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: fhir4.AuditEvent['action'];
}

const rest = coding('http://terminology.hl7.org/CodeSystem/audit-event-type')('rest', 'RESTful Operation');
const read = [restful('read', 'read')];
const search = [restful('search', 'search')];
const operation = [restful('operation', 'operation')];
const activity = dicom('110100', 'Application Activity');
const alert = dicom('110113', 'Security Alert');

const kinds: Readonly<Record<AuditAction, EventKind>> = {
  score: { type: rest, subtype: operation, action: 'E' },
  patient: { type: rest, subtype: read, action: 'R' },
  worklist: { type: rest, subtype: search, action: 'E' },
  'cds-service': { type: rest, subtype: operation, action: 'E' },
  'cds-feedback': { type: rest, subtype: [restful('create', 'create')], action: 'C' },
  job: { type: rest, subtype: operation, action: 'E' },
  'model-change': { type: alert, subtype: [dicom('110131', 'Software Configuration')], action: 'U' },
  'audit-read': { type: dicom('110101', 'Audit Log Used'), subtype: search, action: 'R' },
};
const ofServer: Readonly<Record<string, EventKind>> = {
  opened: { type: activity, subtype: [dicom('110120', 'Application Start')], action: 'E' },
  closed: { type: activity, subtype: [dicom('110121', 'Application Stop')], action: 'E' },
  resumed: { type: alert, subtype: [], action: 'E' },
};

const software = 'fhir-readmission-risk';

/** @returns null for lines that are about the trail alone (head, torn) */
export function toAuditEvent(line: StoredLine): fhir4.AuditEvent | null {
  if (line.kind !== 'access') {
    const kind = ofServer[line.kind];
    return kind === undefined ? null : event(line, kind, serverOutcome(line), [server(true)], [chainEntity(line, [])]);
  }
  const entry = line as StoredLine & AuditEntry;
  const route = [detail('route', entry.route), ...tenant(entry), ...(entry.code === null ? [] : [detail('code', entry.code)])];
  return event(
    line,
    kinds[entry.action],
    entryOutcome(entry),
    [...callers(entry), server(false)],
    [
      ...entry.patients.map((reference) => ({
        what: { reference },
        type: entityType('1', 'Person'),
        role: objectRole('1', 'Patient'),
      })),
      ...encounters(entry),
      ...models(entry),
      chainEntity(line, route, entry.requestId),
    ],
  );
}

function event(
  line: StoredLine,
  { type, subtype, action }: EventKind,
  outcome: Pick<fhir4.AuditEvent, 'outcome' | 'outcomeDesc'>,
  agent: fhir4.AuditEventAgent[],
  entity: fhir4.AuditEventEntity[],
): fhir4.AuditEvent {
  return {
    resourceType: 'AuditEvent',
    id: `${line.seq}-${line.hash.slice(0, 16)}`,
    type,
    ...(subtype.length === 0 ? {} : { subtype: [...subtype] }),
    ...(action === undefined ? {} : { action }),
    recorded: line.time,
    ...outcome,
    agent,
    source: {
      observer: { display: software },
      type: [coding('http://terminology.hl7.org/CodeSystem/security-source-type')('4', 'Application Server')],
    },
    entity,
  };
}

function entryOutcome({ outcome, code }: AuditEntry): Pick<fhir4.AuditEvent, 'outcome' | 'outcomeDesc'> {
  if (outcome === 'success') return { outcome: '0' };
  if (outcome === 'aborted') return { outcome: '4', outcomeDesc: 'the client was gone before the answer was ready' };
  return { outcome: code === 'SERVER_FAULT' ? '8' : '4', outcomeDesc: `refused: ${code ?? 'no code'}` };
}

function serverOutcome(line: StoredLine): Pick<fhir4.AuditEvent, 'outcome' | 'outcomeDesc'> {
  if (line.kind !== 'resumed') return { outcome: '0' };
  const { since, reason, refused } = line as StoredLine & { since: string; reason: string; refused: number };
  return { outcome: '8', outcomeDesc: `from ${since} on no entry could be kept (${reason}); ${refused} answers were refused` };
}

/** The application, and the person in front of it: whom the application names, else whom the token does. The nearest to the request asked. */
function callers({ principal, user }: AuditEntry): fhir4.AuditEventAgent[] {
  const source = dicom('110153', 'Source Role ID');
  if (principal === null) return [{ type: { coding: [source] }, requestor: true }];
  const { issuer, subject, client } = principal;
  const who = (value: string): fhir4.Reference => ({ identifier: { ...(issuer === null ? {} : { system: issuer }), value } });
  const human: Coding[] = [coding('http://terminology.hl7.org/CodeSystem/extra-security-role-type')('humanuser', 'human user')];
  const people = [
    ...(client === null || client === subject ? [] : [who(subject)]),
    ...(user === undefined ? [] : [isReference(user) ? { reference: user } : who(user)]),
  ];
  return [
    { type: { coding: [source] }, who: who(client ?? subject), requestor: people.length === 0 },
    ...people.map((person) => ({ type: { coding: human }, who: person, requestor: person === people.at(-1) })),
  ];
}

function server(requestor: boolean): fhir4.AuditEventAgent {
  const role = requestor ? dicom('110150', 'Application') : dicom('110152', 'Destination Role ID');
  return { type: { coding: [role] }, who: { display: software }, requestor };
}

function encounters({ encounter, scores }: AuditEntry): fhir4.AuditEventEntity[] {
  const told = new Map<string | null, fhir4.AuditEventEntityDetail[]>(encounter === null ? [] : [[encounter, []]]);
  for (const score of scores) {
    told.set(score.encounter, [
      ...(told.get(score.encounter) ?? []),
      detail('risk', String(score.risk)),
      detail('band', score.band),
    ]);
  }
  return [...told].map(([reference, details]) => ({
    what: reference === null ? { display: 'a discharge that was given by its features alone' } : { reference },
    type: entityType('2', 'System Object'),
    role: objectRole('4', 'Domain Resource'),
    ...(details.length === 0 ? {} : { detail: details }),
  }));
}

function models({ model }: AuditEntry): fhir4.AuditEventEntity[] {
  if (model === null) return [];
  const what = { identifier: { value: model.sha256 }, display: `model ${model.name}` };
  return [{ what, type: entityType('2', 'System Object'), detail: [detail('model', model.name)] }];
}

function chainEntity(line: StoredLine, details: fhir4.AuditEventEntityDetail[], requestId?: string): fhir4.AuditEventEntity {
  return {
    what: requestId === undefined ? { display: 'audit trail' } : { identifier: { value: requestId } },
    type: entityType('4', 'Other'),
    detail: [...details, detail('seq', String(line.seq)), detail('hash', line.hash)],
  };
}

function tenant({ principal }: AuditEntry): fhir4.AuditEventEntityDetail[] {
  return principal === null || principal.tenant === null ? [] : [detail('tenant', principal.tenant)];
}

function detail(type: string, valueString: string): fhir4.AuditEventEntityDetail {
  return { type, valueString };
}

function isReference(text: string): boolean {
  return /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(text);
}
