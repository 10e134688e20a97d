/** Dates in searches: intervals by precision, and each prefix against a search by brute force over instants. */
import { describe, expect, test } from '@jest/globals';
import { datePrefixes, intervalOf, intervalsAt, matchesDate, parseDateTest } from '../../../src/fhir/server/date-parameter.ts';

const iso = (text: string): [string, string] | null => {
  const interval = intervalOf(text);
  return interval && [new Date(interval.low).toISOString(), new Date(interval.high).toISOString()];
};

describe('the interval a date names', () => {
  test.each([
    ['2020', '2020-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['2020-12', '2020-12-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['2020-02-29', '2020-02-29T00:00:00.000Z', '2020-03-01T00:00:00.000Z'],
    ['2020-02-29T23:59Z', '2020-02-29T23:59:00.000Z', '2020-03-01T00:00:00.000Z'],
    ['2020-02-29T23:59:59Z', '2020-02-29T23:59:59.000Z', '2020-03-01T00:00:00.000Z'],
    ['2020-02-29T23:59:59.5Z', '2020-02-29T23:59:59.500Z', '2020-02-29T23:59:59.600Z'],
    ['2020-02-29T23:59:59.123456Z', '2020-02-29T23:59:59.123Z', '2020-02-29T23:59:59.124Z'],
    ['2020-01-01T00:00:00+05:30', '2019-12-31T18:30:00.000Z', '2019-12-31T18:30:01.000Z'],
    ['2020-01-01T00:00:00-14:00', '2020-01-01T14:00:00.000Z', '2020-01-01T14:00:01.000Z'],
    ['2020-01-01T10:00:00', '2020-01-01T10:00:00.000Z', '2020-01-01T10:00:01.000Z'],
    ['0042-03-01', '0042-03-01T00:00:00.000Z', '0042-03-02T00:00:00.000Z'],
  ])('%s', (text, low, high) => expect(iso(text)).toEqual([low, high]));

  test.each([
    '',
    '20',
    '2020-13',
    '2020-00',
    '2020-02-30',
    '2021-02-29',
    '2020-01-00',
    '2020-1-1',
    '2020-01-01T',
    '2020-01-01T24:00:00Z',
    '2020-01-01T10:60:00Z',
    '2020-01-01T10:00:00+15:00',
    '2020-01-01T10:00:00 01:00',
    '2020-01-01Z',
    '2020-01-01T10Z',
    ' 2020',
    '2020\n',
  ])('%j names none', (text) => expect(intervalOf(text)).toBeNull());
});

test('each prefix agrees with its definition in words, over all pairs of small intervals', () => {
  // Instants are whole numbers; [low, high) is the set of instants low .. high - 1.
  const inside = (i: { low: number; high: number }, t: number): boolean => t >= i.low && t < i.high;
  const line = Array.from({ length: 8 }, (_, t) => t);
  let checked = 0;
  for (const low of line)
    for (const high of line.filter((t) => t > low))
      for (const targetLow of [-Infinity, ...line])
        for (const targetHigh of [...line, Infinity].filter((t) => t > targetLow)) {
          const search = { low, high };
          const target = { low: targetLow, high: targetHigh };
          const instants = [-1, ...line, 8].filter((t) => inside(target, t));
          const contained = instants.every((t) => inside(search, t)) && Number.isFinite(targetLow) && Number.isFinite(targetHigh);
          const someAbove = instants.some((t) => t >= high) || targetHigh === Infinity;
          const someBelow = instants.some((t) => t < low) || targetLow === -Infinity;
          const expected = {
            eq: contained,
            ne: !contained,
            gt: someAbove,
            lt: someBelow,
            ge: instants.some((t) => t >= low) || targetHigh === Infinity,
            le: instants.some((t) => t < high) || targetLow === -Infinity,
            sa: targetLow >= high,
            eb: targetHigh <= low,
          };
          for (const prefix of datePrefixes) {
            expect([prefix, search, target, matchesDate({ prefix, ...search }, target)]).toEqual([
              prefix,
              search,
              target,
              expected[prefix],
            ]);
            checked += 1;
          }
        }
  expect(checked).toBeGreaterThan(5000);
});

test('elements: Period open at a side, Timing by its events or bounds, and values that are no dates', () => {
  const day = 86_400_000;
  const at = (effective: unknown): unknown => intervalsAt({ effective }, ['effective', 'absent.path']);
  expect(at({ start: '1970-01-02' })).toEqual([{ low: day, high: Infinity }]);
  expect(at({ end: '1970-01-02' })).toEqual([{ low: -Infinity, high: 2 * day }]);
  expect(at({ event: ['1970-01-05', '1970-01-02'] })).toEqual([{ low: day, high: 5 * day }]);
  expect(at({ repeat: { boundsPeriod: { start: '1970-01-01', end: '1970-01-01' } } })).toEqual([{ low: 0, high: day }]);
  expect(at([{ start: '1970-01-01', end: '1970' }, 'soon', 5, null, {}, { start: 'x' }, { event: [] }])).toEqual([
    { low: 0, high: 365 * day },
  ]);
});

test.each([['ap2020'], ['xx2020'], ['soon'], ['2020-02-31'], ['ge']])('%s is refused', (value) => {
  expect(() => parseDateTest(value, 'date')).toThrow(expect.objectContaining({ status: 400, code: 'SERVER_REFUSAL' }));
});
