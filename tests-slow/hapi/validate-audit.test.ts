/** The audit trail's AuditEvents are valid by HAPI's validator: every action, every outcome, every kind of caller. */
import { expect, test } from '@jest/globals';
import { auditEventSamples } from '../../tests/server/audit/audit-event-samples.ts';
import { errorsOf, validate } from './validator.ts';

test('every AuditEvent is valid, and lacks nothing but a narrative', async () => {
  const samples = new Map(auditEventSamples().map((event) => [event.id as string, event]));
  expect(samples.size).toBeGreaterThan(15);
  const messages = await validate(samples);
  expect(errorsOf(messages)).toEqual([]);
  expect(messages.filter(({ text }) => !text.includes('dom-6'))).toEqual([]);
});

test('an AuditEvent with a code that is none of its value set is found', async () => {
  const [first] = auditEventSamples();
  const messages = await validate(new Map([['wrong', { ...first, outcome: '5', action: undefined, agent: [] }]]));
  expect(errorsOf(messages).length).toBeGreaterThan(0);
});
