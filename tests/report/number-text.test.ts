/** Numbers as text: rounded, signed, apart, and never a stand-in for what is not there. */
import { describe, expect, it } from '@jest/globals';
import {
  compact,
  count,
  decimal,
  intervalText,
  pValue,
  percent,
  points,
  signed,
  withInterval,
} from '../../src/report/number-text.ts';

describe('numbers as text', () => {
  it.each([
    [count(3018), '3,018'],
    [count(1234567), '1,234,567'],
    [count(999), '999'],
    [decimal(-0.0312), '−0.031'],
    [decimal(-0.0001), '0.000'],
    [percent(0.1394), '13.9\u00a0%'],
    [signed(0.0312), '+0.031'],
    [signed(0.0001), '0.000'],
    [signed(-0.2), '−0.200'],
    [points(0.031), '+3.1'],
    [points(-0.0001), '0.0'],
    [pValue(0.00012), '< 0.001'],
    [pValue(0.0321), '0.032'],
    [compact(0), '0'],
    [compact(0.004123), '0.00412'],
    [compact(-12.345), '−12.3'],
    [compact(0.00001234), '1.2e−5'],
    [compact(4200), '4,200'],
  ])('%#: %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('says that a number is not there', () => {
    for (const text of [count, decimal, percent, signed, points, compact, pValue]) {
      expect([text(null), text(undefined), text(NaN), text(Infinity)]).toEqual(['n/a', 'n/a', 'n/a', 'n/a']);
    }
  });

  it('puts the interval behind the estimate', () => {
    expect(withInterval({ estimate: 0.7123, lower: 0.674, upper: 0.7434 })).toBe('0.712 (0.674 to 0.743)');
    expect(withInterval({ estimate: 0.5, lower: 0.4, upper: 0.6 }, percent)).toBe('50.0\u00a0% (40.0 to 60.0\u00a0%)');
    expect(withInterval({ estimate: 0.5, lower: null, upper: null })).toBe('0.500 (no interval)');
    expect(intervalText({ estimate: 0.5, lower: 0.5, upper: 0.5 })).toBe('constant');
    expect(withInterval({ estimate: null, lower: null, upper: null })).toBe('n/a');
    expect(withInterval(undefined)).toBe('n/a');
  });
});
