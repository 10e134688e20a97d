/** `readmission cohort`, and the labels that every command on a cohort takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expand } from '../cases/compact.ts';
import { writeLanding } from '../cases/landing.ts';
import { cohortCommand } from '../../src/cli/commands/cohort.ts';
import { featuresCommand } from '../../src/cli/commands/features.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cli-cohort-'));
let data: string;

beforeAll(async () => {
  const lines = Array.from({ length: 12 }, (_, i) => [
    `Patient p${i} born=1950-06-15`,
    `IMP a${i} 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z of=p${i} reason=88805009`,
    ...(i < 3 ? [`IMP b${i} 2020-01-${14 + i}T08:00:00Z/2020-01-20T10:00:00Z of=p${i} reason=233604007`] : []),
  ]).flat();
  data = await writeLanding(expand(lines));
});
afterAll(() => {
  for (const folder of [scratch, data]) rmSync(folder, { recursive: true, force: true });
});

function labels(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

describe('readmission cohort', () => {
  it('tells the cumulative incidence of each first event, with intervals', () => {
    const { status, out } = readmission('cohort', '--data', data, '--run-out', '2025-12-31');
    expect(status).toBe(0);
    expect(out).toMatch(/first event.*by day 7.*by day 14.*by day 30/);
    // 3 of 15 discharges were followed by a return on day 10, 11 and 12.
    expect(out).toMatch(/unplanned\s+│\s+0\.00\s+│\s+20\.00 \(\d+\.\d\d, \d+\.\d\d\)\s+│\s+20\.00/);
    expect(out).toContain('not assessable: no Encounter.hospitalization.dischargeDisposition in these records');
  });

  it('tells them as JSON', async () => {
    const { out } = await answer(cohortCommand, '--data', data, '--run-out', '2025-12-31', '--json');
    const result = JSON.parse(out) as {
      definitionHash: string;
      incidence: { state: string; points: { day: number; estimate: number }[] }[];
    };
    expect(result.definitionHash).toMatch(/^[0-9a-f]{64}$/);
    expect(result.incidence.map(({ state }) => state)).toEqual(['unplanned', 'planned', 'died']);
    expect(result.incidence[0]?.points.map(({ day }) => day)).toEqual([7, 14, 30]);
    expect(result.incidence[0]?.points[1]?.estimate).toBeCloseTo(0.2, 12);
  });

  it('takes labels in the place of the outcome', async () => {
    const file = labels('mine.csv', 'encounter_id,label\na0,1\na1,0\nb1,1\n');
    const { status, out } = await answer(cohortCommand, '--data', data, '--labels', file, '--json');
    expect(status).toBe(0);
    const { definition, attrition, incidence } = JSON.parse(out) as {
      definition: { labels: { name: string } };
      attrition: { label: string; n: number }[];
      incidence: unknown;
    };
    expect(definition.labels.name).toBe('mine.csv');
    expect(incidence).toBeNull();
    const n = (label: string): number | undefined => attrition.find((line) => line.label === label)?.n;
    expect([n('no-label'), n('index discharges'), n('label-1'), n('label-0')]).toEqual([12, 3, 2, 1]);
  });

  it('writes them into the matrix as the target', async () => {
    const file = labels('mine.csv', 'encounter_id,label\na0,1\na1,0\n');
    const out = join(scratch, 'matrix.csv');
    const asked = ['--data', data, '--labels', file, '--out', out, '--features', 'age_years'];
    expect((await answer(featuresCommand, ...asked)).status).toBe(0);
    const [header = '', ...rows] = readFileSync(out, 'utf8').trim().split('\n');
    const names = header.split(',');
    const cells = rows.map((row) => row.split(','));
    const column = (name: string): (string | undefined)[] => cells.map((row) => row[names.indexOf(name)]);
    expect([column('index_id'), column('target'), column('readmitted'), column('outcome_state')]).toEqual([
      ['Encounter/a0', 'Encounter/a1'],
      ['1', '0'],
      ['', ''],
      ['label-1', 'label-0'],
    ]);
  });

  it.each([
    ['absent.csv', null, 'COHORT_LABELS_UNREADABLE', 2],
    ['wrong.txt', 'x', 'COHORT_LABELS_FORMAT', 2],
    ['column.csv', 'encounter_id,y\na0,1\n', 'COHORT_LABELS_COLUMN', 2],
    ['value.csv', 'encounter_id,label\na0,7\n', 'COHORT_LABELS_VALUE', 8],
    ['unknown.csv', 'encounter_id,label\nnobody,1\n', 'COHORT_LABELS_UNKNOWN', 8],
  ])('refuses labels of %s', async (name, text, code, exit) => {
    const file = text === null ? join(scratch, name) : labels(name, text);
    const { status, err } = await refusal(cohortCommand, '--data', data, '--labels', file);
    expect(err).toContain(code);
    expect(status).toBe(exit);
  });

  it('says which code made a rule fire', async () => {
    const landing = [
      'IMP c 2020-05-15T08:00:00Z/2020-05-18T10:00:00Z type=305382000',
      'AMB v 2020-06-15T08:00:00Z/2020-06-15T10:00:00Z',
    ];
    const folder = await writeLanding(
      expand([...landing, 'IMP n 2020-07-15T08:00:00Z/2020-07-18T10:00:00Z type=449411000124106']),
    );
    const explain = async (id: string): Promise<string> => (await answer(cohortCommand, '--data', folder, '--explain', id)).out;
    expect(await explain('c')).toContain('no index discharge: rule "rehabilitation", code 305382000');
    expect(await explain('v')).toContain('it is no candidate');
    expect(await explain('n')).toContain('rule "nursing"');
    rmSync(folder, { recursive: true, force: true });
  });
});
