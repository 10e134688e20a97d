/** At another site, as a user does it: train on some patients; validate, recalibrate, monitor and audit on others. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Resource } from '../cases/compact.ts';
import { writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { auditCommand } from '../../src/cli/commands/audit.ts';
import { evaluateCommand } from '../../src/cli/commands/evaluate.ts';
import { monitorCommand } from '../../src/cli/commands/monitor.ts';
import { recalibrateCommand } from '../../src/cli/commands/recalibrate.ts';
import { scoreCommand } from '../../src/cli/commands/score.ts';
import { validateCommand } from '../../src/cli/commands/validate.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

jest.setTimeout(240_000);
const scratch = mkdtempSync(join(tmpdir(), 'cli-site-'));
const [home, site, model, local] = ['home', 'site', 'model', 'local'].map((name) => join(scratch, name)) as [
  string,
  string,
  string,
  string,
];
const patientOf = (resource: Resource): number => Number(/^p(\d+)/.exec(resource.id)?.[1]);
const everyone = hospital(7, 700);

const read = (dir: string, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(dir, name), 'utf8')) as Record<string, unknown>;
const atSite = ['--data', site, '--draws', '100', '--json'];

beforeAll(async () => {
  for (const [folder, half] of [
    [home, 0],
    [site, 1],
  ] as const) {
    renameSync(await writeLanding(everyone.filter((resource) => patientOf(resource) % 2 === half)), folder);
  }
  const { status, err } = readmission(
    ...['train', '--data', home, '--out', model, '--features', 'demographics,utilization', '--quick'],
    ...['--trees', '30', '--draws', '100', '--folds', '3', '--created-at', '2026-01-01T00:00:00Z'],
  );
  expect(err).not.toContain('readmission:');
  expect(status).toBe(0);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a model at another site', () => {
  it('is validated, and its card says by whom, on what and how well', () => {
    const report = join(scratch, 'validation.html');
    const { status, out, err } = readmission(
      ...['validate', '--model', model, ...atSite, '--report', report],
      ...['--party', 'St. Mary, quality office', '--setting', 'community hospital', '--data-name', 'St. Mary 2025'],
    );
    expect(err).toBe('');
    expect(status).toBe(0);
    const result = JSON.parse(out) as {
      kind: string;
      recorded: boolean;
      validations: { results: { forest: { auroc: object } } }[];
    };
    expect(result).toMatchObject({ kind: 'external', recorded: true, seenLeftOut: 0 });
    const { external } = read(model, 'records.json') as { external: { figures: { auroc: object }; command: string }[] };
    expect(external).toHaveLength(1);
    expect(external[0]).toMatchObject({ party: 'St. Mary, quality office', data: { name: 'St. Mary 2025' } });
    expect(external[0]?.command).toContain('validate --model');
    expect(external[0]?.command).toContain("--party 'St. Mary, quality office'");
    expect(external[0]?.figures.auroc).toEqual(result.validations[0]?.results.forest.auroc);
    const card = readFileSync(join(model, 'card.md'), 'utf8');
    expect(card).toContain('St. Mary, quality office');
    expect(card).not.toContain('No validation on data of another source is recorded');
    expect(readFileSync(report, 'utf8')).toContain('<svg');
  });

  it('prints a validation for people, and leaves the folder alone when asked to', async () => {
    const before = readFileSync(join(model, 'records.json'), 'utf8');
    const { status, out } = await answer(validateCommand, '--model', model, '--data', site, '--draws', '100', '--no-record');
    expect(status).toBe(0);
    expect(out).toMatch(/external: the model as it is[\s\S]*leakage audit[\s\S]*not recorded/);
    expect(readFileSync(join(model, 'records.json'), 'utf8')).toBe(before);
  });

  it('is not validated on the records it was trained on', () => {
    const { status, err } = readmission('validate', '--model', model, '--data', home);
    expect(err).toContain('COHORT_TRAINING_DATA');
    expect(status).toBe(2);
  });

  it('is recalibrated into a folder that names its parent and scores', async () => {
    const run = readmission(
      ...['recalibrate', '--model', model, ...atSite, '--method', 'intercept', '--out', local],
      ...['--created-at', '2026-02-01T00:00:00Z'],
    );
    expect(run.err).toBe('');
    expect(run.status).toBe(0);
    const result = JSON.parse(run.out) as { modelSha256: string; parent: string };
    expect(read(local, 'records.json')).toMatchObject({
      modelSha256: result.modelSha256,
      parents: [{ modelSha256: result.parent, change: 'recalibrated', method: 'intercept', when: '2026-02-01T00:00:00Z' }],
    });
    expect(readFileSync(join(local, 'card.md'), 'utf8')).toContain('recalibrated (intercept)');
    expect(readFileSync(join(local, 'report.html'), 'utf8')).toContain('Recalibrated from');
    const bundle = join(scratch, 'bundle.json');
    const entry = everyone.filter((resource) => patientOf(resource) === 3).map((resource) => ({ resource }));
    writeFileSync(bundle, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
    const risks: { risk: number; forestOutput: number; model: { sha256: string } }[] = [];
    for (const folder of [model, local]) {
      const asked = ['--model', folder, '--bundle', bundle, '--encounter', 'p0003-s0', '--json'];
      const scored = await answer(scoreCommand, ...asked);
      expect(scored.err).toBe('');
      risks.push(JSON.parse(scored.out));
    }
    expect(risks[1]?.model.sha256).toBe(result.modelSha256);
    expect(risks[1]?.forestOutput).toBe(risks[0]?.forestOutput);
    expect(risks[1]?.risk).not.toBe(risks[0]?.risk);
    // Whom it was fitted on it has seen.
    const again = await refusal(validateCommand, '--model', local, '--data', site);
    expect(again.err).toContain('COHORT_TRAINING_DATA');
    const parents = await refusal(evaluateCommand, '--model', local, '--data', home);
    expect(parents.err).toContain('COHORT_ALL_SEEN');
    expect([again.status, parents.status]).toEqual([2, 2]);
  });

  it('leaves out equal patient ids, proposes what they may be, and keeps and counts them where it is told', async () => {
    const namesake = join(scratch, 'namesake');
    renameSync(await writeLanding(hospital(8, 200)), namesake);
    const asked = ['--model', model, '--data', namesake, '--draws', '100', '--no-record'] as const;
    const cautious = await answer(validateCommand, ...asked);
    expect(cautious.err).toMatch(
      /\d+ of \d+ discharges left out because their patient ids occur in training; .* say --other-patients/,
    );
    expect(cautious.out).toMatch(/discharges of patients seen in training left out\./);
    const told = await answer(validateCommand, ...asked, '--other-patients', '--json');
    expect(told.err).toBe('');
    const result = JSON.parse(told.out) as { seenLeftOut: number; sameIdsKept: number; validations: { description: string }[] };
    expect(result.seenLeftOut).toBe(0);
    expect(result.sameIdsKept).toBeGreaterThan(50);
    expect(result.validations[0]?.description).toContain(
      `${result.sameIdsKept} discharges under patient ids of training are said to be of other patients`,
    );
    const own = await refusal(evaluateCommand, '--model', model, '--data', home, '--other-patients');
    expect(own.err).toContain('COHORT_SAME_PATIENTS');
    expect(own.status).toBe(2);
  });

  it('says that its bands are kept where they were to stay, and which of them hold nobody', async () => {
    const out = join(scratch, 'kept');
    const asked = ['--model', model, '--data', site, '--draws', '100', '--method', 'intercept'];
    const run = await answer(recalibrateCommand, ...asked, '--out', out, '--keep-bands');
    expect(run.status).toBe(0);
    expect(run.out).toContain('bands, kept from the parent:');
    const { records, warnings } = read(out, 'card.json') as {
      records: { parents: { description: string }[] };
      warnings: string[];
    };
    expect(records.parents[0]?.description).toContain('The bands keep the thresholds of the parent');
    expect(warnings.join()).toContain('Its bands keep the thresholds of its parent');
    const first = read(local, 'card.json') as { warnings: string[] };
    expect(first.warnings.join()).toContain('Its bands were chosen on those discharges');
  });

  it('is not recalibrated over itself, among other files, nor on too few events', async () => {
    const asked = ['--model', model, '--data', site] as const;
    const same = await refusal(recalibrateCommand, ...asked, '--method', 'slope', '--out', `${model}/../model`);
    expect(same.err).toContain('expected --out to be another folder');
    expect(same.status).toBe(2);
    const among = await refusal(recalibrateCommand, ...asked, '--method', 'slope', '--out', scratch);
    expect(among.err).toContain('MODEL_OUT_TAKEN');
    expect(among.status).toBe(2);
    const out = join(scratch, 'isotonic');
    const few = await refusal(recalibrateCommand, ...asked, '--method', 'isotonic', '--out', out);
    expect(few.err).toContain('RECALIBRATION_TOO_FEW');
    expect(few.status).toBe(8);
    expect(existsSync(out)).toBe(false);
  });

  it('is monitored: exit code 0 where nothing changed, 8 above a bound, the result printed first', async () => {
    const calm = readmission('monitor', '--model', model, ...atSite);
    expect(calm.err).toBe('');
    expect(JSON.parse(calm.out)).toMatchObject({ breaches: [], recorded: true });
    expect(calm.status).toBe(0);

    const starter = await answer(monitorCommand, '--starter-bounds');
    const bounds = join(scratch, 'bounds.json');
    const narrow = { ...(JSON.parse(starter.out) as object), missingShift: 0.01, observedToExpected: [0.999, 1.001] };
    writeFileSync(bounds, JSON.stringify(narrow));
    // Another hospital, where nobody's conditions or earlier stays are known.
    const strange = join(scratch, 'strange');
    const bare = everyone.filter(
      (resource) => patientOf(resource) % 2 === 1 && (resource.resourceType === 'Patient' || resource.id.endsWith('-s0')),
    );
    renameSync(await writeLanding(bare, { coverage: { types: ['Patient', 'Encounter'], from: null } }), strange);
    const asked = ['--model', model, '--data', strange, '--bounds', bounds, '--draws', '100'];
    const changed = await answer(monitorCommand, ...asked);
    expect(changed.out).toMatch(/prior_admissions|stays/);
    expect(changed.out).toContain('above its bound');
    expect(changed.status).toBe(8);
    const { monitoring } = read(model, 'records.json') as { monitoring: { exceeded: string[] }[] };
    expect(monitoring.map(({ exceeded }) => exceeded.length > 0)).toEqual([false, true]);
    expect(readFileSync(join(model, 'card.md'), 'utf8')).toContain(monitoring[1]?.exceeded[0] as string);
  });

  it.each([
    [['--from', '2031-01-01'], 'COHORT_EMPTY', 8],
    [['--bounds', join(scratch, 'absent.json')], 'MODEL_BOUNDS', 2],
  ])('refuses to monitor with %j', async (flags, code, exit) => {
    const { status, err } = await refusal(monitorCommand, '--model', model, '--data', site, ...flags);
    expect(err).toContain(code);
    expect(status).toBe(exit);
  });

  it('is audited: exit code 0, or 8 where a check fails', async () => {
    const flags = ['--features', 'demographics,utilization', '--trees', '20', '--folds', '3', '--draws', '100', '--json'];
    const sound = readmission('audit', '--data', site, ...flags);
    expect(sound.err).toBe('');
    const { checks, verdict } = JSON.parse(sound.out) as { checks: { check: string }[]; verdict: string };
    expect(checks).toHaveLength(7);
    expect(verdict).not.toBe('fail');
    expect(sound.status).toBe(0);
    // Everybody twice, under another id.
    const twins = everyone.filter((resource) => patientOf(resource) % 4 === 1);
    const renamed = JSON.parse(JSON.stringify(twins).replaceAll(/(["/])p(\d{4})/g, '$1q$2')) as Resource[];
    const twice = join(scratch, 'twice');
    renameSync(await writeLanding([...twins, ...renamed]), twice);
    const failed = await answer(auditCommand, '--data', twice, ...flags);
    expect(JSON.parse(failed.out)).toMatchObject({ verdict: 'fail' });
    expect(failed.status).toBe(8);
  });
});
