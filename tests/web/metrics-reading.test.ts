/** Metrics as they come over the wire: what is not of the expected form is absent. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { at, curveOf, figureOf, listOf, mainEvidence } from '../../src/web/model/metrics-reading.ts';

test('the evidence of a released model', () => {
  const main = mainEvidence(JSON.parse(readFileSync('models/planted/metrics.json', 'utf8')));
  expect(main).toMatchObject({ judged: 'held-out patients of the training records' });
  expect(main?.rows).toBeGreaterThan(main?.events ?? Infinity);
  expect(main?.gains[0]).toMatchObject({ x: 0, y: 0 });
  expect(main?.gains.at(-1)).toMatchObject({ x: 1, y: 1 });
});

test('of a recalibrated model those it was recalibrated on; of none, none', () => {
  const evidence = { local: { rows: 5, events: 1 }, grouped: { rows: 9, events: 2 } };
  expect(mainEvidence({ evidence })?.rows).toBe(5);
  for (const absent of [null, 5, {}, { evidence: null }, { evidence: { grouped: { rows: '9', events: 2 } } }])
    expect(mainEvidence(absent)).toBeNull();
});

test('parts of another form', () => {
  expect(curveOf({ x: [0, null, 1], y: [0, 1, 'a'], lower: null })).toEqual([
    { x: 0, y: 0, lower: null, upper: null },
    { x: 1, y: null, lower: null, upper: null },
  ]);
  expect(figureOf({ estimate: null, lower: 1, upper: 2 })).toBeNull();
  expect(listOf([{ a: 1 }, 5, null, []])).toEqual([{ a: 1 }]);
  expect(at({}, 'constructor', 'name')).toBeUndefined();
  expect(at([1], '0')).toBeUndefined();
});
