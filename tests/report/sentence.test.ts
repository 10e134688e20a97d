/** Texts of a run as the report shows them. */
import { describe, expect, it } from '@jest/globals';
import { capital, featureSetText, groupedCounts, keyWords, shortNumbers } from '../../src/report/sentence.ts';

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

it.each([
  ['Trained on 2099 discharges before 2021-11-18, 13 left out', 'Trained on 2,099 discharges before 2021-11-18, 13 left out'],
  ['201403 records of 400', '201,403 records of 400'],
  ['8.3 % readmitted (156 of 1879)', '8.3 % readmitted (156 of 1,879)'],
  ['fitted on 3018 out-of-bag discharges', 'fitted on 3,018 out-of-bag discharges'],
  ['in 2019 discharges fell; since 2020 too', 'in 2019 discharges fell; since 2020 too'],
  ['seed 20261124, risk 0.123456, hash a12345, 12345.5', 'seed 20261124, risk 0.123456, hash a12345, 12345.5'],
])('sets thousands of counts apart, and leaves years, decimals and seeds: %s', (text, shown) => {
  expect(groupedCounts(text)).toBe(shown);
});
