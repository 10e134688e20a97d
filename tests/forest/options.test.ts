import { describe, expect, test } from '@jest/globals';
import { resolveForestOptions } from '../../src/forest/index.ts';

describe('options', () => {
  test('defaults, and mtry from the column count', () => {
    expect(resolveForestOptions({ seed: 3, workers: 2 }, 60)).toEqual({
      trees: 500,
      mtry: 7,
      minLeafRows: 20,
      maxDepth: 16,
      maxBins: 63,
      seed: 3,
      bootstrap: 'group',
      workers: 2,
      engine: 'histogram',
    });
    expect(resolveForestOptions({}, 2).mtry).toBe(1);
    expect(resolveForestOptions({}, 2).workers).toBeGreaterThanOrEqual(1);
  });

  test('the object given is not changed', () => {
    const given = Object.freeze({ trees: 5 });
    resolveForestOptions(given, 9);
    expect(given).toEqual({ trees: 5 });
  });

  const refused: [string, Record<string, unknown>][] = [];
  for (const name of ['trees', 'minLeafRows', 'maxDepth', 'maxBins', 'workers', 'mtry']) {
    for (const value of [0, -1, 1e9, 1.5, NaN, '10', null]) refused.push([name, { [name]: value }]);
  }
  refused.push(
    ['seed', { seed: -1 }],
    ['seed', { seed: 2 ** 32 }],
    ['maxBins', { maxBins: 256 }],
    ['bootstrap', { bootstrap: 'rows' }],
  );
  for (const value of [0, -1, 1e13, NaN, Infinity, '10', null]) refused.push(['minLeafWeight', { minLeafWeight: value }]);
  refused.push(['engine', { engine: 'xgboost' }], ['ntree', { ntree: 5 }], ['mtry', { mtry: 10 }]);

  test.each(refused)('%s is refused: %j', (name, options) => {
    expect(() => resolveForestOptions(options, 9)).toThrow(new RegExp(`FOREST_OPTIONS_INVALID.*${name}`, 's'));
  });
});
