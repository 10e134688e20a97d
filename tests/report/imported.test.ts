/** Reports of a forest that was trained elsewhere: nothing is told of a training that nobody here saw, and no empty part is shown. */
import { describe, expect, it } from '@jest/globals';
import type { ReportInput } from '../../src/report/index.ts';
import { figure, grouped, header, metrics } from './fixture.ts';
import { pageSections } from './page-sections.ts';

const { parent: _parent, ...own } = header;
const theirs = {
  ...own,
  cohort: { ...header.cohort, name: 'table', definition: { table: { label: 'y' } } },
  forest: { ...header.forest, engine: 'scikit-learn 1.9 RandomForestClassifier', options: { imported: 'forest.json' } },
  training: { ...header.training, synthetic: false, refittedOnAll: false },
  calibration: { ...header.calibration, kind: 'identity' as const, reason: 'its risk is its own output' },
};
const bare: ReportInput = {
  header: theirs,
  limits: [],
  metrics: {
    outcome: 'class 1 of the forest forest.json',
    featureSet: 'all',
    seed: 0,
    draws: 0,
    discharges: 3018,
    patients: 1152,
    states: { 'label-1': 421, 'label-0': 2597 },
    validations: [],
  },
};
const all = (parts: ReadonlyMap<string, string>): string => [...parts.values()].join(' ');

describe('a forest that nothing here has judged', () => {
  const parts = pageSections(bare);

  it('has no part without content, and says what would judge it', () => {
    expect([...parts.keys()]).toEqual(['summary', 'provenance', 'limits']);
    expect(all(parts)).not.toContain('Not computed');
    expect(parts.get('summary')).toContain('no figure says how good its risks are');
    expect(parts.get('summary')).toContain('readmission evaluate --model DIR --matrix TABLE');
  });

  it('tells of the file of the forest, not of a table, folds or resamples', () => {
    const provenance = parts.get('provenance');
    expect(provenance).toContain('The file of the forest, SHA-256');
    expect(provenance).toContain('import it again');
    for (const word of ['Folds', 'Resamples', 'Refitted', 'identity:', 'Intervals:']) expect(provenance).not.toContain(word);
    expect(parts.get('limits')).not.toContain('net benefit');
  });

  it('is unlike one that was trained here, which says what was not computed', () => {
    const trained = pageSections({ ...bare, header: own });
    expect(trained.get('summary')).toContain('Not computed: the run holds no validation.');
    expect(trained.has('learning')).toBe(true);
  });
});

describe('a forest whose risks were fitted here', () => {
  const setting = (name: string) => ({
    setting: name,
    description: name,
    rows: 1500,
    patients: 656,
    events: 259,
    meanRisk: 0.17,
    figures: { auroc: figure(0.63, 0.03) },
  });
  const { discharges, patients, states } = bare.metrics;
  const parts = pageSections({
    header: {
      ...theirs,
      parent: {
        name: 'theirs-uncalibrated',
        modelSha256: 'ab'.repeat(32),
        method: 'slope',
        manifestSha256: 'cd'.repeat(32),
        rows: 1500,
        events: 259,
      },
    },
    limits: [],
    metrics: {
      ...bare.metrics,
      evidence: { local: grouped },
      validations: [
        { name: 'local', description: 'local rows', rows: 1500, events: 259, patients: 656, results: grouped.headline },
      ],
      recalibration: { method: 'slope', discharges, patients, events: 421, settings: [setting('before'), setting('after')] },
      local: {
        outcome: 'label 1',
        discharges,
        patients,
        states,
        attrition: [{ rule: 'rows of the table', removed: 0, remaining: discharges }],
        seenLeftOut: 0,
        judged: { discharges, patients, synthetic: false, states, cumulativeIncidence: null },
      },
    },
  });

  it('has no part about its training', () => {
    for (const id of ['incidence', 'temporal', 'learning', 'importance', 'truth', 'leakage'])
      expect([...parts.keys()]).not.toContain(id);
    for (const id of ['summary', 'recalibration', 'population', 'discrimination', 'calibration', 'provenance'])
      expect([...parts.keys()]).toContain(id);
    expect(all(parts)).not.toContain('theirs-uncalibrated');
  });

  it('does not say that its rows are new to it, which nobody knows', () => {
    expect(parts.get('population')).toContain('Whom the forest was trained on is not known here');
    expect(parts.get('population')).not.toContain('seen in training');
    expect(parts.get('recalibration')).toContain('was said, and cannot be checked');
    expect(parts.get('recalibration')).toContain('Before and after recalibration here');
    expect(parts.get('recalibration')).not.toContain('The parent at training');
  });
});

it('judged as it is on other rows, it is said, not known, that they are new to it', () => {
  const parts = pageSections({
    ...bare,
    metrics: { ...bare.metrics, evidence: { external: grouped }, leakage: metrics.leakage ?? null, settings: [] },
  });
  expect(parts.get('external')).toBeDefined();
  expect([...parts.keys()]).toContain('leakage');
  expect(parts.get('population') ?? '').not.toContain('None is of a patient seen in training');
});
