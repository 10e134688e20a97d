/** A card: what it says, what it suggests, and that a record cannot speak through it. */
import { describe, expect, test } from '@jest/globals';
import type { ScoreAnswer } from '../../../src/scoring/index.ts';
import { cardOf, type CardOptions } from '../../../src/server/cds-hooks/card.ts';
import { share, summaryOf } from '../../../src/server/cds-hooks/card-text.ts';
import { markdownText } from '../../../src/server/cds-hooks/markdown.ts';
import { suggestionKindOf } from '../../../src/server/cds-hooks/suggestions.ts';
import { fakeModel } from '../support/served.ts';
import { nowMs, stayAnswer } from './calls.ts';
import { cards, nullOrEmpty } from './standard.ts';

const uuid = '4e0a3a1e-3283-4575-ab82-028d55fe2719';
const options: CardOptions = {
  uuid,
  patient: 'Patient/p1',
  encounter: 'Encounter/e2',
  baseUrl: 'https://risk.example.org',
  warningFrom: null,
  nowMs,
};
const model = fakeModel();

function cardWith(answer: Partial<ScoreAnswer> = {}, more: Partial<CardOptions> = {}) {
  const { cards: all } = cards.parse({ cards: [cardOf({ ...stayAnswer, ...answer }, model, { ...options, ...more })] });
  return all[0] as (typeof all)[number];
}

describe('what it says', () => {
  test('number, interval and base rate in one line; reasons, limits and caution behind it', () => {
    const card = cardWith({ notCovered: ['last_creatinine'], missing: ['last_sodium'], outOfTrainingRange: ['age_years'] });
    expect(card.summary).toBe(
      'Unplanned readmission within 30 days: 30 % (95 % interval 21 % to 40 %); base rate 20 %; band high',
    );
    const detail = card.detail ?? '';
    for (const text of [
      '**30 %**',
      '70 years old',
      'last creatinine',
      'last sodium',
      'age years',
      'Heart failure',
      'not for patient care',
      'tiny',
    ])
      expect(detail).toContain(text);
    expect(card.source.url).toBe('https://risk.example.org/');
    expect(card.links?.map(({ url }) => url)).toEqual(['https://risk.example.org/', 'https://risk.example.org/#/model']);
  });

  test('the line stays below the limit of the standard, whatever the outcome is called', () => {
    const interval = { ...stayAnswer.interval!, low: 0.012345, high: 0.98765 };
    for (const length of [1, 40, 60, 90, 200]) {
      for (const band of ['low', 'b'.repeat(80)]) {
        const text = summaryOf({ ...stayAnswer, risk: 0.0123, baseRate: 0.0789, interval, band }, 'x'.repeat(length));
        expect(text.length).toBeLessThan(140);
        expect(text).toContain('1.2 %');
      }
    }
  });

  test('a chance is never told as none or as certain', () => {
    expect([0, 0.0000004, 0.0004, 0.004, 0.096, 0.1386, 0.5, 0.996, 0.99999, 1].map(share)).toEqual([
      '0 %',
      '0.00004 %',
      '0.04 %',
      '0.4 %',
      '9.6 %',
      '13.9 %',
      '50 %',
      '99.6 %',
      '99.999 %',
      '100 %',
    ]);
  });

  test('a model without intervals and an answer without a stay leave nothing empty', () => {
    const bare = cardWith({ interval: null, reasons: [], stay: null, notes: [], encounter: null, asOf: null }, { uuid: null });
    expect(nullOrEmpty(bare)).toEqual([]);
    expect([bare.uuid, bare.suggestions?.map(({ uuid: own }) => own)]).toEqual([undefined, [undefined, undefined]]);
    expect(bare.suggestions?.[0]?.actions?.[0]?.resource).toMatchObject({ encounter: { reference: 'Encounter/e2' } });
  });
});

describe('when it warns', () => {
  test.each([
    ['at the highest band', 0.2, null, 'warning'],
    ['below it', 0.1999, null, 'info'],
    ['at the threshold of the operator', 0.3, 0.3, 'warning'],
    ['below that', 0.29, 0.3, 'info'],
    ['never critical', 1, null, 'warning'],
  ] as const)('%s', (_title, risk, warningFrom, indicator) => {
    const card = cardWith({ risk }, { warningFrom });
    expect(card.indicator).toBe(indicator);
    expect([card.suggestions === undefined, card.selectionBehavior]).toEqual(
      indicator === 'info' ? [true, undefined] : [false, 'any'],
    );
  });

  test('a model of one band does not warn by itself', () => {
    const bands = [{ name: 'undivided', from: 0, meaning: 'every risk was equal' }];
    const undivided = { ...model, description: { ...model.description, bands } };
    expect(cardOf({ ...stayAnswer, risk: 0.9 }, undivided, options).indicator).toBe('info');
  });
});

describe('what it suggests', () => {
  test('resources of R4 with what they require, about this patient and stay, in draft', () => {
    const resources = cardWith().suggestions?.map(({ actions }) => actions?.[0]?.resource) ?? [];
    expect(resources).toEqual([
      expect.objectContaining({
        resourceType: 'ServiceRequest',
        status: 'draft',
        intent: 'proposal',
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e2' },
        occurrencePeriod: { start: '2024-03-10', end: '2024-03-17' },
        authoredOn: '2024-03-10T12:00:00.000Z',
      }),
      expect.objectContaining({
        resourceType: 'Task',
        status: 'draft',
        intent: 'proposal',
        for: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e2' },
        restriction: { period: { start: '2024-03-10', end: '2024-03-12' } },
      }),
    ]);
    expect(resources.filter((resource) => resource !== undefined && 'id' in resource)).toEqual([]);
  });

  test('a suggestion is known by its uuid, with its card alone', () => {
    const ids = cardWith().suggestions?.map((one) => one.uuid ?? '') ?? [];
    expect(new Set(ids).size).toBe(2);
    expect(ids.map((id) => suggestionKindOf(uuid, id.toUpperCase()))).toEqual(['follow-up-visit', 'phone-call']);
    expect(suggestionKindOf('4e0a3a1e-3283-4575-ab82-028d55fe2718', ids[0] ?? '')).toBeUndefined();
  });
});

/** Seen through three renderers (cmark-gfm, markdown-it with links found by itself, marked): none makes an element of any of these. */
const injections = [
  '[click](https://evil.example/x)',
  '![x](https://evil.example/p.png)',
  '<img src=x onerror=alert(1)>',
  'https://evil.example/a?b=c',
  'www.evil.example',
  'see evil.co.uk/now',
  'mail me@evil.example',
  '<https://evil.example>',
  'mailto:me@evil.example',
  'javascript:alert(1)',
  '[x]: https://evil.example\n\n[x]',
  '\n\n# heading\n\n- list',
  'a\n\n| a | b |\n|---|---|\n| 1 | 2 |',
  '```\ncode\n```',
  '**bold** _it_ ~~gone~~',
  '&lt;b&gt; &#60;b&#62;',
  '\\[click](https://evil.example)',
  '\u202Eevil\u202C\u200B \ud800',
];

describe('text of a record', () => {
  test.each(injections)('%j is text', (text) => {
    const shown = markdownText(text);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(shown).not.toMatch(/[<>]|:\/\/|www\.|@/i);
    // Every mark that means something is behind a backslash or part of one of the three entities.
    const bare = shown.replace(/&(lt|gt|amp);/g, '').replace(/\\[!-/:-@[-`{-~]/g, '');
    expect(bare).not.toMatch(/[`*_[\]|~^$\\&]|^\d*[-+#=.)]/);
    const detail = cardWith({ stay: { ...stayAnswer.stay!, reason: text } }).detail ?? '';
    expect(detail).toContain(shown);
    expect(detail.split('\n')).toHaveLength((cardWith().detail ?? '').split('\n').length);
  });

  test('it is cut at a whole character, and reads as it was', () => {
    expect(markdownText('😀'.repeat(300), 10)).toBe(`${'😀'.repeat(10)}…`);
    expect(markdownText('Coronary bypass, 3.5 h')).toBe('Coronary bypass, 3.5 h');
    expect(['-5', '1. one', '# x', '(situation)'].map((text) => markdownText(text))).toEqual([
      '\\-5',
      '1\\. one',
      '\\# x',
      '(situation)',
    ]);
  });
});
