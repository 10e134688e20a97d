/** Faults of a document: the first, its place, and the key or choice that was meant. */
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { documentFault } from '../../src/util/document-fault.ts';

const schema = z.strictObject({
  folds: z.int().optional(),
  adjust: z.enum(['holm', 'bh']).default('holm'),
  arms: z.array(
    z.strictObject({ engine: z.string().optional(), forest: z.strictObject({ maxDepth: z.int().optional() }).prefault({}) }),
  ),
  cohort: z.union([z.string(), z.strictObject({ horizonDays: z.int() })]).optional(),
});

describe('documentFault', () => {
  it.each([
    [{ arms: [], fold: 3 }, 'document', /fold.*; did you mean "folds"\?$/],
    [{ arms: [{ engin: 'x' }] }, 'arms.0', /did you mean "engine"\?$/],
    [{ arms: [{}, { forest: { max_depth: 3 } }] }, 'arms.1.forest', /did you mean "maxDepth"\?$/],
    [{ arms: [], adjust: 'hohm' }, 'adjust', /did you mean "holm"\?$/],
    [{ arms: [], adjust: 3 }, 'adjust', /^Invalid option: [^;]*$/],
    [{ arms: [], nonsense: 3 }, 'document', /^Unrecognized key: "nonsense"$/],
    [[], 'document', /expected object/],
  ])('%j', (value, place, text) => {
    const parsed = schema.safeParse(value);
    const fault = documentFault(schema, value, parsed.error as z.ZodError);
    expect(fault.place).toBe(place);
    expect(fault.what).toMatch(text);
  });
});
