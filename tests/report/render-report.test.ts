/** The report as a document: complete, self-contained, escaped, the same bytes each time, and honest about what is not there. */
import { describe, expect, it } from '@jest/globals';
import { parseHTML } from 'linkedom';
import { renderReport, type ReportInput } from '../../src/report/index.ts';
import { figure, grouped, header, input, metrics } from './fixture.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function mapLeaves(value: Json, leaf: (value: string | number, key: string) => Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, leaf, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapLeaves(item, leaf, name)]));
  }
  return typeof value === 'string' || typeof value === 'number' ? leaf(value, key) : value;
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const documentOf = (html: string): Document => parseHTML(html).document as unknown as Document;
interface Document {
  querySelectorAll(selector: string): Iterable<Element>;
  querySelector(selector: string): Element | null;
}
interface Element extends Document {
  id: string;
  textContent: string;
  getAttribute(name: string): string | null;
  attributes: Iterable<{ name: string; value: string }>;
}
const parsed = new Map<string, Document>();
function all(html: string, selector: string) {
  const document = parsed.get(html) ?? documentOf(html);
  parsed.set(html, document);
  return [...document.querySelectorAll(selector)];
}
const textOf = (html: string): string => all(html, 'body')[0]?.textContent ?? '';

const report = renderReport(input);
const bare: ReportInput = {
  header,
  metrics: {
    outcome: metrics.outcome,
    featureSet: 'default',
    seed: 1,
    draws: 1000,
    discharges: 10,
    patients: 5,
    states: {},
    validations: [],
  },
};

describe('a report with everything', () => {
  it('has every section, and contents that lead to each', () => {
    const sections = all(report, 'main > section').map(({ id }) => id);
    expect(sections).toEqual([
      'summary',
      'population',
      'incidence',
      'discrimination',
      'calibration',
      'usefulness',
      'baselines',
      'temporal',
      'subgroups',
      'learning',
      'importance',
      'truth',
      'leakage',
      'provenance',
      'limits',
    ]);
    expect(all(report, 'nav a').map((link) => link.getAttribute('href'))).toEqual(sections.map((id) => `#${id}`));
    expect(report).not.toContain('Not computed');
  });

  it('leads with the headline, its interval and what is trivial beside it', () => {
    const summary = (all(report, '#summary')[0]?.textContent ?? '').replace(/\s+/g, ' ');
    expect(summary).toContain('0.712 (0.679 to 0.745)');
    expect(summary).toContain('Prevalence 0.5 by construction');
    expect(summary).toContain('Reason of admission only 0.635');
    expect(summary).toContain(
      'Forest minus Logistic regression (L2), the best of these: −0.009 (−0.033 to +0.015): the interval includes 0',
    );
    expect(summary).toContain('Ranking by it gives 0.774');
  });

  it('gives each drawing a name, a description and a caption that says how to read it', () => {
    const drawings = all(report, 'figure svg[role="img"]');
    expect(drawings.length).toBeGreaterThanOrEqual(20);
    for (const drawing of drawings) {
      const ids = (drawing.getAttribute('aria-labelledby') ?? '').split(' ');
      expect(ids).toHaveLength(2);
      for (const id of ids) expect(all(report, `#${id}`)[0]?.textContent).toMatch(/\S/);
    }
    const captions = all(report, 'figure figcaption').map(({ textContent }) => textContent);
    expect(captions).toHaveLength(all(report, 'figure').length);
    for (const caption of captions) expect(caption.length).toBeGreaterThan(80);
  });

  it('uses each id once', () => {
    const ids = all(report, '[id]').map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(50);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...report.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((id) => !ids.includes(id as string))).toEqual([]);
  });

  it('says which groups are suppressed and why', () => {
    const groups = all(report, '#subgroups')[0]?.textContent ?? '';
    expect(groups).toContain('Suppressed: native <american> (fewer than 10 events); other (fewer than 10 events).');
    expect(groups.match(/suppressed/g)?.length).toBeGreaterThan(10);
  });

  it('shows no count of a suppressed group, nor one from which it would follow', () => {
    const section = all(report, '#subgroups')[0]!;
    const cells = (name: string): string[] =>
      [...section.querySelectorAll('tr')]
        .filter((row) => row.querySelector('th')?.textContent === name)
        .flatMap((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent));
    expect(cells('native <american>').slice(0, 4)).toEqual(['withheld', 'withheld', 'withheld', 'suppressed']);
    const asian = cells('asian');
    expect(asian.slice(0, 3)).toEqual(['withheld', 'withheld', 'withheld']);
    expect(asian[3]).toMatch(/^0\.66/);
    // FNR, FPR, PPV and their differences, fractions of the counts.
    expect(asian.slice(-6)).toEqual(Array(6).fill('withheld'));
    expect(cells('white').slice(0, 3)).toEqual(['2,362', '945', '331']);
    expect(section.textContent).toContain('not recorded for some discharges, their number withheld');
    const labels = [...section.querySelectorAll('svg text')].map(({ textContent }) => textContent);
    expect(labels).toEqual(expect.arrayContaining(['asian', 'other', 'white (331)']));
    expect(labels.filter((label) => /^(asian|other|native).*\(/.test(label ?? ''))).toEqual([]);
  });

  it('shows the adjusted p values, and an audit in words beside colour', () => {
    expect(all(report, '#baselines')[0]?.textContent).toContain('Holm');
    expect(all(report, '.verdict').map(({ textContent }) => textContent)).toEqual(
      expect.arrayContaining(['✓ pass', '▲ warn', '✗ fail', '– not assessed']),
    );
  });
});

describe('a file that needs nothing else', () => {
  it('has no script, no handler and nothing to fetch', () => {
    expect(all(report, 'script, link, iframe, object, embed, img, base, form')).toEqual([]);
    expect(report.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|src=|url\((?!#)/);
    expect(all(report, 'meta[http-equiv="Content-Security-Policy"]')[0]?.getAttribute('content')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    );
  });

  it('is the same bytes each time', () => {
    expect(renderReport(input)).toBe(report);
  });

  it('takes no text from data as markup', () => {
    const evil = `</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>"' onload="x`;
    const attacked = mapLeaves(plain(input), (value, key) =>
      typeof value !== 'string' || ['verdict'].includes(key) ? value : value + evil,
    ) as unknown as ReportInput;
    const html = renderReport(attacked);
    expect(textOf(html)).toContain('<script>alert(1)</script>');
    expect(html).not.toMatch(/<script|<img/);
    const handlers = all(html, '*').flatMap(({ attributes }) => [...attributes].filter(({ name }) => name.startsWith('on')));
    expect(handlers).toEqual([]);
    const tags = (of: string): number => [...all(of, '*')].length;
    expect(tags(html)).toBeGreaterThan(1000);
  });

  it('takes no key of a record as markup', () => {
    const key = '<b>x</b>';
    const html = renderReport({
      ...input,
      provenance: { [key]: key },
      metrics: {
        ...metrics,
        evidence: {
          grouped: { ...grouped, headline: { ...grouped.headline, [key]: { auroc: figure(0.6, 0.02), [key]: figure(1, 1) } } },
        },
      },
    });
    expect(html).not.toContain('<b>');
    expect(textOf(html)).toContain(key);
  });
});

describe('what is not there', () => {
  it('is said to be not computed, section by section', () => {
    const html = renderReport(bare);
    const said = all(html, 'section')
      .filter(({ textContent }) => textContent.includes('Not computed'))
      .map(({ id }) => id);
    expect(said).toEqual([
      'summary',
      'population',
      'incidence',
      'discrimination',
      'calibration',
      'usefulness',
      'baselines',
      'temporal',
      'subgroups',
      'learning',
      'importance',
      'truth',
      'leakage',
    ]);
  });

  it('never shows as undefined, null or NaN', () => {
    const nothing = mapLeaves(plain(metrics), (value, key) => {
      const sizes = [
        'n',
        'rows',
        'events',
        'patients',
        'remaining',
        'removed',
        'step',
        'day',
        'share',
        'from',
        'to',
        'x',
        'threshold',
      ];
      return typeof value === 'number' && !sizes.includes(key) ? null : value;
    });
    for (const html of [
      report,
      renderReport(bare),
      renderReport({ ...input, metrics: nothing as unknown as ReportInput['metrics'] }),
    ]) {
      expect(textOf(html)).not.toMatch(/undefined|\bnull\b|NaN|Infinity|\[object/);
      expect(html).not.toMatch(/="[^"]*(?:NaN|undefined|Infinity)[^"]*"/);
    }
  });

  it('shows a model judged on other records by that evidence, and which records they were', () => {
    const external = { ...grouped, description: 'all of the other site' };
    const html = renderReport({
      ...input,
      metrics: {
        ...metrics,
        manifestSha256: '99aa'.repeat(16),
        evidence: { external },
        validations: [{ ...metrics.validations[0]!, name: 'external' }],
      },
    });
    expect(all(html, '#summary')[0]?.textContent).toContain('3,018 discharges of other records');
    expect(all(html, '#calibration')[0]?.textContent).toContain('0.860 to 1.200');
    expect(all(html, '#temporal')[0]?.textContent).toContain('Not computed');
    expect(all(html, '#provenance')[0]?.textContent).toContain('99aa'.repeat(16));
    expect(textOf(report)).not.toContain('other records');
  });

  it('falls back to the validations of a run without evidence', () => {
    const { evidence: _, ...older } = metrics;
    const html = renderReport({ ...input, metrics: older });
    expect(all(html, '#summary')[0]?.textContent).toContain('0.712 (0.679 to 0.745)');
    expect(all(html, '#temporal')[0]?.textContent).toContain('906 discharges of 448 patients');
    expect(all(html, '#calibration')[0]?.textContent).toContain('Not computed');
  });

  it('shows the flow by steps where there are no lines of it', () => {
    const { attritionLines: _, ...older } = metrics;
    expect(all(renderReport({ ...input, metrics: older }), '#fig-flow-text')[0]?.textContent).toContain('index discharges 3,018');
  });
});

describe('warnings', () => {
  it('says that a model of made-up patients is not for care, and what planting cannot tell', () => {
    expect(textOf(report)).toContain('Synthetic data. Not for patient care.');
    expect(all(report, '#limits')[0]?.textContent).toContain('favours logistic regression');
  });

  it('says neither of recorded patients, but that care needs a validation', () => {
    const { truth: _, ...recorded } = metrics;
    const html = renderReport({ header: { ...header, training: { ...header.training, synthetic: false } }, metrics: recorded });
    expect(textOf(html)).not.toContain('Synthetic data');
    expect(textOf(html)).toContain('Not for patient care before validation');
    expect(all(html, '#limits')[0]?.textContent).not.toContain('logistic regression');
    expect(all(html, '#truth')[0]?.textContent).toContain('recorded patients have no known true risk');
  });

  it('tells with the headline what the leakage audit did not let pass', () => {
    const summary = all(report, '#summary')[0]?.textContent ?? '';
    expect(summary).toContain('Calendar time (fail): One feature follows the year of discharge.');
    expect(summary).not.toContain('Facts after discharge');
  });

  it('tells with the headline how it does among later patients it has not seen', () => {
    const unseen = { ...metrics.validations[1]!, name: 'temporal-unseen', results: { forest: { auroc: figure(0.54, 0.1) } } };
    const html = renderReport({ ...input, metrics: { ...metrics, validations: [...metrics.validations, unseen] } });
    expect(all(html, '#summary')[0]?.textContent).toContain('not seen before that day: 0.540 (0.440 to 0.640)');
    expect(all(html, '#temporal')[0]?.textContent).toContain('Later discharges of patients not seen in training');
  });

  it('calls an AUROC above 0.85 a defect to look for', () => {
    const headline = { ...grouped.headline, forest: { ...grouped.headline['forest'], auroc: figure(0.93, 0.01) } };
    const html = renderReport({ ...input, metrics: { ...metrics, evidence: { grouped: { ...grouped, headline } } } });
    expect(textOf(html)).toContain('read it as a defect');
    expect(textOf(report)).not.toContain('read it as a defect');
  });
});
