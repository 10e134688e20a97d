/** AuditEvents of every kind of line, for tests here and for a FHIR validator. */
import { toAuditEvent } from '../../../src/server/audit/audit-event.ts';
import { auditActions } from '../../../src/server/audit/audit-trail.ts';
import { chainStart, sealLine, type StoredLine } from '../../../src/server/audit/chain-line.ts';
import { entry } from './entries.ts';

const principal = { subject: 'dr-1', issuer: 'https://id.example', client: 'ward-app', tenant: 'north', patient: null };

/** Lines of a trail: every action, every outcome, callers known and unknown, and what the server tells of itself. */
export function sampleLines(): StoredLine[] {
  const contents = [
    { kind: 'head', format: 'readmission-audit', version: 1, previous: null },
    { kind: 'torn', file: 'audit-000001-2024-03-08.ndjson', bytes: 29, sha256: 'ab'.repeat(32) },
    { kind: 'opened', codeVersion: '0.1.0' },
    ...auditActions.map((action) => ({ kind: 'access', ...entry(`request-${action}`, { action, principal }) })),
    { kind: 'access', ...entry('refused', { outcome: 'refused', code: 'SCORING_NOT_ELIGIBLE', scores: [] }) },
    { kind: 'access', ...entry('fault', { outcome: 'refused', code: 'SERVER_FAULT', scores: [], model: null }) },
    { kind: 'access', ...entry('aborted', { outcome: 'aborted', scores: [], encounter: null, patients: [] }) },
    { kind: 'access', ...entry('nobody', { principal: null }) },
    {
      kind: 'access',
      ...entry('local', { principal: { subject: 'local', issuer: null, client: null, tenant: null, patient: null } }),
    },
    { kind: 'access', ...entry('cds', { action: 'cds-service', user: 'Practitioner/7' }) },
    { kind: 'access', ...entry('cds-other', { action: 'cds-service', user: 'somebody else' }) },
    {
      kind: 'access',
      ...entry('features', { patients: [], encounter: null, scores: [{ encounter: null, risk: 0.1, band: 'low' }] }),
    },
    {
      kind: 'access',
      ...entry('worklist', {
        action: 'worklist',
        patients: ['Patient/p1', 'Patient/p2'],
        encounter: null,
        scores: ['e1', 'e2'].map((id) => ({ encounter: `Encounter/${id}`, risk: 0.2, band: 'high' })),
      }),
    },
    { kind: 'resumed', since: '2024-03-08T12:00:00.000Z', reason: 'ENOSPC', refused: 6 },
    { kind: 'closed' },
  ];
  let end = chainStart;
  return contents.map((content) => {
    const sealed = sealLine(end, '2024-03-08T12:00:00.000Z', content);
    end = sealed.end;
    return JSON.parse(sealed.line) as StoredLine;
  });
}

/** One of each, to be put to a validator. */
export function auditEventSamples(): fhir4.AuditEvent[] {
  return sampleLines().flatMap((line) => toAuditEvent(line) ?? []);
}
