/** The risk of one discharge over one feature, drawn as the steps it is. */
import { describe, expect, it } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { riskProfileSvg, type RiskProfileOptions } from '../../src/report/index.ts';

const options: RiskProfileOptions = {
  id: 'profile',
  title: 'Risk over sodium',
  description: 'What it shows',
  feature: 'last_sodium <',
  unit: 'mmol/L',
  steps: [
    { from: 120, to: 131.5, risk: 0.3 },
    { from: 131.5, to: 140, risk: 0.12 },
    { from: 140, to: 1000, risk: 0.15 },
  ],
  own: { value: 138, risk: 0.12 },
  missing: 0.14,
  baseRate: 0.1,
};
type Elements = Iterable<{ textContent: string; getAttribute(name: string): string | null }>;
const all = (svg: string, selector: string) => [
  ...(parseHTML(`<body>${svg}</body>`).document.querySelectorAll(selector) as Elements),
];
const texts = (svg: string): string[] => all(svg, 'text').map(({ textContent }) => textContent.replaceAll('\u00a0', ' '));
const steps = (svg: string) => all(svg, 'g[stroke="#0072B2"][stroke-width="3"] line');

describe('riskProfileSvg', () => {
  const svg = riskProfileSvg(options);

  it('draws a line a step, one below the other as the risk falls', () => {
    const lines = steps(svg);
    expect(lines).toHaveLength(3);
    const heights = lines.map((line) => Number(line.getAttribute('y1') ?? line.getAttribute('y')));
    expect(heights[0]).toBeLessThan(heights[2] as number);
    expect(heights[2]).toBeLessThan(heights[1] as number);
    lines.forEach((line, i) => {
      const [from, to] = [Number(line.getAttribute('x1')), Number(line.getAttribute('x2'))];
      expect(from).toBeLessThan(to);
      if (i > 0) expect(from).toBeCloseTo(Number(lines[i - 1]!.getAttribute('x2')), 1);
    });
  });

  it('says where the discharge is, what a missing value would give, and the training range', () => {
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        'Risk of this discharge over last_sodium <',
        'were it missing: 14.0 %; dashed: base rate 10.0 %; training range 120 to 1,000',
        'this discharge: 12.0 %',
        'last_sodium < (mmol/L)',
      ]),
    );
    expect(svg).not.toContain('sodium <');
  });

  it('begins the risk at 0, and ends the values a little beyond the last change', () => {
    expect(texts(svg)).toContain('0 %');
    expect(texts(svg)).toContain('140');
    expect(texts(svg)).not.toContain('400');
  });

  it('shows the value of a discharge that lies beyond the steps', () => {
    expect(texts(riskProfileSvg({ ...options, own: { value: 400, risk: 0.15 } }))).toContain('400');
  });

  it('has no point where the value is missing, and draws a flat risk', () => {
    const flat = riskProfileSvg({
      ...options,
      unit: '',
      steps: [{ from: 0, to: 1, risk: 0.2 }],
      own: { value: null, risk: 0.14 },
    });
    expect(texts(flat)).toEqual(expect.arrayContaining([expect.stringMatching(/^missing here: 14\.0 %;/), 'last_sodium <']));
    expect(texts(flat).join('\n')).not.toContain('this discharge: ');
    expect(steps(flat)).toHaveLength(1);
  });
});
