/** The report of feedback: a card counts once, and small numbers that speak of patients are not told. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedbackText } from '../../../src/cli/commands/feedback.ts';
import { overrideReasonSystem } from '../../../src/server/cds-hooks/codes.ts';
import { feedbackReport } from '../../../src/server/cds-hooks/feedback-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedback-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Line {
  readonly [key: string]: unknown;
}

/** So many cards of a month, numbered from `first`. */
function given(month: string, first: number, count: number, service = 'readmission-risk-discharge'): Line[] {
  return Array.from({ length: count }, (_, i) => ({
    at: `${month}-05T10:00:00.000Z`,
    card: `c${first + i}`,
    service,
    model: { name: 'm', sha256: 'ab'.repeat(32) },
    band: 'high',
    indicator: 'warning',
    client: { issuer: null, tenant: null },
  }));
}

function outcome(card: number, more: Line = {}): Line {
  const plain = { outcome: 'overridden', accepted: [], reason: null, comment: null };
  return { at: '2024-03-06T10:00:00.000Z', card: `c${card}`, acted: '2024-03-06T09:00:00.000Z', ...plain, ...more };
}

const accept = (card: number, kind = 'phone-call'): Line => outcome(card, { outcome: 'accepted', accepted: [kind] });
const because = (card: number, code: string, more: Line = {}): Line =>
  outcome(card, { reason: { system: overrideReasonSystem, code }, ...more });

async function write(name: string, lines: readonly (Line | string)[]): Promise<void> {
  const text = lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join('');
  await writeFile(join(folder, `${name}.ndjson`), text);
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

test('each card once: an acceptance at any time counts, of overrides the last', async () => {
  await write('cards-2024-03', given('2024-03', 0, 40));
  await write('outcomes-2024-03', [
    ...range(0, 12).map((card) => accept(card)),
    // Again, with the other suggestion, and after an override.
    ...range(0, 10).map((card) => accept(card, 'follow-up-visit')),
    outcome(0),
    outcome(20),
    accept(20),
    ...range(21, 12).map((card) => because(card, 'declined', { acted: '2024-03-06T11:00:00.000Z' })),
    because(21, 'arranged', { acted: '2024-03-06T09:30:00.000Z' }),
  ]);
  const report = await feedbackReport(folder);
  expect(report.total).toEqual({ cards: 40, accepted: 13, overridden: 12 });
  expect(report.suggestions).toEqual([
    { kind: 'follow-up-visit', cards: 10 },
    { kind: 'phone-call', cards: 13 },
  ]);
  expect(report.reasons).toEqual([
    {
      reason: { system: overrideReasonSystem, code: 'declined' },
      words: 'The patient does not want it',
      cards: 12,
      disclosure: 'told',
    },
  ]);
});

test('by service, model and month; months with few cards are told with their neighbours', async () => {
  await write('cards-2024-01', given('2024-01', 0, 4));
  await write('cards-2024-02', given('2024-02', 10, 30));
  await write('cards-2024-03', [...given('2024-03', 100, 20), ...given('2024-03', 200, 3, 'readmission-risk-patient-view')]);
  await write('outcomes-2024-03', [accept(0), accept(10), accept(100), accept(200)]);
  const { groups } = await feedbackReport(folder);
  expect(groups.map(({ service, from, to, counts }) => [service.slice(17), from, to, counts])).toEqual([
    ['discharge', '2024-01', '2024-02', { cards: 34, accepted: 2, overridden: 0 }],
    // Told, it would give the last one away.
    ['discharge', '2024-03', '2024-03', null],
    ['patient-view', '2024-03', '2024-03', null],
  ]);
});

test('a reason of few is not told, and neither is the one that would give it away', async () => {
  await write('cards-2024-03', given('2024-03', 0, 100));
  await write('outcomes-2024-03', [
    ...range(0, 30).map((card) => because(card, 'declined')),
    ...range(30, 20).map((card) => because(card, 'arranged')),
    ...range(50, 2).map((card) => because(card, 'comfort-care')),
  ]);
  const { reasons } = await feedbackReport(folder);
  expect(reasons?.map(({ reason, cards, disclosure }) => [reason?.code, cards, disclosure])).toEqual([
    ['declined', 30, 'told'],
    ['comfort-care', null, 'few'],
    ['arranged', null, 'guard'],
  ]);
  const text = feedbackText(await feedbackReport(folder));
  expect(text).not.toMatch(/\b(2|20)\b(?! %)(?!\.)/);
});

test('too few overrides to tell any', async () => {
  await write('cards-2024-03', given('2024-03', 0, 20));
  await write('outcomes-2024-03', [because(0, 'comfort-care')]);
  const report = await feedbackReport(folder);
  expect(report.reasons).toBeNull();
  expect(feedbackText(report)).toContain('not told');
});

describe('what cannot be counted is said', () => {
  test('half a line, a line of another form, a card that is gone', async () => {
    await write('cards-2024-03', [...given('2024-03', 0, 12), '{"at":"2024']);
    await write('outcomes-2024-03', [outcome(0), outcome(99), { at: 'x' }]);
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    expect(await feedbackReport(folder)).toMatchObject({ total: { cards: 12, overridden: 1 }, unreadable: 2, withoutCard: 1 });
  });
});

test('comments only where they are asked for, and they cannot move the cursor', async () => {
  await write('cards-2024-03', given('2024-03', 0, 12));
  await write('outcomes-2024-03', [because(0, 'declined', { comment: 'ZZPHI\u001b[2J\n\u202Eno' })]);
  expect(JSON.stringify(await feedbackReport(folder))).not.toContain('ZZPHI');
  const text = feedbackText(await feedbackReport(folder, { comments: true }));
  expect(text).toContain('declined: ZZPHI [2J no');
  expect(['\u001b', '\u202e'].filter((mark) => text.includes(mark))).toEqual([]);
});
