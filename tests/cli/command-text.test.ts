import { describe, expect, it } from '@jest/globals';
import { commandText } from '../../src/cli/command-text.ts';

describe('the command line in a record', () => {
  it('can be typed again', () => {
    expect(commandText(['validate', '--model', 'm/a', '--party', "St. Mary's"])).toBe(
      "readmission validate --model m/a --party 'St. Mary'\\''s'",
    );
  });

  it('holds no secret, and is not endless', () => {
    const text = commandText(['pull', '--token', 'abc', '--client-secret=def', '--data', 'd']);
    expect(text).toBe('readmission pull --token … --client-secret=… --data d');
    expect(commandText(['x'.repeat(9000)]).length).toBeLessThan(2100);
  });
});
