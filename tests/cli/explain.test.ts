/** `readmission explain`: text, JSON and drawings of one discharge, from a Bundle and from features; refusals with their exit codes. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { explanationText } from '../../src/cli/explain-text.ts';
import { explanationDrawings } from '../../src/cli/explain-drawings.ts';
import { writeModelFolder } from '../../src/model/index.ts';
import { explanationSchema, type Explanation, type RiskProfile } from '../../src/scoring/index.ts';
import { openStudy, trainModel } from '../../src/training/index.ts';
import { clinicalTypes, writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { patientBundles } from '../scoring/patient-bundles.ts';
import { answer } from './answer.ts';
import { readmission as command } from './command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cli-explain-'));
const at = (name: string): string => join(scratch, name);
let encounter: string;

const readmission = (...args: string[]) => command('explain', '--model', at('model'), ...args);
const bundleFlags = (...args: string[]): string[] => [
  ...['--bundle', at('bundle.json'), '--encounter', encounter, '--covers', clinicalTypes.join(',')],
  ...args,
];
const told = (...args: string[]) => answer(explainCommand, '--model', at('model'), ...args);
const ofFeatures = (...args: string[]) => told('--features', at('features.json'), ...args);

beforeAll(async () => {
  const data = await writeLanding(hospital(7, 60));
  const study = await openStudy(data, { features: 'demographics,utilization,comorbidity' });
  const options = { name: 'explained', createdAt: '2026-01-01T00:00:00Z', seed: 1, folds: 2, draws: 20 };
  await writeModelFolder(
    at('model'),
    await trainModel(study, { ...options, forest: { trees: 40, minLeafRows: 3 }, quick: true }),
  );
  const { matrix } = study;
  const prior = matrix.columns[matrix.features.findIndex(({ name }) => name === 'prior_admissions_365d')];
  const row = prior?.findIndex((stays) => stays > 0) ?? 0;
  encounter = matrix.indexIds[row] as string;
  const patient = matrix.patientIds[row] as string;
  writeFileSync(at('bundle.json'), JSON.stringify((await patientBundles(data, new Set([patient]))).get(patient)));
  writeFileSync(
    at('features.json'),
    JSON.stringify({ features: { age_years: 71, prior_admissions_365d: 2, charlson_index: 3 } }),
  );
  writeFileSync(at('wrong.json'), JSON.stringify({ features: { age_years: 'old' } }));
  rmSync(data, { recursive: true });
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true }));

/** Elements that are open when their parent ends, or never end: none in a well-formed drawing. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name = '', self] of svg.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (end === '/') {
      if (open.pop() !== name) wrong.push(name);
    } else if (self !== '/') open.push(name);
  }
  const left = svg.replace(/<(\/?)([a-zA-Z]+)(?:\s[\w:-]+="[^"<]*")*\s*(\/?)>/g, '');
  return [...wrong, ...open, ...(/[<>]|&(?!#?\w+;)/.exec(left) ?? [])];
}
const texts = (svg: string): string =>
  [...(parseHTML(`<body>${svg}</body>`).document.querySelectorAll('text') as Iterable<{ textContent: string }>)]
    .map(({ textContent }) => textContent)
    .join('\n');

describe('readmission explain', () => {
  it('prints the waterfall of a Bundle, what-if beside it, and the risk over a feature', () => {
    const svg = at('why.svg');
    const asked = ['--set', 'prior_admissions_365d=0', '--set', 'charlson_mi=missing', '--profile', 'age_years', '--svg', svg];
    const { status, out, err } = readmission(...bundleFlags(...asked, '--top', '4'));
    expect(err.trim().split('\n')).toEqual([svg, at('why-what-if.svg'), at('why-profile.svg')].map((path) => `wrote ${path}`));
    expect(status).toBe(0);
    expect(out).toMatch(/^Encounter\/\S+, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/);
    expect(out).toMatch(/│ +◆ *│ {2}base value\n/);
    expect(out).toMatch(/[+−]\d+\.\d\d {2}│ *[█░]+ *│ {2}.* {2}\[[A-Z]\w+\/\S+/);
    expect(out).toMatch(/others together\n.*forest output\n.*calibrated risk\n/);
    expect(out).toMatch(/what if prior_admissions_365d = 0 stays instead of [1-9]\d*, charlson_mi = missing instead of [01]/);
    expect(out).toMatch(/│ prior_admissions_365d +│ [1-9]\d* → 0 +│.*\n.*│ charlson_mi +│ [01] → missing │/);
    expect(out).toContain('warning: charlson_mi was never missing in training');
    expect(out).toMatch(/note: prior_admissions_365d was set alone\. .*prior_admissions_30d/);
    expect(out.match(/about the model, not about the patient/g)).toHaveLength(2);
    expect(out).toMatch(/risk over age_years in the training range, everything else as it is \(.*steps/);
    expect(out.match(/◆ this discharge/g)).toHaveLength(1);
    // Bars stand below each other.
    const bars = out.split('\n').filter((line) => /^ {2}[ +−\d.]{6} {2}│/.test(line));
    expect(bars.length).toBe(7);
    expect(new Set(bars.map((line) => line.lastIndexOf('│'))).size).toBe(1);
    for (const name of ['why.svg', 'why-what-if.svg', 'why-profile.svg']) {
      expect(statSync(at(name)).mode & 0o77).toBe(0);
      const drawn = readFileSync(at(name), 'utf8');
      expect(drawn).toMatch(/^<svg xmlns=/);
      expect(unbalanced(drawn)).toEqual([]);
    }
    expect(texts(readFileSync(at('why-what-if.svg'), 'utf8'))).toContain('if prior_admissions_365d = 0, charlson_mi = missing');
  });

  it('gives as JSON what it prints, every attribution in it', async () => {
    const asked = bundleFlags('--set', 'prior_admissions_365d=0', '--profile', 'age_years', '--json');
    const { status, out, err } = await told(...asked);
    expect(err).toBe('');
    expect(status).toBe(0);
    const explanation = explanationSchema.parse(JSON.parse(out));
    expect(explanation.answer.encounter).toBe(encounter);
    expect(explanation.whatIf?.risk.before).toBe(explanation.answer.risk);
    expect(explanation.profile?.own.risk).toBe(explanation.answer.risk);
    expect(explanation.whatIf?.attributions).toHaveLength(explanation.answer.attributions.length);
  });

  it('explains features by name, and nothing else where nothing else is asked', async () => {
    const { status, out } = await ofFeatures();
    expect(status).toBe(0);
    expect(out).toContain('age 71');
    expect(out).not.toMatch(/what if|about the model/);
    const { answer, whatIf, profile } = JSON.parse((await ofFeatures('--json')).out) as Explanation;
    expect([whatIf, profile, answer.encounter]).toEqual([null, null, null]);
  });

  it('shows an example in its help', () => {
    const { status, out } = readmission('--help');
    expect(status).toBe(0);
    expect(out).toContain('Example:');
    expect(out).toContain('nothing is said of what would happen to a patient');
  });

  it.each([
    ['an unknown feature', ['--set', 'prior_admissions_180d=1'], 'EXPLAIN_FEATURE_UNKNOWN'],
    ['a value outside the catalogue', ['--set', 'age_years=130'], 'EXPLAIN_VALUE_RANGE'],
    ['no value', ['--set', 'age_years='], 'EXPLAIN_SET'],
    ['a value that is a word', ['--set', 'age_years=old'], 'EXPLAIN_SET'],
    ['no sign of equality', ['--set', 'age_years'], 'EXPLAIN_SET'],
    ['a feature set twice', ['--set', 'age_years=50', '--set', 'age_years=60'], 'EXPLAIN_SET'],
    ['a profile of an unknown feature', ['--profile', 'nothing'], 'EXPLAIN_FEATURE_UNKNOWN'],
    ['a drawing of another kind', ['--svg', 'why.png'], 'USAGE_EXPLAIN'],
    ['a file that is no Bundle', ['--bundle', 'package.json'], 'USAGE_BUNDLE'],
    ['neither Bundle nor features', [], 'USAGE_EXPLAIN'],
    ['features that are no numbers', ['--features', at('wrong.json')], 'EXPLAIN_FEATURES_FILE'],
  ])('refuses %s as a usage error', async (_, args, code) => {
    const wanted = args[0] === '--bundle' || args[0] === '--features' || args.length === 0;
    const given = [...(wanted ? [] : ['--features', at('features.json')]), ...args];
    const error: unknown = await explainCommand()
      .parseAsync(['--model', at('model'), ...given], { from: 'user' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(exitCodeOf(error)).toBe(2);
  });

  it('exits with 2 where it refuses, and prints no result', () => {
    const { status, out, err } = readmission('--features', at('features.json'), '--set', 'age_years=130');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^readmission: EXPLAIN_VALUE_RANGE: age_years: expected 0 to 120 years/);
    const both = readmission('--features', at('features.json'), '--bundle', at('bundle.json'));
    expect(both.status).toBe(2);
    expect(both.err).toContain("option '--features <file>' cannot be used with option '--bundle <file>'");
  });
});

describe('the text and drawings of an explanation', () => {
  const profile: RiskProfile = {
    feature: 'mine',
    unit: '<b>&"',
    range: { from: 0, to: 60 },
    own: { value: 30.5, forestOutput: 0.305, risk: 0.305 },
    missing: { forestOutput: 0.2, risk: 0.2 },
    steps: Array.from({ length: 60 }, (_, i) => ({ from: i, to: i + 1, value: i + 1, forestOutput: i / 100, risk: i / 100 })),
    caution: 'about the model',
  };
  let made: Explanation;
  beforeAll(async () => {
    made = JSON.parse((await ofFeatures('--set', 'age_years=50', '--json')).out) as Explanation;
  });
  const explanation = (): Explanation => {
    const { answer, whatIf } = made;
    const [first, ...others] = answer.reasons;
    return { answer: { ...answer, reasons: [{ ...first!, words: 'a <script> & "more"' }, ...others] }, whatIf, profile };
  };

  it('thins many steps to 25 rows, with both ends and the own value', () => {
    const rows = explanationText(explanation(), 3)
      .split(/^risk over mine.*\n/m)[1]!
      .split('\n')
      .filter((line) => /^│ \d/.test(line));
    expect(rows.length).toBeGreaterThanOrEqual(24);
    expect(rows.length).toBeLessThanOrEqual(25);
    expect(rows[0]).toContain('│ 0.0 %');
    expect(rows.at(-1)).toContain('│ 59.0 %');
    expect(rows.filter((row) => row.includes('◆'))).toEqual([expect.stringContaining('this discharge: 30.5')]);
  });

  it('escapes what it draws', () => {
    const drawings = explanationDrawings(explanation(), 3);
    expect(Object.keys(drawings)).toEqual(['waterfall', 'what-if', 'profile']);
    for (const svg of Object.values(drawings)) {
      expect(svg).not.toMatch(/<script|<b>/);
      expect(unbalanced(svg)).toEqual([]);
    }
    expect(texts(drawings['waterfall']!)).toContain('a <script> & "more"');
    expect(texts(drawings['profile']!)).toContain('mine (<b>&")');
  });

  it('tells a lone other by its name, for it would take as much room', () => {
    const found = explanation();
    const count = found.answer.reasons.length;
    expect(explanationText(found, count - 1)).not.toContain('others together\n   ');
    const words = found.answer.reasons.at(-1)!.words;
    expect(explanationText(found, count - 1)).toContain(`│  ${words}`);
    expect(explanationText(found, count - 2)).toContain('│  2 others together');
  });
});
