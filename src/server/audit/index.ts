/** The audit trail, for who reads one: a folder of its own entry, so that a command that checks a trail loads no server. */
export { toAuditEvent } from './audit-event.ts';
export { verifyTrail, type TrailReport } from './verify-trail.ts';
