/** Numbers, ages and dates of the page: one form each. */
import { expect, test } from '@jest/globals';
import {
  ageAt,
  count,
  counted,
  dateText,
  daysBetween,
  instantText,
  percent,
  percentRange,
  plainValue,
  points,
  withInterval,
} from '../../src/web/text/number-text.ts';

test.each([
  [percent(0.1394), '13.9\u00a0%'],
  [percent(1), '100.0\u00a0%'],
  [percent(-0.0001), '0.0\u00a0%'],
  [percent(null), 'n/a'],
  [percent(Number.NaN), 'n/a'],
  [percentRange(0.091, 0.2041), '9.1 to 20.4\u00a0%'],
  [percentRange(null, 0.2), 'n/a'],
  [points(0.031), '+3.1\u00a0points'],
  [points(-0.031), '\u22123.1\u00a0points'],
  [points(0.0001), '0.0\u00a0points'],
  [count(1234567), '1,234,567'],
  [count(999), '999'],
  [counted(1, 'day'), '1\u00a0day'],
  [counted(0, 'day'), '0\u00a0days'],
  [plainValue(2.6649), '2.66'],
  [plainValue(139.94), '139.9'],
  [plainValue(null), 'n/a'],
  [withInterval({ estimate: 0.7123, lower: 0.6741, upper: 0.7434 }), '0.712 (0.674 to 0.743)'],
  [withInterval({ estimate: 0.5, lower: null, upper: null }), '0.500'],
  [withInterval(null), 'n/a'],
  [dateText('2026-03-02T14:05:00Z'), '2\u00a0Mar\u00a02026'],
  [dateText('2026-03'), 'Mar\u00a02026'],
  [dateText('2026'), '2026'],
  [dateText('2026-13-02'), '2\u00a02026'],
  [dateText('yesterday'), 'yesterday'],
  [dateText(null), 'n/a'],
  [instantText('2026-03-02T14:05:00Z'), '2\u00a0Mar\u00a02026, 14:05\u00a0UTC'],
  [instantText('2026-03-02'), '2\u00a0Mar\u00a02026'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});

test('age: completed years at the discharge, none where it is not known', () => {
  expect(ageAt('1950-03-03', '2026-03-02T10:00:00Z')).toBe(75);
  expect(ageAt('1950-03-02', '2026-03-02T10:00:00Z')).toBe(76);
  expect(ageAt('1950', '2026-03-02T10:00:00Z')).toBe(76);
  expect(ageAt(null, '2026-03-02')).toBeNull();
  expect(ageAt('2027-01-01', '2026-03-02')).toBeNull();
});

test('days between two instants', () => {
  expect(daysBetween('2026-03-01T10:00:00Z', '2026-03-04T11:00:00Z')).toBe(3);
  expect(daysBetween(null, '2026-03-04')).toBeNull();
});
