/** The attrition as a table, whole and short: what is folded away is counted, and nothing that took something is. */
import { describe, expect, it } from '@jest/globals';
import { attritionText } from '../../src/cli/commands/cohort.ts';
import type { AttritionLine } from '../../src/cohort/index.ts';

const rule = (step: number, label: string, n: number, note?: string): AttritionLine => ({
  step,
  label,
  n,
  unit: 'stays',
  title: `words of ${label}`,
  ...(note === undefined ? {} : { note }),
});
const lines: AttritionLine[] = [
  { step: 10, label: 'encounters of inpatient care', unit: 'encounters', n: 9 },
  rule(15, 'no-start', 0),
  rule(15, 'nursing', 2),
  rule(40, 'day-case', 0, 'off; fits 3 that were kept'),
  rule(40, 'against-advice', 0, 'not assessable: no disposition in these records'),
  rule(40, 'transfer-out', 0, 'not assessable: no disposition in these records'),
  rule(40, 'age', 0),
  { step: 70, label: 'died', unit: 'discharges', n: 0 },
];
const rowOf = (text: string, label: string): string | undefined => text.split('\n').find((line) => line.includes(` ${label} `));

describe('attritionText', () => {
  it('tells every rule', () => {
    const text = attritionText(lines);
    for (const { label } of lines)
      expect({ label, row: rowOf(text, label) }).toEqual({ label, row: expect.stringMatching(/\d/) });
    expect(rowOf(text, 'day-case')).toContain('words of day-case; off; fits 3 that were kept');
    expect(text).not.toContain('not shown');
  });

  it('folds rules that took nothing, and names those that cannot be assessed', () => {
    const text = attritionText(lines, { short: true });
    expect(lines.map(({ label }) => label).filter((label) => rowOf(text.split('\nnot ')[0] as string, label))).toEqual([
      'encounters of inpatient care',
      'nursing',
      'died',
    ]);
    expect(text).toContain('not shown: 2 rules that took nothing, 1 that is off');
    expect(text).toContain('not assessable on these records (2): against-advice, transfer-out');
  });

  it('tells the share of stays in whole, and in short of rules under half of them', () => {
    const share = (label: string, assessed: number): AttritionLine => ({
      ...rule(40, label, 0, `assessed for ${100 * assessed} % of stays: x recorded`),
      assessed,
    });
    const partly = [share('psychiatric', 0.25), share('transferred-out', 0.5)];
    expect(rowOf(attritionText(partly), 'psychiatric')).toContain('words of psychiatric; assessed for 25 % of stays');
    const short = attritionText(partly, { short: true });
    expect(short).toContain('assessed for under half of the stays (1): psychiatric 25 %');
    expect(short).toContain('not shown: 2 rules that took nothing');
    expect(short).not.toContain('transferred-out');
    const taken = [
      { ...share('psychiatric', 0.25), n: 3 },
      { ...share('transferred-out', 0.5), n: 2 },
    ];
    expect(rowOf(attritionText(taken, { short: true }), 'psychiatric')).toContain('assessed for 25 %');
    expect(rowOf(attritionText(taken, { short: true }), 'transferred-out')).not.toContain('assessed');
  });

  it('says nothing of folding where nothing was folded', () => {
    const all = lines.filter(({ step, n }) => n > 0 || step === 70);
    expect(attritionText(all, { short: true })).toBe(attritionText(all));
  });
});
