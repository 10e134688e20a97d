/** The door: what is turned away, and by which reason. */
import { describe, expect, test } from '@jest/globals';
import { checkEntry, subjectOf } from '../../src/fhir/entry-check.ts';
import { resourceSpans } from '../../src/fhir/entry-spans.ts';

const rules = { type: 'Encounter', maxDepth: 20, patients: new Set(['p1']) };
const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

function check(resource: string, mode?: string) {
  const text = `{"entry":[{"resource":${resource}}]}`;
  const parsed = JSON.parse(text) as { entry: Array<{ resource: unknown }> };
  const first = parsed.entry[0]?.resource;
  const withBytes = checkEntry(first, resourceSpans(Buffer.from(text))?.[0], mode, rules);
  return { withBytes, parsedOnly: checkEntry(first, undefined, mode, rules) };
}

describe('kept', () => {
  test('with identity and version', () => {
    const meta = '{"versionId":"3","lastUpdated":"2024-05-06T07:08:09.123+02:00"}';
    const { withBytes } = check(`{"resourceType":"Encounter","id":"A-1.b","meta":${meta},"subject":{"reference":"Patient/p1"}}`);
    const updatedMs = Date.UTC(2024, 4, 6, 5, 8, 9, 123);
    expect(withBytes).toEqual({ type: 'Encounter', id: 'A-1.b', version: '3', updatedMs });
  });

  test.each([
    ['no meta, no subject', '{"resourceType":"Encounter","id":"1"}'],
    ['meta of the wrong kind', '{"resourceType":"Encounter","id":"1","meta":[1]}'],
    ['a time that is none', '{"resourceType":"Encounter","id":"1","meta":{"lastUpdated":"yesterday","versionId":7}}'],
    ['a logical subject', '{"resourceType":"Encounter","id":"1","subject":{"identifier":{"value":"x"}}}'],
  ])('%s: without version', (_title, text) => {
    expect(check(text).withBytes).toEqual({ type: 'Encounter', id: '1', version: null, updatedMs: null });
  });

  test('another type when it was included', () => {
    expect(check('{"resourceType":"Practitioner","id":"1"}', 'include').withBytes).toMatchObject({ type: 'Practitioner' });
  });
});

describe('turned away', () => {
  const encounter = (more: string): string => `{"resourceType":"Encounter","id":"1",${more}}`;
  test.each([
    ['null', 'null', 'no-resource'],
    ['a list', '[]', 'no-resource'],
    ['no type', '{"id":"1"}', 'type-mismatch'],
    ['another type', '{"resourceType":"Observation","id":"1"}', 'type-mismatch'],
    ['a path as type', '{"resourceType":"../x","id":"1"}', 'type-mismatch'],
    ['no id', '{"resourceType":"Encounter"}', 'bad-id'],
    ['a number as id', '{"resourceType":"Encounter","id":1}', 'bad-id'],
    ['a path as id', '{"resourceType":"Encounter","id":"../1"}', 'bad-id'],
    ['65 characters', `{"resourceType":"Encounter","id":"${'a'.repeat(65)}"}`, 'bad-id'],
    ['a line end after the id', '{"resourceType":"Encounter","id":"1\\n"}', 'bad-id'],
    ['21 levels', encounter(`"x":${deep(20)}`), 'too-deep'],
    ['20,000 levels', encounter(`"x":${deep(20_000)}`), 'too-deep'],
    ['__proto__', encounter('"x":{"__proto__":{"y":1}}'), 'forbidden-key'],
    ['constructor', encounter('"constructor":1'), 'forbidden-key'],
    ['a lone surrogate', encounter('"x":"\\ud800"'), 'lone-surrogate'],
    ['a lone surrogate in a key', encounter('"\\udc00x":1'), 'lone-surrogate'],
    ['another patient', encounter('"subject":{"reference":"Patient/p2"}'), 'other-patient'],
    [
      'another patient elsewhere',
      encounter('"subject":{"reference":"https://x.org/fhir/Patient/p2/_history/1"}'),
      'other-patient',
    ],
  ])('%s', (_title, text, reason) => {
    expect(check(text)).toEqual({ withBytes: reason, parsedOnly: reason });
  });

  test('20 levels are kept', () => {
    expect(check(encounter(`"x":${deep(19)}`)).withBytes).toMatchObject({ id: '1' });
  });

  test('a repeated key, at any depth, which parsing alone cannot see', () => {
    expect(check(encounter('"x":{"y":1,"y":2}')).withBytes).toBe('duplicate-key');
    expect(check(encounter('"id":"2"')).withBytes).toBe('duplicate-key');
  });

  test('an included patient that was not selected', () => {
    expect(check('{"resourceType":"Patient","id":"p2"}', 'include').withBytes).toBe('other-patient');
    expect(check('{"resourceType":"Patient","id":"p1"}', 'include').withBytes).toMatchObject({ id: 'p1' });
  });

  test('nothing was changed in the prototypes', () => {
    expect(({} as { y?: number }).y).toBeUndefined();
  });
});

describe('the subject', () => {
  test.each([
    [{ subject: { reference: 'Patient/a' } }, 'a'],
    [{ patient: { reference: 'Patient/a/_history/3' } }, 'a'],
    [{ subject: { reference: 'https://h.org/fhir/Patient/a' } }, 'a'],
    [{ subject: { reference: 'Group/a' } }, null],
    [{ subject: { reference: 'urn:uuid:a' } }, null],
    [{ subject: { reference: 'Patient?identifier=a' } }, null],
    [{ subject: { reference: 7 } }, null],
    [{ subject: 'Patient/a' }, null],
    [{}, null],
  ])('%j is %s', (resource, id) => {
    expect(subjectOf(resource)).toBe(id);
  });
});
