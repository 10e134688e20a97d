/** The worklist's pure parts: order, filter, pages, capacity, file. */
import { describe, expect, test } from '@jest/globals';
import type { Worklist, WorklistEntry } from '../../src/server/page/page-answers.ts';
import { expectedAmong, interpolate, readCapacity } from '../../src/web/worklist/capacity.ts';
import { csvCell, toCsv, worklistCsv } from '../../src/web/worklist/worklist-csv.ts';
import { filterEntries, pageOf, rankEntries } from '../../src/web/worklist/worklist-filter.ts';

const entry = (id: string, risk: number, change: Partial<WorklistEntry> = {}): WorklistEntry => ({
  person: { id, name: `Name ${id}`, sex: 'female', birthDate: '1950-01-01' },
  encounter: `Encounter/${id}`,
  admission: '2026-03-01T00:00:00Z',
  discharge: '2026-03-05T00:00:00Z',
  reason: 'Heart failure',
  risk,
  interval: { low: risk - 0.01, high: risk + 0.01, level: 0.95 },
  band: risk > 0.2 ? 'high' : 'low',
  reasons: [{ words: '3 stays', direction: 'raises' }],
  notCovered: 0,
  ...change,
});

describe('rows', () => {
  const ranked = rankEntries([
    entry('a', 0.1),
    entry('b', 0.3),
    entry('c', 0.1, { person: { id: 'c', name: 'José Ñandú', sex: null, birthDate: null } }),
  ]);

  test('highest risk first, equal ones in their order', () => {
    expect(ranked.map(({ rank, entry: { person } }) => [rank, person.id])).toEqual([
      [1, 'b'],
      [2, 'a'],
      [3, 'c'],
    ]);
  });

  test.each([
    ['', '', ['b', 'a', 'c']],
    ['jose nandu', '', ['c']],
    ['HEART name', '', ['b', 'a']],
    ['', 'high', ['b']],
    ['stays', 'low', ['a', 'c']],
    ['nobody', '', []],
  ])('text "%s", band "%s"', (text, band, ids) => {
    expect(filterEntries(ranked, text, band).map(({ entry: { person } }) => person.id)).toEqual(ids);
  });

  test('a page beyond the end is the last one', () => {
    expect(pageOf([1, 2, 3, 4, 5], 9, 2)).toEqual({ rows: [5], page: 2, pages: 3 });
    expect(pageOf([], 3, 2)).toEqual({ rows: [], page: 0, pages: 1 });
  });
});

describe('capacity', () => {
  const gains = [
    { x: 0, y: 0, lower: 0, upper: 0 },
    { x: 0.1, y: 0.3, lower: 0.2, upper: 0.4 },
    { x: 1, y: 1, lower: 1, upper: 1 },
  ];
  const validated = { gains, rows: 1000, events: 150 };

  test('a tenth finds 30 % of 150 among 100: 45 %, one in 2.2', () => {
    const reading = readCapacity(validated, 20, 200);
    expect(reading?.share).toBe(0.1);
    expect(reading?.found).toEqual({ estimate: 0.3, lower: 0.2, upper: 0.4 });
    expect(reading?.precision).toBeCloseTo(0.45, 12);
    expect(reading?.numberNeeded).toBeCloseTo(1 / 0.45, 12);
  });

  test('all find all, at the share of events; none find none', () => {
    expect(readCapacity(validated, 200, 200)).toMatchObject({ found: { estimate: 1 }, precision: 0.15 });
    expect(readCapacity(validated, 0, 200)).toMatchObject({ found: { estimate: 0 }, precision: null, numberNeeded: null });
  });

  test('between two points a straight line; a point without a value gives none', () => {
    expect(interpolate(gains, 0.05).estimate).toBeCloseTo(0.15, 12);
    expect(
      interpolate(
        [
          { x: 0, y: 0, lower: null, upper: null },
          { x: 1, y: 1, lower: 1, upper: 1 },
        ],
        0.5,
      ),
    ).toEqual({
      estimate: 0.5,
      lower: null,
      upper: null,
    });
  });

  test('no curve, no reading', () => {
    expect(readCapacity({ ...validated, gains: [] }, 1, 2)).toBeNull();
    expect(readCapacity({ ...validated, events: 0 }, 1, 2)).toBeNull();
  });

  test('the model’s own expectation is the sum of the risks', () => {
    expect(expectedAmong([{ risk: 0.5 }, { risk: 0.25 }, { risk: 0.125 }], 2)).toBe(0.75);
  });
});

describe('file', () => {
  test.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', `'+1`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\tx', `'\tx`],
    ['  =x', `'  =x`],
    ['\uff1dx', `'\uff1dx`],
    ['a,b', '"a,b"'],
    ['line\nbreak', '"line\nbreak"'],
    ['quote "x"', '"quote ""x"""'],
    ['plain', 'plain'],
    ['', ''],
  ])('%j', (cell, written) => {
    expect(csvCell(cell)).toBe(written);
  });

  test('numbers stay numbers, what is missing stays empty', () => {
    expect(toCsv([[-1.5, null, 0]])).toBe('-1.5,,0\r\n');
  });

  test('the list: risks in percent, ranks of the whole list', () => {
    const list = { model: { name: 'm', sha256: 'ab', codeVersion: '1', synthetic: true } } as Worklist;
    const [, row, ...rest] = worklistCsv(list, [{ rank: 7, entry: entry('p', 0.1234) }]).split('\r\n');
    expect(row).toBe(
      '7,p,Name p,female,1950-01-01,Encounter/p,2026-03-01T00:00:00Z,2026-03-05T00:00:00Z,Heart failure,12.3,11.3,13.3,95,low,3 stays (raises the risk),0,m,ab',
    );
    expect(rest).toEqual(['']);
  });
});
