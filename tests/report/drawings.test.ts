/** Drawings used outside the report, and the flow of the population. */
import { describe, expect, it } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { dependenceSvg, forestPlotSvg, waterfallSvg } from '../../src/report/index.ts';
import { flowStages } from '../../src/report/plots/attrition-flow.ts';
import { axisTicks, forestPanelsSvg } from '../../src/report/plots/forest-panels.ts';
import { textWidth } from '../../src/report/plots/svg.ts';
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

describe('ticks of a panel', () => {
  it.each([
    [[-0.27, 0.29], 80, [-0.2, 0, 0.2]],
    [[-0.09, 0.12], 80, [0, 0.1]],
    [[0.35, 0.89], 80, [0.4, 0.6, 0.8]],
    [[0.48, 0.77], 300, [0.5, 0.55, 0.6, 0.65, 0.7, 0.75]],
  ] as const)('of %j on %i units are round, and never one alone', (domain, width, ticks) => {
    expect(axisTicks(domain, width)).toEqual(ticks);
  });

  it('are two at least on any axis', () => {
    for (let i = 1; i < 200; i += 1) expect(axisTicks([-i / 77, (i * i) / 991], 80).length).toBeGreaterThanOrEqual(2);
  });
});

it('texts of ticks stay in their panel: the next one begins at its border', () => {
  for (const size of [3e-4, 0.002, 0.011, 0.2, 3]) {
    const figures = [1, 2, 3].map((k) => ({ estimate: (k - 2) * size, lower: (k - 2.5) * size, upper: (k - 1.5) * size }));
    const { text } = forestPanelsSvg(
      { id: 'edge', title: 't', description: 'd' },
      ['a', 'b', 'c', 'd'].map((label) => ({ label, reference: 0 })),
      figures.map((one, k) => ({ label: `row ${k}`, figures: [one, one, one, one] })),
    );
    // A panel begins at its translate, the axis text at its own within it.
    const panels = text.split(/<g transform="translate\((?=[\d.]+,0\)"><g)/).slice(1);
    const ends = panels.flatMap((panel) => {
      const left = Number.parseFloat(panel);
      const texts = [...panel.matchAll(/<text[^>]*transform="translate\(([\d.]+),[^>]*>([^<]+)<\/text>/g)];
      const ticks = texts.filter(([, , label]) => /^[−\d.]+$/.test(label!));
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      return ticks.map(([, x, label]): [number, number] => [
        left + Number(x) - textWidth(label!) / 2,
        left + Number(x) + textWidth(label!) / 2,
      ]);
    });
    expect(panels.length).toBe(4);
    ends.slice(1).forEach(([from], i) => expect(from - ends[i]![1]).toBeGreaterThan(4));
  }
});

it('a waterfall tells the calibrated risk apart from the bars', () => {
  const drawn = (above: readonly string[]): string =>
    waterfallSvg({
      id: 'w',
      title: 't',
      description: 'd',
      baseValue: 0.1,
      contributions: [{ label: 'age', value: 0.05 }],
      above,
    });
  expect(drawn(['Calibrated risk 12.3 %', 'The bars explain the output'])).toMatch(
    /Calibrated risk 12\.3 %<\/text>.*The bars explain/,
  );
  const height = (svg: string): number => Number(/viewBox="0 0 860 (\d+)"/.exec(svg)?.[1]);
  expect(height(drawn(['a', 'b']))).toBeGreaterThan(height(drawn([])));
});
