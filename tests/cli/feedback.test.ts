/** `readmission feedback`: what it prints, and what it says where there is nothing to read. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedbackCommand } from '../../src/cli/commands/feedback.ts';
import { refusal } from './refusal.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'feedback-command-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

async function printed(...args: string[]): Promise<string> {
  const written: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  try {
    await feedbackCommand().parseAsync(['--state', state, ...args], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return written.join('');
}

test('a folder that is no state folder is a usage error that names it', async () => {
  const { status, err } = await refusal(feedbackCommand, '--state', join(state, 'none'));
  expect([status, err]).toEqual([2, expect.stringContaining('USAGE_STATE')]);
});

test('no card yet, then cards with their acceptance, as text and as JSON', async () => {
  await mkdir(join(state, 'feedback'));
  expect(await printed()).toBe('no card was given yet\n');
  const card = (i: number): object => ({
    at: '2024-03-05T10:00:00.000Z',
    card: `c${i}`,
    service: 'readmission-risk-discharge',
    model: { name: 'm', sha256: 'ab'.repeat(32) },
    band: 'high',
    indicator: 'warning',
    client: { issuer: null, tenant: null },
  });
  const outcome = { at: 'x', card: 'c0', outcome: 'accepted', acted: 'x', accepted: ['phone-call'], reason: null, comment: null };
  const cards = Array.from({ length: 20 }, (_, i) => `${JSON.stringify(card(i))}\n`).join('');
  await writeFile(join(state, 'feedback', 'cards-2024-03.ndjson'), cards);
  await writeFile(join(state, 'feedback', 'outcomes-2024-03.ndjson'), `${JSON.stringify(outcome)}\n`);
  const text = await printed();
  expect(text).toContain('20 cards, 1 accepted (5.0 %), 0 overridden, 19 without feedback');
  expect(text).toContain('readmission-risk-discharge');
  expect(JSON.parse(await printed('--json'))).toMatchObject({ total: { cards: 20, accepted: 1, overridden: 0 }, comments: [] });
});
