/** The patient's pure parts: waterfall, timeline, what if. */
import { describe, expect, test } from '@jest/globals';
import type { TimelineEvent } from '../../src/server/page/page-answers.ts';
import { laboratorySeries, lanesOf, valueDomain } from '../../src/web/patient/timeline.ts';
import { waterfallDomain, waterfallOf } from '../../src/web/patient/waterfall.ts';
import {
  byWeight,
  changedValues,
  currentValues,
  isFlag,
  stepOf,
  typedValue,
  type Changeable,
} from '../../src/web/patient/what-if.ts';

describe('waterfall', () => {
  const reasons = [0.05, -0.03, 0.02, 0.01, 0].map((attribution, i) => ({
    feature: `f${i}`,
    words: '',
    attribution,
    resources: [],
  }));

  test('the largest one by one, the rest together, up to the output', () => {
    const { steps, joined } = waterfallOf(0.14, 0.19, reasons, 2);
    expect(steps.map(({ reason }) => reason?.feature ?? null)).toEqual(['f0', 'f1', null]);
    expect(steps[0]?.from).toBe(0.14);
    expect(steps.at(-1)?.to).toBe(0.19);
    for (const [i, step] of steps.slice(1).entries()) expect(step.from).toBe(steps[i]?.to);
    expect(joined).toBe(2);
  });

  test('one left over gets its own row', () => {
    expect(waterfallOf(0.14, 0.19, reasons, 3).steps).toHaveLength(4);
    expect(waterfallOf(0.14, 0.19, reasons, 3).joined).toBe(0);
  });

  test('every bar lies on the axis, which stays within [0, 1]', () => {
    const [low, high] = waterfallDomain(waterfallOf(0.01, 0.06, reasons, 9));
    expect(low).toBeGreaterThanOrEqual(0);
    expect(low).toBeLessThan(0.01);
    expect(high).toBeGreaterThan(0.06);
  });
});

describe('timeline', () => {
  const lab = (start: string, label: string, value: number | null): TimelineEvent => ({
    kind: 'laboratory',
    start,
    end: null,
    label,
    value,
    unit: 'mg/dL',
    resource: `Observation/${start}`,
    index: false,
  });
  const stay: TimelineEvent = {
    kind: 'inpatient',
    start: '2026-01-02T00:00:00Z',
    end: null,
    label: 'x',
    value: null,
    unit: null,
    resource: 'Encounter/1',
    index: true,
  };

  test('lanes in order, oldest first, one mark for the laboratory of a day', () => {
    const lanes = lanesOf([
      lab('2026-01-03T08:00:00Z', 'Sodium', 1),
      lab('2026-01-03T09:00:00Z', 'Urea', 1),
      stay,
      lab('not a date', 'Urea', 1),
    ]);
    expect(lanes.kinds).toEqual(['inpatient', 'laboratory']);
    expect(lanes.events.map(({ kind }) => kind)).toEqual(['inpatient', 'laboratory']);
    expect(lanes.events[0]?.end).toEqual(lanes.events[0]?.start);
  });

  test('series by label, those with most values first, oldest value first', () => {
    const series = laboratorySeries([
      lab('2026-01-03', 'Urea', 5),
      lab('2026-01-01', 'Urea', 4),
      lab('2026-01-02', 'Sodium', 1),
      lab('2026-01-02', 'Urea', null),
    ]);
    expect(series.map(({ label, points }) => [label, points.map(({ value }) => value)])).toEqual([
      ['Urea', [4, 5]],
      ['Sodium', [1]],
    ]);
    const [low, high] = valueDomain(series[1]);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
  });
});

describe('what if', () => {
  const changeable: Changeable[] = [
    { feature: 'a', label: 'a', unit: 'mmol/L', value: 5, range: [0, 10] },
    { feature: 'b', label: 'b', unit: '{flag}', value: null, range: [0, 1] },
  ];

  test('asks for what differs from the record, and for nothing where nothing does', () => {
    const values = currentValues(changeable);
    expect(changedValues(changeable, values)).toBeNull();
    expect(changedValues(changeable, { ...values, a: 7 })).toEqual({ a: 7 });
    expect(changedValues(changeable, { ...values, a: null, b: 0 })).toEqual({ a: null, b: 0 });
    expect(changedValues(changeable, { ...values, a: 5 })).toBeNull();
  });

  test.each([
    ['7.5', 7.5],
    ['7,5', 7.5],
    ['', null],
    ['11', undefined],
    ['abc', undefined],
    ['1e1', 10],
  ])('typed "%s"', (text, value) => {
    expect(typedValue(text, [0, 10])).toBe(value);
  });

  test('whole steps for counts, fine ones for measurements; flags are told apart', () => {
    expect(stepOf('{#}', [0, 31])).toBe(1);
    expect(stepOf('mg/dL', [0.1, 12])).toBe(0.1);
    expect(changeable.map(isFlag)).toEqual([false, true]);
  });

  test('what counts most for this discharge comes first', () => {
    expect(
      byWeight(changeable, [
        { feature: 'b', attribution: -0.2 },
        { feature: 'a', attribution: 0.1 },
      ]).map(({ feature }) => feature),
    ).toEqual(['b', 'a']);
  });
});
