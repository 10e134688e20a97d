/** The cohort's cases, by the second implementation: stays, how they were joined, why they count, and who may be an index discharge. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseCohortDefinition, readCohortDefinition, type CohortDefinition } from '../../src/cohort/index.ts';
import { ageAtAdmission, exclusionOf, indexRulesOf } from '../../src/simulation/eligibility.ts';
import type { LandingManifest } from '../../src/fhir/landing.ts';
import { createFactReader, factTypes } from '../../src/simulation/fact-reader.ts';
import { dayNumber } from '../../src/simulation/record-time.ts';
import { staysOf } from '../../src/simulation/stays.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { rulesOf } from './index-rules.ts';

interface Case {
  readonly title: string;
  readonly definition?: Record<string, unknown>;
  readonly runOut?: number;
  readonly transactionTime?: string;
  readonly coverage?: Omit<LandingManifest['coverage'], 'types'>;
  readonly resources: readonly (string | Resource)[];
  readonly expect: { readonly stays: readonly Record<string, unknown>[] };
}

/** What a case says of a stay itself; outcomes are not a matter of this implementation. */
const told = [
  'encounters',
  'joined',
  'exclusion',
  'planned',
  'acute',
  'emergency',
  'age',
  'dischargedFrom',
  'reason',
  'lengthMs',
];

const folder = new URL('../cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]).map((c) => ({ ...c, file })))
  // The simulation reads records as their source wrote them; instants of single patients come into a manifest by what it does to them.
  .filter((c) => c.coverage?.completeFrom === undefined);

function definitionOf({ definition = {} }: Case): CohortDefinition {
  const shipped = readCohortDefinition('hwr-like');
  const merged = Object.fromEntries(
    Object.entries({ ...shipped, ...definition }).map(([key, value]) => {
      const before = (shipped as Record<string, unknown>)[key];
      const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;
      return [key, isObject(before) && isObject(value) ? { ...before, ...value } : value];
    }),
  );
  return parseCohortDefinition(merged, 'case');
}

const bare = (key: string | null): string | null => key?.replace(/^\w+\//, '') ?? null;

function actualStays(c: Case): object[] {
  const reader = createFactReader();
  const resources = expand(c.resources);
  for (const type of factTypes) {
    for (const resource of resources) if (resource.resourceType === type) reader.read(resource);
  }
  const { transactionTime = '2026-01-01T00:00:00Z', coverage } = c;
  const rules = indexRulesOf({ transactionTime, coverage: { types: [], from: null, ...coverage } }, reader.lastEventMs, {
    ...rulesOf(definitionOf(c)),
    runOutDay: dayNumber(c.runOut ?? 20251231) as number,
  });
  return [...reader.patients().values()].flatMap((facts) =>
    staysOf(facts, rules).map((stay) => ({
      encounters: stay.encounterIds.map(bare).join(' '),
      joined: stay.joinedBy.join(' '),
      exclusion: exclusionOf(facts, stay, rules),
      planned: stay.plannedRule,
      acute: stay.acuteSource,
      emergency: bare(stay.emergencyEncounterId),
      age: ageAtAdmission(facts, stay),
      dischargedFrom: bare(stay.dischargeEncounterId),
      reason: stay.reasonCode,
      lengthMs: stay.dischargeMs === null ? null : stay.dischargeMs - stay.admitMs,
    })),
  );
}

describe('the cases of the cohort', () => {
  it('are many', () => {
    expect(cases.length).toBeGreaterThanOrEqual(50);
  });

  it.each(cases)('$file: $title', (c) => {
    const expected = c.expect.stays.map((stay) =>
      expect.objectContaining(Object.fromEntries(Object.entries(stay).filter(([name]) => told.includes(name)))),
    );
    expect(actualStays(c)).toEqual(expected);
  });
});
