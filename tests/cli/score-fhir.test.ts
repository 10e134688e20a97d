/** `readmission score --fhir`: the answer as a RiskAssessment. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scoreCommand } from '../../src/cli/commands/score.ts';
import { expand } from '../cases/compact.ts';
import { answer } from './answer.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cli-score-fhir-'));
const bundle = join(scratch, 'bundle.json');
const model = 'models/planted';

beforeAll(() => {
  const lines = [
    'IMP a 2020-03-20T08:00:00Z/2020-03-25T08:00:00Z at=south reason=233604007',
    'Patient p born=1950-06-15 sex=female',
  ];
  const entry = expand(lines).map((resource) => ({ resource }));
  writeFileSync(bundle, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('prints the risk of the plain answer, in percent, with every reason', async () => {
  const asked = ['--model', model, '--bundle', bundle] as const;
  const plain = JSON.parse((await answer(scoreCommand, ...asked, '--json')).out) as { risk: number };
  const { status, out } = await answer(scoreCommand, ...asked, '--fhir');
  expect(status).toBe(0);
  const assessment = JSON.parse(out) as fhir4.RiskAssessment;
  expect(assessment).toMatchObject({
    resourceType: 'RiskAssessment',
    status: 'final',
    encounter: { reference: 'Encounter/a' },
    prediction: [
      {
        probabilityDecimal: expect.closeTo(100 * plain.risk, 2),
        whenPeriod: { start: '2020-03-25T08:00:00Z', end: '2020-04-24' },
      },
    ],
  });
  const [prediction] = assessment.prediction ?? [];
  const sum = prediction?.extension
    ?.filter(({ url }) => url.endsWith('/risk-contribution'))
    .flatMap(({ extension = [] }) => extension.filter(({ url }) => url === 'attribution'))
    .reduce((total, { valueDecimal = Number.NaN }) => total + valueDecimal, 0);
  const forest = prediction?.extension?.find(({ url }) => url.endsWith('/forest-output'))?.extension;
  const [output, baseValue] = ['output', 'baseValue'].map((name) => forest?.find(({ url }) => url === name)?.valueDecimal);
  expect((baseValue as number) + (sum as number)).toBeCloseTo(output as number, 12);
  // One line, for who asks for JSON.
  expect((await answer(scoreCommand, ...asked, '--fhir', '--json')).out.trim().split('\n')).toHaveLength(1);
});

it('goes with a Bundle only', async () => {
  const conflict = answer(() => scoreCommand().exitOverride(), '--model', model, '--matrix', 'x.csv', '--fhir');
  await expect(conflict).rejects.toMatchObject({ code: 'commander.conflictingOption' });
});
