/** card.yaml: what is read, and how a fault is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import {
  CardStatementsSchema,
  parseCardStatements,
  readCardStatements,
  starterStatements,
} from '../../src/model/card-statements.ts';

const parse = (yaml: string) => parseCardStatements(yaml, 'card.yaml');
const refusal = (yaml: string): string => {
  try {
    parse(yaml);
    return 'read';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the starter states nothing, and holds every key that can be stated', () => {
  expect(parse(starterStatements())).toEqual({});
  const starter = parseDocument(starterStatements()).toJS() as Record<string, unknown>;
  expect(keysOf(starter).length).toBeGreaterThan(40);
  expect(keysOf(starter)).toEqual(keysOf(z.toJSONSchema(CardStatementsSchema, { io: 'input' })));
});

test('texts as written, lists, answers; what is empty is left out', () => {
  const yaml = [
    'funding: |',
    '  Two lines',
    '  of text',
    'release: { version: 1.10, date: 2026-01-31, stage: }',
    'use:',
    '  outOfScope:',
    '    - children',
    '    -',
    'warnings:',
    'probast:',
    '  development 1.3: { answer: yes, why: all hospitals }',
    'tripod: { 17: waived, 18b: none }',
  ].join('\n');
  expect(parse(yaml)).toEqual({
    funding: 'Two lines\nof text',
    release: { version: '1.10', date: '2026-01-31' },
    use: { outOfScope: ['children'] },
    probast: { 'development 1.3': { answer: 'yes', why: 'all hospitals' } },
    tripod: { '17': 'waived', '18b': 'none' },
  });
  expect(parse('')).toEqual({});
});

describe('faults name the line and what to do', () => {
  test.each([
    ['funding: a\nfundng: b\n', 2, 'fundng'],
    ['use:\n  intendedUse: a\n  outOfScope: children\n', 3, 'use.outOfScope'],
    ['developer:\n  name: a\n  mail: b\n', 3, 'developer.mail'],
    ['funding: a\nfunding: b\n', 2, 'DUPLICATE_KEY'],
    ['funding: "a\n', 2, 'MISSING_CHAR'],
    ['probast:\n  development 1.3:\n    answer: maybe\n    why: a\n', 3, 'expected yes, probably yes'],
    ['probast:\n  development 1.applicability: { answer: yes, why: a }\n', 2, 'expected low, high, unclear'],
    ['probast:\n  development 4.7: { answer: yes, why: a }\n', 2, 'development 4.7'],
    ['tripod:\n  "3z": a\n', 2, '3z'],
    ['a\n', undefined, 'the document'],
  ])('%j', (yaml, line, what) => {
    const message = refusal(yaml);
    expect(message).toContain('CARD_STATEMENTS_INVALID: card.yaml');
    expect(message).toContain(what);
    if (line !== undefined) expect(message).toContain(`, line ${line}:`);
  });

  test('an alias is refused, so that no text can grow by reference', () => {
    expect(refusal('funding: &a text\nbibliography: *a\n')).toContain('alias');
  });
});

test('a file that cannot be read, or is too large', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'card-statements-'));
  try {
    await expect(readCardStatements(join(dir, 'none.yaml'))).rejects.toMatchObject({ code: 'CARD_STATEMENTS_UNREADABLE' });
    const path = join(dir, 'card.yaml');
    await writeFile(path, `funding: ${'x'.repeat(2_000_000)}`);
    await expect(readCardStatements(path)).rejects.toMatchObject({ code: 'CARD_STATEMENTS_INVALID' });
    await writeFile(path, 'funding: own means\n');
    expect(await readCardStatements(path)).toEqual({ funding: 'own means' });
    const error: unknown = await readCardStatements(dir).catch((caught: unknown) => caught);
    expect(exitCodeOf(error)).toBe(2);
  } finally {
    await rm(dir, { recursive: true });
  }
});

/** Dotted names of the keys of a document, or of the properties of its JSON schema. */
function keysOf(value: unknown, path = ''): string[] {
  const object = value as Record<string, unknown> | null;
  const inner = (
    object?.['type'] === 'object' ? (object['properties'] ?? {}) : object?.['type'] === undefined ? object : null
  ) as Record<string, unknown> | null;
  if (inner === null || typeof inner !== 'object' || Object.keys(inner).length === 0) return [path];
  return Object.entries(inner)
    .flatMap(([key, child]) => keysOf(child, path === '' ? key : `${path}.${key}`))
    .sort();
}
