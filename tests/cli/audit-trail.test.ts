/** `readmission audit verify` and `audit export` as commands: what they print, and the exit code a script reads. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCommand } from '../../src/cli/commands/audit.ts';
import { openAuditTrail } from '../../src/server/audit/open-audit-trail.ts';
import { entry } from '../server/audit/entries.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

let state: string;
let end: { seq: number; hash: string };
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'audit-command-'));
  let day = 8;
  const trail = await openAuditTrail({ dir: join(state, 'audit'), now: () => Date.UTC(2024, 2, day, 12), maxBytes: 2000 });
  for (const id of ['r1', 'r2', 'r3', 'r4']) {
    await trail.record(entry(id));
    day += 1;
  }
  await trail.close();
  end = trail.end;
});
afterAll(() => rm(state, { recursive: true, force: true }));

test('a trail that holds: 0, what is in it, and what to note', () => {
  const { status, out } = readmission('audit', 'verify', '--state', state);
  expect([status, out]).toEqual([
    0,
    `5 files, 11 lines, 4 entries, 2024-03-08T12:00:00.000Z to 2024-03-12T12:00:00.000Z\nthe trail holds\nnote elsewhere, to be found again: --anchor ${end.seq}:${end.hash}\n`,
  ]);
});

test('a trail that does not: 3, with file and line, for people and for programs', async () => {
  const [name = ''] = (await readdir(join(state, 'audit'))).filter((file) => file.includes('000002'));
  const path = join(state, 'audit', name);
  const whole = await readFile(path, 'utf8');
  await writeFile(path, whole.replace('"requestId":"r2"', '"requestId":"r9"'));
  try {
    const text = readmission('audit', 'verify', '--state', state);
    expect([text.status, text.out]).toEqual([
      3,
      expect.stringContaining(`${name} line 2: changed, or not the line that was written here`),
    ]);
    const json = readmission('audit', 'verify', '--state', state, '--json');
    expect([json.status, JSON.parse(json.out)]).toEqual([
      3,
      expect.objectContaining({ holds: false, faults: [{ file: name, line: 2, fault: 'hash' }] }),
    ]);
  } finally {
    await writeFile(path, whole);
  }
});

test('a line that was noted and is not there: 3', () => {
  expect(readmission('audit', 'verify', '--state', state, '--anchor', `${end.seq}:${end.hash}`).status).toBe(0);
  const { status, out } = readmission('audit', 'verify', '--state', state, '--anchor', `${end.seq + 1}:${end.hash}`);
  expect([status, out]).toEqual([3, expect.stringContaining(`seq ${end.seq + 1}: not there, or another line`)]);
});

test('export: one AuditEvent a line, of the days that were asked for, for the owner alone', async () => {
  const file = join(state, 'events.ndjson');
  const span = ['--from', '2024-03-09', '--to', '2024-03-10'];
  const { status, out } = readmission('audit', 'export', '--state', state, '--out', file, ...span, '--json');
  expect([status, JSON.parse(out)]).toEqual([0, expect.objectContaining({ holds: true, events: 2 })]);
  const events = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as fhir4.AuditEvent);
  expect(events.map(({ resourceType, recorded }) => [resourceType, recorded])).toEqual([
    ['AuditEvent', '2024-03-09T12:00:00.000Z'],
    ['AuditEvent', '2024-03-10T12:00:00.000Z'],
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(readmission('audit', 'export', '--state', state, '--out', file).status).toBe(0);
  // Start and end of the server are events too.
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(6);
});

test('no trail, and a file that cannot be written, are refused; nothing half is left', async () => {
  expect(await refusal(auditCommand, 'verify', '--state', '/nonexistent')).toMatchObject({
    status: 2,
    err: expect.stringContaining('SERVER_AUDIT_MISSING'),
  });
  expect(await refusal(auditCommand, 'export', '--state', '/nonexistent', '--out', join(state, 'none.ndjson'))).toMatchObject({
    status: 2,
  });
  expect(await refusal(auditCommand, 'export', '--state', state, '--out', '/nonexistent/x.ndjson')).toMatchObject({ status: 2 });
  expect((await readdir(state)).filter((name) => name.startsWith('none'))).toEqual([]);
});

test('the name alone is still the audit of a study', () => {
  const { status, err } = readmission('audit');
  expect([status, err]).toEqual([2, expect.stringContaining("required option '--data <dir>' not specified")]);
});
