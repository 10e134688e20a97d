/** Texts of a run as the report shows them. */
import { describe, expect, it } from '@jest/globals';
import { capital, featureSetText, keyWords, shortNumbers } from '../../src/report/sentence.ts';

describe('texts of a run', () => {
  it('begin with a capital, have short numbers, and keys in words', () => {
    expect(capital('trained on 3 discharges.')).toBe('Trained on 3 discharges.');
    expect(capital('')).toBe('');
    expect(shortNumbers('risk of at least 0.13949635520212061')).toBe('risk of at least 0.139');
    expect(shortNumbers('risk of at least 0.2, the 3 highest')).toBe('risk of at least 0.2, the 3 highest');
    expect(shortNumbers('risk of at least 10 %')).toBe('risk of at least 10\u00a0%');
    expect(keyWords('withinReasonAuroc')).toBe('within reason auroc');
    expect(keyWords('charlson_index')).toBe('charlson_index');
  });

  it('name a feature set, and count a long list of names', () => {
    expect(featureSetText('default,-social')).toBe('set “default,-social”');
    expect(featureSetText('a,b,c,d,e,f')).toBe('a list of 6 names');
  });
});
