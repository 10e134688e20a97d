/** Lines as AuditEvents: what a reader of the hospital's own audit finds, by FHIR's rules for the resource. */
import { describe, expect, test } from '@jest/globals';
import { toAuditEvent } from '../../../src/server/audit/audit-event.ts';
import { auditEventSamples, sampleLines } from './audit-event-samples.ts';

const of = (requestId: string): fhir4.AuditEvent => {
  const line = sampleLines().find((found) => found['requestId'] === requestId);
  return toAuditEvent(line as NonNullable<typeof line>) as fhir4.AuditEvent;
};

test('every line but those about the trail alone has one, with all that FHIR requires', () => {
  const samples = auditEventSamples();
  expect(samples).toHaveLength(sampleLines().length - 2);
  for (const event of samples) {
    expect(event.id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
    expect(event).toMatchObject({ resourceType: 'AuditEvent', recorded: '2024-03-08T12:00:00.000Z' });
    expect(event.type.system).toMatch(/^http/);
    expect(event.source.observer.display).toBe('fhir-readmission-risk');
    expect(event.agent.filter(({ requestor }) => requestor)).toHaveLength(1);
    for (const { what, detail = [] } of event.entity ?? []) {
      expect(what).toBeDefined();
      for (const { type, valueString } of detail) expect([type, valueString]).not.toContain('');
    }
  }
  expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
});

test('a score: who, in front of which application, about whom, what was told, by which model, and where it is in the chain', () => {
  const line = sampleLines().find((found) => found['requestId'] === 'request-score');
  expect(of('request-score')).toMatchObject({
    type: { code: 'rest' },
    subtype: [{ code: 'operation' }],
    action: 'E',
    outcome: '0',
    agent: [
      {
        type: { coding: [{ code: '110153' }] },
        who: { identifier: { system: 'https://id.example', value: 'ward-app' } },
        requestor: false,
      },
      { type: { coding: [{ code: 'humanuser' }] }, who: { identifier: { value: 'dr-1' } }, requestor: true },
      { type: { coding: [{ code: '110152' }] }, requestor: false },
    ],
    entity: [
      { what: { reference: 'Patient/p1' }, role: { code: '1' } },
      {
        what: { reference: 'Encounter/e1' },
        role: { code: '4' },
        detail: [{ type: 'risk', valueString: '0.25' }, { type: 'band' }],
      },
      { what: { identifier: { value: 'aa'.repeat(32) } } },
      {
        what: { identifier: { value: 'request-score' } },
        detail: [
          { type: 'route', valueString: 'POST /v1/score' },
          { type: 'tenant', valueString: 'north' },
          { type: 'seq', valueString: String(line?.seq) },
          { type: 'hash', valueString: line?.hash },
        ],
      },
    ],
  });
});

describe('how it ended', () => {
  test.each([
    ['refused', '4', 'refused: SCORING_NOT_ELIGIBLE'],
    ['fault', '8', 'refused: SERVER_FAULT'],
    ['aborted', '4', 'the client was gone before the answer was ready'],
  ])('%s', (requestId, outcome, outcomeDesc) => {
    expect(of(requestId)).toMatchObject({ outcome, outcomeDesc });
  });

  test('the time in which nothing could be kept is told', () => {
    const [event] = sampleLines().flatMap((line) => (line.kind === 'resumed' ? (toAuditEvent(line) ?? []) : []));
    expect(event).toMatchObject({
      type: { code: '110113' },
      outcome: '8',
      outcomeDesc: expect.stringContaining('6 answers were refused'),
    });
  });
});

test.each([
  ['nobody', [{ requestor: true }]],
  ['local', [{ who: { identifier: { value: 'local' } }, requestor: true }]],
])('%s asked', (requestId, agents) => {
  expect(of(requestId).agent).toMatchObject([...agents, { requestor: false }]);
  expect(JSON.stringify(of(requestId).agent)).not.toContain('"system":null');
});

test.each([
  ['cds', { reference: 'Practitioner/7' }],
  ['cds-other', { identifier: { value: 'somebody else' } }],
])('the person that a client names is the requestor (%s)', (requestId, who) => {
  const people = of(requestId).agent.filter(({ requestor }) => requestor);
  expect(people).toMatchObject([{ who }]);
});

test('a worklist names every patient and every discharge with its risk', () => {
  const references = (of('worklist').entity ?? []).flatMap(({ what }) => what?.reference ?? []);
  expect(references).toEqual(['Patient/p1', 'Patient/p2', 'Encounter/e1', 'Encounter/e2']);
});
