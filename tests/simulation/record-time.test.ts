/** Times of records, by hand at their edges, and equal to the flat tables' rules on texts made of chance. */
import { describe, expect, it } from '@jest/globals';
import { dayNumber, readTime, utcYmd } from '../../src/simulation/record-time.ts';
import { randomStream } from '../../src/util/random.ts';
import { timeParts } from '../../src/views/fhir-time.ts';

const utc = Date.UTC;

describe('readTime', () => {
  it.each([
    ['2020', utc(2020, 0, 1), utc(2021, 0, 1) - 1, 20200000, 1],
    ['2020-02', utc(2020, 1, 1), utc(2020, 2, 1) - 1, 20200200, 2],
    ['2019-12', utc(2019, 11, 1), utc(2020, 0, 1) - 1, 20191200, 2],
    ['2020-02-29', utc(2020, 1, 29), utc(2020, 2, 1) - 1, 20200229, 3],
    ['2020-03-05T23:30:00-05:00', utc(2020, 2, 6, 4, 30), utc(2020, 2, 6, 4, 30), 20200305, 4],
    ['2020-03-05T00:30:00+14:00', utc(2020, 2, 4, 10, 30), utc(2020, 2, 4, 10, 30), 20200305, 4],
    ['2020-03-05T10:00:00.1239Z', utc(2020, 2, 5, 10, 0, 0, 123), utc(2020, 2, 5, 10, 0, 0, 123), 20200305, 4],
    ['2020-03-05T10:00:00.5Z', utc(2020, 2, 5, 10, 0, 0, 500), utc(2020, 2, 5, 10, 0, 0, 500), 20200305, 4],
    ['2016-12-31T23:59:60Z', utc(2016, 11, 31, 23, 59, 59, 999), utc(2016, 11, 31, 23, 59, 59, 999), 20161231, 4],
    ['0001-01-01', -62_135_596_800_000, -62_135_510_400_001, 10101, 3],
    ['9999', utc(9999, 0, 1), utc(10_000, 0, 1) - 1, 99990000, 1],
  ])('%s', (text, ms, latestMs, ymd, precision) => {
    expect(readTime(text)).toEqual({ ms, latestMs, ymd, precision });
  });

  it.each([
    '',
    '0000',
    '20',
    '2020-13',
    '2020-00',
    '2019-02-29',
    '2020-04-31',
    '2020-01-00',
    '2020-01-01T10:00:00',
    '2020-01-01T24:00:00Z',
    '2020-01-01T10:60:00Z',
    '2020-01-01T10:00:61Z',
    '2020-01-01T10:00Z',
    '2020-01-01T10:00:00.Z',
    '2020-01-01T10:00:00+14:01',
    '2020-01-01T10:00:00+05:60',
    '2020-01-01T10:00:00+0500',
    ' 2020-01-01',
    '2020-01-01\n',
    '2020-1-1',
  ])('%j is no time', (text) => {
    expect(readTime(text)).toBeNull();
  });

  it('reads what the flat tables read, and refuses what they refuse', () => {
    const stream = randomStream(7, 0);
    const alphabet = '0123456789-:TZ+. ';
    const samples = ['2020', '1999-12', '2024-02-29', '2021-07-08T09:10:11Z', '2021-07-08T09:10:11.25-05:30'];
    let read = 0;
    for (let i = 0; i < 20_000; i += 1) {
      const text = [...(samples[stream.below(samples.length)] as string)];
      for (let changes = stream.below(3); changes > 0; changes -= 1) {
        text[stream.below(text.length)] = alphabet[stream.below(stream.below(3) === 0 ? alphabet.length : 10)] as string;
      }
      const expected = timeParts(text.join(''));
      const actual = readTime(text.join(''));
      if (actual !== null) read += 1;
      expect({ text: text.join(''), ...(actual ?? { ms: null, latestMs: null, ymd: null, precision: null }) }).toEqual({
        text: text.join(''),
        ...expected,
      });
    }
    expect(read).toBeGreaterThan(5000);
    expect(read).toBeLessThan(19_000);
  });
});

describe('calendar days', () => {
  it('count from 1970 and need a whole date', () => {
    expect(dayNumber(19700101)).toBe(0);
    expect(dayNumber(20000301)).toBe(11_017);
    expect(dayNumber(20200300)).toBeNull();
    expect(dayNumber(20200000)).toBeNull();
  });

  it('are those of UTC', () => {
    expect(utcYmd(utc(2020, 1, 29, 23, 59, 59, 999))).toBe(20200229);
    expect(utcYmd(utc(2020, 2, 1))).toBe(20200301);
  });
});
