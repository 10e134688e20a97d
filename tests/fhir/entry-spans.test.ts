/** The bytes of each resource in a page: the same as what JSON.parse sees, for any valid JSON. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resourceSpans } from '../../src/fhir/entry-spans.ts';

const spansOf = (text: string) => resourceSpans(Buffer.from(text, 'utf8'));

/** Parsed texts of the spans; undefined where there is none. */
function cut(text: string): unknown[] | undefined {
  const bytes = Buffer.from(text, 'utf8');
  return resourceSpans(bytes)?.map((span) =>
    span === undefined ? undefined : JSON.parse(bytes.toString('utf8', span.start, span.end)),
  );
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('spans', () => {
  test('any bundle is cut as it parses', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('entry', 'resource', '__proto__', 'a"b', 'é\\', '}'));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
      list: fc.array(tie('json'), { maxLength: 4 }),
      object: fc.dictionary(key, tie('json'), { maxKeys: 4 }),
    }));
    const entry = fc.record({ fullUrl: fc.string(), resource: json, search: json }, { requiredKeys: [] });
    const bundle = fc.record(
      { before: json, entry: fc.array(entry, { maxLength: 5 }), after: json },
      { requiredKeys: ['entry'] },
    );
    fc.assert(
      fc.property(bundle, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed = JSON.parse(text) as { entry: Array<{ resource?: unknown }> };
        expect(cut(text)).toEqual(parsed.entry.map(({ resource }) => (isObject(resource) ? resource : undefined)));
      }),
      { numRuns: 500 },
    );
  });

  test('a real page', () => {
    const text = readFileSync(new URL('./support/hapi-page.json', import.meta.url), 'utf8');
    const parsed = JSON.parse(text) as { entry: Array<{ resource: unknown }> };
    expect(parsed.entry.length).toBeGreaterThan(1);
    expect(cut(text)).toEqual(parsed.entry.map(({ resource }) => resource));
  });

  test('numbers keep their digits', () => {
    const text = '{"entry":[{"resource":{"value":0.10,"big":12345678901234567890}}]}';
    const span = spansOf(text)?.[0];
    expect(text.slice(span?.start, span?.end)).toBe('{"value":0.10,"big":12345678901234567890}');
  });

  test('repeated keys: the last one counts, as for JSON.parse', () => {
    expect(cut('{"entry":[{"resource":{"a":1}}],"entry":[{"resource":{"b":2}},{}]}')).toEqual([{ b: 2 }, undefined]);
    expect(cut('{"entry":[{"resource":{"a":1},"resource":{"b":2}}]}')).toEqual([{ b: 2 }]);
  });

  test('a key in disguise gives no spans at all', () => {
    expect(spansOf('{"entry":[{"resource":{"a":1},"\\u0072esource":{"b":2}}]}')).toBeUndefined();
    expect(spansOf('{"\\u0065ntry":[]}')).toBeUndefined();
  });

  test('only the entries of the bundle itself are entries', () => {
    expect(cut('{"x":{"entry":[{"resource":{}}]},"entry":[{"resource":{"entry":[{"resource":{}}]}}]}')).toEqual([
      { entry: [{ resource: {} }] },
    ]);
  });

  test('depth, members and escapes are counted', () => {
    const text = '{"entry":[{"resource":{"a":{"b":[[1]]},"c":"x:{\\"y\\":1}","d":2}},{"resource":{"e":"\\u00e9"}}]}';
    expect(spansOf(text)).toMatchObject([
      { depth: 4, members: 4, escaped: false },
      { depth: 1, members: 1, escaped: true },
    ]);
  });
});
