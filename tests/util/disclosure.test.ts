/** What is told of small groups, against an attacker who knows the rule, the totals and which of the withheld counts are small. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  coverSmallCounts,
  discloseDivision,
  joinSmallNeighbours,
  LEAST_COUNT,
  tooFew,
  type GroupCounts,
} from '../../src/util/disclosure.ts';

const kinds = ['events', 'others', 'patients'] as const;
type Counts = Required<GroupCounts>;

function counts(events: number, others: number, patients = 1000): Counts {
  return { events, others, patients };
}

/** Counts of which about half are small, and few enough that all that may be true can be gone through. */
const someCount = fc.oneof(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 60 }));
const someGroups = fc.array(fc.record({ events: someCount, others: someCount, patients: someCount }), {
  minLength: 1,
  maxLength: 6,
});

/** Per small count every value that it may have, as the sum of all withheld counts and the size class of each allow. */
function possible(withheld: readonly number[]): Set<number>[] {
  const small = withheld.filter((count) => count < LEAST_COUNT);
  const large = withheld.length - small.length;
  const total = withheld.reduce((sum, count) => sum + count, 0);
  const found = small.map(() => new Set<number>());
  const values = small.map(() => 0);
  for (;;) {
    const left = total - values.reduce((sum, value) => sum + value, 0);
    if (large > 0 ? left >= large * LEAST_COUNT : left === 0) values.forEach((value, i) => found[i]!.add(value));
    const next = values.findIndex((value) => value < LEAST_COUNT - 1);
    if (next < 0) return found;
    values.fill(0, 0, next);
    values[next]! += 1;
  }
}

describe('a division', () => {
  test('of what is told nothing is small; what is withheld and small could be any number from 0 to 9', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const told = discloseDivision(groups);
        if (told === null) return;
        groups.forEach((group, g) => {
          if (told[g] === 'told') expect(tooFew(group)).toBeNull();
          else expect(tooFew(group) === null).toBe(told[g] === 'guard');
        });
        const withheld = groups.filter((_, g) => told[g] !== 'told');
        expect(withheld.length).not.toBe(1);
        for (const kind of kinds) {
          const hidden = withheld.map((group) => group[kind]);
          if (hidden.length > 0) expect(hidden.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(LEAST_COUNT);
          for (const values of possible(hidden)) expect([...values].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('is untold as a whole only where withholding every count is not enough', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        if (discloseDivision(groups) !== null) return;
        const all = groups.filter(({ events, others }) => events + others > 0);
        const gone = kinds.some((kind) => possible(all.map((group) => group[kind])).some((values) => values.size < LEAST_COUNT));
        const small = kinds.some((kind) => all.reduce((sum, group) => sum + group[kind], 0) < LEAST_COUNT);
        expect(all.length === 1 || gone || small).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('is told whole where no count is small, rows of no group included', () => {
    expect(discloseDivision([counts(10, 10, 10), counts(300, 900), counts(0, 0, 0)])).toEqual(['told', 'told', 'told']);
  });

  test.each([
    ['events', counts(9, 500)],
    ['no events', counts(0, 500)],
    ['others', counts(500, 9)],
    ['patients', counts(30, 30, 9)],
  ])('a small count of %s takes that of the smallest other group with it', (_, small) => {
    expect(discloseDivision([counts(90, 900), small, counts(40, 200), counts(50, 400)])).toEqual([
      'told',
      'few',
      'guard',
      'told',
    ]);
  });

  test('a sum from which too little could be the small count takes a second group', () => {
    // Of a sum of 13 events, 10 of them at least in the larger, the smaller has 3 at most.
    expect(discloseDivision([counts(3, 100), counts(10, 110), counts(30, 300)])).toEqual(['few', 'guard', 'guard']);
    expect(discloseDivision([counts(3, 100), counts(16, 110), counts(30, 300)])).toEqual(['few', 'guard', 'told']);
  });

  test('two small counts with the largest sum that two can have are known, and take a third', () => {
    expect(discloseDivision([counts(9, 100), counts(9, 100), counts(30, 300)])).toEqual(['few', 'few', 'guard']);
    expect(discloseDivision([counts(9, 100), counts(9, 100)])).toBeNull();
  });
});

describe('groups in an order', () => {
  test('every join can be told, has neighbours only, and could not be divided from the left', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ events: someCount, others: someCount }), { maxLength: 12 }), (groups) => {
        const joins = joinSmallNeighbours(groups);
        expect(joins.flat()).toEqual([...groups.keys()]);
        const sums = joins.map((members) => ({
          events: members.reduce((sum, g) => sum + groups[g]!.events, 0),
          others: members.reduce((sum, g) => sum + groups[g]!.others, 0),
        }));
        if (joins.length > 1) for (const sum of sums) expect(tooFew(sum)).toBeNull();
        if (groups.every((group) => tooFew(group) === null)) expect(joins).toHaveLength(groups.length);
      }),
      { numRuns: 300 },
    );
  });

  test('a small one joins the next, what is left over those before; an empty one stays alone', () => {
    expect(joinSmallNeighbours([counts(3, 50), counts(7, 60), counts(0, 0), counts(12, 70), counts(1, 0)])).toEqual([
      [0, 1],
      [2],
      [3, 4],
    ]);
    expect(joinSmallNeighbours([counts(2, 50), counts(7, 60)])).toEqual([[0, 1]]);
  });
});

describe('covered counts', () => {
  test('keep their sum; none from 1 to 9 is told as it is, and what is told does not tell it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 400 })), { minLength: 1 }),
        (counts) => {
          const told = coverSmallCounts(counts);
          const sum = (list: readonly number[]): number => list.reduce((total, count) => total + count, 0);
          expect(sum(told)).toBe(sum(counts));
          expect(told.map((count) => count === 0)).toEqual(expect.arrayContaining(counts.map((count) => count === 0)));
          const small = counts.flatMap((count, i) => (count > 0 && count < LEAST_COUNT ? [i] : []));
          if (small.length === 0) expect(told).toEqual(counts);
          // One more or one less in a small count, and one less or more in the largest, is told alike.
          for (const i of small) {
            const largest = counts.indexOf(Math.max(...counts));
            if (largest === i || counts[largest]! < 200) continue;
            const other = counts.with(i, counts[i] === 1 ? 2 : counts[i]! - 1);
            other[largest]! += counts[i]! - other[i]!;
            if (other.indexOf(Math.max(...other)) === largest) expect(coverSmallCounts(other)).toEqual(told);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a small one is told as five; where nothing makes up for it all are alike', () => {
    expect(coverSmallCounts([3010, 8, 0])).toEqual([3013, 5, 0]);
    expect(coverSmallCounts([2, 12, 0, 3])).toEqual([5, 6, 0, 6]);
    expect(coverSmallCounts([10, 400])).toEqual([10, 400]);
  });
});

test('the words name what is too low, without its number', () => {
  expect(tooFew(counts(3, 8, 2))).toBe('fewer than 10 events');
  expect(tooFew(counts(30, 8, 2))).toBe('fewer than 10 discharges without the event');
  expect(tooFew(counts(30, 80, 2))).toBe('fewer than 10 patients');
  expect(tooFew({ events: 30, others: 80 })).toBeNull();
});
