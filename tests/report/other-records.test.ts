/** Reports of a model on records other than those of its training: validated as it is, recalibrated, and of a table. */
import { describe, expect, it } from '@jest/globals';
import { NO_EXTERNAL_VALIDATION } from '../../src/model/index.ts';
import type { ReportInput } from '../../src/report/index.ts';
import type { ReportMetrics, ReportSetting } from '../../src/report/report-input.ts';
import { figure, grouped, header, metrics } from './fixture.ts';
import { pageSections } from './page-sections.ts';

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const setting = (name: string, auroc: number, ratio: number, rows = 3018): ReportSetting => ({
  setting: name,
  description: name,
  rows,
  patients: 1000,
  events: 421,
  meanRisk: 421 / rows / ratio,
  figures: { auroc: figure(auroc, 0.02), observedToExpected: figure(ratio, 0.1), calibrationSlope: figure(0.91, 0.1) },
});

const judged = {
  discharges: 2718,
  patients: 1021,
  synthetic: false,
  states: { unplanned: 377, none: 2341 },
  cumulativeIncidence: [{ state: 'unplanned', points: [{ day: 7, ...figure(0.333, 0.01) }] }],
};
const { temporal: _temporal, ...rest } = metrics.evidence!;
const elsewhere: ReportMetrics = json({
  ...metrics,
  truth: null,
  importance: null,
  validations: [],
  evidence: { ...rest, grouped: null, external: grouped },
  manifestSha256: '99aa'.repeat(16),
  seenLeftOut: 300,
  sameIdsKept: null,
  judged,
  settings: [setting('grouped', 0.712, 1.01), setting('external', 0.654, 0.456, 2718)],
});
const validated: ReportInput = {
  header,
  metrics: elsewhere,
  limits: [NO_EXTERNAL_VALIDATION, 'Said in the card.'],
  metricsFile: 'site.metrics.json',
};

describe('an external validation', () => {
  const report = pageSections(validated);

  it('sets the figures here beside those of training', () => {
    const external = report.get('external') ?? '';
    expect(external).toContain('At training: held-out patients');
    expect(external).toMatch(/AUROChigher; chance 0.5\s*0.7120.692 to 0.732\s*0.6540.634 to 0.674/);
    expect(external).toContain('421 discharges where the risks foretold 923: observed to expected 0.456');
  });

  it('leaves out patients seen in training before what is judged, in the flow and in the incidence', () => {
    const population = report.get('population') ?? '';
    expect(population).toContain('Left out300discharges of patients seen in training300');
    expect(population).toContain('Discharges judgedn = 2,718');
    expect(population).toContain('Unplanned readmission377 (13.9');
    expect(population).toContain('Outcome state, of all index discharges');
    expect(report.get('incidence')).toContain('33.3');
  });

  it('does not say that there is none, nor that real records judged are made up', () => {
    const limits = report.get('limits') ?? '';
    expect(limits).toContain('Said in the card.');
    expect(limits).not.toContain(NO_EXTERNAL_VALIDATION);
    expect(limits).not.toContain('Nothing about real patients');
    expect(limits).toContain('at a further site');
  });

  it('says where its numbers and its records are', () => {
    const provenance = report.get('provenance') ?? '';
    expect(provenance).toContain('site.metrics.json');
    expect(provenance).toContain('99aa'.repeat(16));
    expect(provenance).not.toContain('train again');
  });

  it('is told of no model of its own records', () => {
    expect(pageSections({ header, metrics }).has('external')).toBe(false);
    expect(pageSections({ header, metrics }).has('recalibration')).toBe(false);
  });
});

describe('a recalibrated model', () => {
  const local = {
    ...grouped,
    headline: { ...grouped.headline, forest: { ...grouped.headline['forest'], auroc: figure(0.601, 0.02) } },
  };
  const recalibrated: ReportInput = {
    header: {
      ...header,
      name: 'at-the-site',
      parent: {
        name: 'the parent',
        modelSha256: '12'.repeat(32),
        method: 'slope',
        manifestSha256: '34'.repeat(32),
        rows: 2718,
        events: 22,
      },
    },
    metrics: json({
      ...metrics,
      evidence: { ...metrics.evidence, local },
      local: { ...elsewhere, validations: undefined, evidence: undefined },
      recalibration: {
        method: 'slope',
        discharges: 2718,
        patients: 1021,
        events: 22,
        caution: '22 discharges with the outcome are few for --method slope',
        updateTest: { supported: 'intercept', pUpdate: 0.0004, pSlope: 0.21 },
        calibrationBefore: grouped.calibration,
        differences: { brier: figure(-0.012, 0.003) },
        settings: [setting('grouped', 0.712, 1), setting('before', 0.601, 0.4), setting('after', 0.601, 0.99)],
      },
    }),
  };
  const report = pageSections(recalibrated);

  it('leads with the local figures, and says what is of the parent', () => {
    expect(report.get('summary')).toContain('3,018 local discharges');
    expect(report.get('summary')).toContain('0.601');
    expect(report.get('summary')).not.toContain('Learnt before a day');
    for (const id of ['temporal', 'learning', 'importance', 'truth', 'leakage'])
      expect(report.get(id)).toContain('Of “the parent”');
    expect(report.get('calibration')).not.toContain('Of “the parent”');
    expect(report.get('calibration')).not.toContain('mean true risk');
    expect(report.get('population')).toContain('Discharges judgedn = 2,718');
  });

  it('shows calibration before and after, how after was judged, and what to beware of', () => {
    const section = report.get('recalibration') ?? '';
    expect(section).toContain('Few events. 22 discharges');
    expect(section).toContain('each fifth of the patients is judged by a map fitted on the other four fifths');
    expect(section).toContain('level and slope against the level alone: p = 0.210');
    expect(section).toContain('p < 0.001');
    expect(section).toContain('−0.012');
    expect(section).toContain('Calibration curves before and after recalibration');
  });

  it('says so where nothing could be judged after', () => {
    const { local: _none, ...evidence } = recalibrated.metrics.evidence!;
    const few = {
      ...recalibrated,
      metrics: {
        ...recalibrated.metrics,
        evidence,
        recalibration: { ...recalibrated.metrics.recalibration!, differences: null, settings: [setting('before', 0.6, 0.4)] },
      },
    };
    expect(pageSections(few).get('recalibration')).toContain('After. Not told');
  });
});

describe('a model of a table', () => {
  it('has one box of rows, and speaks of no encounters and no manifest', () => {
    const line = { label: 'rows of the table', unit: 'rows', n: 1600 };
    const report = pageSections({
      header: { ...header, cohort: { ...header.cohort, definition: { table: {} } } },
      metrics: {
        ...metrics,
        discharges: 1600,
        states: { 'label-1': 200, 'label-0': 1400 },
        // As folders of before have it: twice.
        attritionLines: [
          { step: 30, ...line },
          { step: 50, ...line },
        ],
      },
    });
    const population = report.get('population') ?? '';
    expect(population.match(/Rows of the table/g)).toHaveLength(1);
    expect(population).not.toMatch(/encounters|index discharges/i);
    expect(report.get('provenance')).toContain('The table as a file, SHA-256');
    expect(report.get('provenance')).not.toMatch(/Manifest/);
  });
});
