/** Drawings used outside the report, and the flow of the population. */
import { describe, expect, it } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { dependenceSvg, forestPlotSvg, waterfallSvg } from '../../src/report/index.ts';
import { flowStages } from '../../src/report/plots/attrition-flow.ts';
import { figure, input, metrics } from './fixture.ts';

const drawing = { id: 'test', title: 'A <title>', description: 'What it shows' };
const texts = (svg: string): string[] =>
  [...(parseHTML(`<body>${svg}</body>`).document.querySelectorAll('text') as Iterable<{ textContent: string }>)].map(
    ({ textContent }) => textContent,
  );

describe('forestPlotSvg', () => {
  const svg = forestPlotSvg(
    [
      { label: 'Sets', heading: true, figure: undefined },
      { label: 'all <b>', figure: figure(0.02, 0.01), emphasis: true },
      { label: 'none', figure: { estimate: null, lower: null, upper: null } },
      { label: 'few', note: 'fewer than 10 events', figure: undefined },
    ],
    { ...drawing, label: 'Difference in AUROC', reference: 0 },
  );

  it('names rows, writes intervals, and says why a row has none', () => {
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        'Sets',
        'all <b>',
        '0.020 (0.010 to 0.030)',
        'none',
        'n/a',
        'fewer than 10 events',
        'Difference in AUROC',
      ]),
    );
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('<title id="test-title">A &#60;title&#62;</title>');
  });

  it('ends an interval that leaves the axis in an arrow head', () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ label: `set ${i}`, figure: figure(0.7, 0.02) }));
    const wide = forestPlotSvg([...rows, { label: 'tiny', figure: figure(0.7, 0.3) }], { ...drawing, label: 'AUROC' });
    expect(texts(wide)).toEqual(expect.arrayContaining(['◂', '▸']));
    expect(texts(forestPlotSvg(rows, { ...drawing, label: 'AUROC' }))).not.toContain('◂');
  });

  it('marks an estimate without an interval apart', () => {
    const of = (lower: number | null) =>
      forestPlotSvg([{ label: 'few', figure: { estimate: 0.6, lower, upper: lower === null ? null : 0.7 } }], {
        ...drawing,
        label: 'AUROC',
      });
    expect(texts(of(null))).toContain('0.600 (no interval)');
    expect(of(null)).toContain('stroke="#5b6670"');
    expect(of(0.5)).not.toContain('stroke="#5b6670"');
  });

  it('draws an empty comparison', () => {
    expect(forestPlotSvg([], { ...drawing, label: 'AUROC' })).toContain('<svg');
  });
});

describe('waterfallSvg', () => {
  const contributions = Array.from({ length: 15 }, (_, i) => ({
    label: `reason ${i}`,
    value: (i % 2 === 0 ? 1 : -1) * 0.01 * (15 - i),
  }));
  const written = texts(waterfallSvg({ ...drawing, baseValue: 0.14, contributions, top: 5 }));

  it('starts at the average, ends at the output, and puts the small ones together', () => {
    const sum = contributions.reduce((total, { value }) => total + value, 0.14);
    expect(written).toEqual(
      expect.arrayContaining(['Average output', '0.140', 'Output for this discharge', sum.toFixed(3), '10 others together']),
    );
    expect(written.filter((text) => text.startsWith('reason'))).toEqual([
      'reason 0',
      'reason 1',
      'reason 2',
      'reason 3',
      'reason 4',
    ]);
    expect(written).toEqual(expect.arrayContaining(['+0.150', '−0.140']));
  });

  it('has no row for one other, and none where nothing contributes', () => {
    expect(texts(waterfallSvg({ ...drawing, baseValue: 0.1, contributions: contributions.slice(0, 6), top: 5 }))).toContain(
      'reason 5',
    );
    expect(texts(waterfallSvg({ ...drawing, baseValue: 0.1, contributions: [] }))).toEqual(
      expect.arrayContaining(['Average output', 'Output for this discharge']),
    );
  });
});

describe('dependenceSvg', () => {
  const dependence = metrics.importance!.dependence[5]!;

  it('draws points and bins, and says how many have no value', () => {
    const svg = dependenceSvg(drawing, dependence);
    expect(svg.match(/<circle/g)?.length).toBeGreaterThan(100);
    expect(texts(svg)).toEqual(
      expect.arrayContaining(['ed_visits_180d', 'missing in 412 rows, mean attribution −0.00410', 'visits']),
    );
  });

  it('has a logarithmic axis for a value with a long tail, and none otherwise', () => {
    const bin = (from: number, to: number) => ({ from, to, rows: 100, mean: 0.01, meanOutput: 0.15 });
    const tail = [bin(1, 7), bin(7, 60), bin(60, 400), bin(400, 33000)];
    expect(texts(dependenceSvg(drawing, { ...dependence, sample: [], bins: tail }))).toContain('visits (logarithmic)');
    expect(texts(dependenceSvg(drawing, dependence))).not.toContain('visits (logarithmic)');
  });

  it('draws bins alone where points are not given, and nothing where nothing is', () => {
    expect(dependenceSvg(drawing, { ...dependence, sample: [] })).not.toContain('<circle');
    expect(dependenceSvg(drawing, { ...dependence, sample: [], bins: [], unit: '' })).toContain('<svg');
  });
});

describe('flowStages', () => {
  it('adds up from stage to stage', () => {
    const stages = flowStages(input.metrics.attritionLines!);
    expect(stages.map(({ n }) => n)).toEqual([6445, 5949, 5677, 3018]);
    for (let s = 1; s < stages.length; s++) {
      const removed = stages[s]!.removed.reduce((sum, { n }) => sum + n, 0);
      expect(stages[s - 1]!.n - removed).toBe(stages[s]!.n);
    }
  });
});
