/**
 * Results of an earlier call, kept beside those of this one, so that a long bench can be run in parts.
 *
 * Choice  only of the same machine and versions; what was measured again takes the place of what was there
 */
import { existsSync, readFileSync } from 'node:fs';
import { stableJson } from '../../src/util/stable-json.ts';
import type { Machine } from './machine.ts';
import type { BenchResult } from './result-text.ts';
import { UsageError } from './usage-error.ts';

/** The result in the file; null where there is none. @throws {UsageError} when it is of another schema, machine or version */
export function readEarlier(file: string, machine: Machine): BenchResult | null {
  if (!existsSync(file)) return null;
  const earlier = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchResult>;
  if (earlier.schema !== 1 || earlier.machine === undefined) {
    throw new UsageError(
      `expected results of schema 1 in ${file}, found ${String(earlier.schema)}; name another file with --out`,
    );
  }
  const differs = (['cpu', 'cores', 'node', 'system'] as const).filter((key) => earlier.machine?.[key] !== machine[key]);
  const versions = Object.keys(machine.versions).filter(
    (name) => (earlier.machine?.versions[name] ?? machine.versions[name]) !== machine.versions[name],
  );
  if (differs.length + versions.length > 0) {
    throw new UsageError(
      `expected ${file} to be of this machine and these versions, found other: ${[...differs, ...versions].join(', ')}; leave out --add`,
    );
  }
  return earlier as BenchResult;
}

/** Everything of `now`, and of `earlier` what `now` did not measure. */
export function merged(earlier: BenchResult | null, now: BenchResult): BenchResult {
  if (earlier === null) return now;
  const keyOf = (part: object, keys: readonly string[]): string =>
    stableJson(keys.map((key) => (part as Record<string, unknown>)[key]));
  const kept = <T extends object>(before: readonly T[], after: readonly T[], keys: readonly string[]): T[] => {
    const anew = new Set(after.map((part) => keyOf(part, keys)));
    return [...before.filter((part) => !anew.has(keyOf(part, keys))), ...after];
  };
  const measured = new Set(now.rows.map((row) => `${row.table} ${row.contestant}`));
  return {
    ...now,
    machine: {
      ...now.machine,
      python: now.machine.python ?? earlier.machine.python,
      versions: { ...earlier.machine.versions, ...now.machine.versions },
    },
    calls: [...earlier.calls, ...now.calls],
    tables: kept(earlier.tables, now.tables, ['name']),
    rows: kept(earlier.rows, now.rows, ['work', 'table', 'contestant']),
    failures: kept(
      earlier.failures.filter(({ table, contestant }) => !measured.has(`${table} ${contestant}`)),
      now.failures,
      ['table', 'contestant', 'what'],
    ),
    exactSettings: { ...earlier.exactSettings, ...now.exactSettings },
  };
}
