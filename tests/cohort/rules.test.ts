/** Rules as data: complete, each with its source, and the same ids as the SQL. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isOn, notAssessable, readCohortDefinition, readCohortRules } from '../../src/cohort/index.ts';

const { rules, sources, elements } = readCohortRules();
const folder = new URL('../../src/cohort/sql/', import.meta.url);
const sql = (name: string): string => readFileSync(new URL(`${name}.sql`, folder), 'utf8').replace(/^--.*$/gm, '');
const idsOf = (kind: string): string[] => rules.filter((rule) => rule.kind === kind).map((rule) => rule.id);
/** Literals after THEN, in the order of a CASE. */
const results = (text: string, from: string, to: string): string[] => {
  const part = text.slice(text.indexOf(from), text.indexOf(to));
  return [...part.matchAll(/THEN '([a-z-]+)'/g)].map((match) => match[1] as string);
};

describe('rules', () => {
  it('each have a source, known elements and words of their own', () => {
    expect(rules.length).toBeGreaterThan(40);
    for (const rule of rules) {
      expect(Object.keys(sources)).toContain(rule.source);
      expect(rule.needs.flat().filter((element) => elements[element] === undefined)).toEqual([]);
    }
    expect(new Set(rules.map((rule) => `${rule.kind} ${rule.id}`)).size).toBe(rules.length);
    expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length);
  });

  it('are those of the SQL, in its order', () => {
    expect(results(sql('inpatient-encounter'), 'WHEN COALESCE(c.status', 'AS exclusion')).toEqual(idsOf('encounter'));
    expect(
      results(sql('stay-encounter'), 'WHEN o.start_ms <= o.reach_ms', 'AS joined_by').filter((id) => id !== 'first'),
    ).toEqual(idsOf('stitching'));
    expect([...new Set(results(sql('discharge'), 'WHEN o.is_open = 1', 'AS exclusion'))]).toEqual(
      idsOf('index').filter((id) => id !== 'no-label'),
    );
    expect([...new Set(results(sql('stay'), 'WHEN x.planned_always_code', 'AS planned_rule'))]).toEqual(idsOf('planned'));
    expect([
      ...results(sql('stay'), 'WHEN l.encounter_id IS NOT NULL', 'AS urgent_by'),
      'acute-reason',
      'not-elective-type',
    ]).toEqual(idsOf('acute'));
  });

  it('name every element that is counted', () => {
    const counted = [...sql('record-element').matchAll(/SELECT '([a-z-]+)'/g)].map((match) => match[1]);
    expect(counted.sort()).toEqual(Object.keys(elements).sort());
  });

  it('have a switch that every definition holds', () => {
    const definition = readCohortDefinition('hwr-like');
    const switches = [...new Set(rules.map((rule) => rule.switch))].filter((name) => name !== 'always' && name !== 'labels');
    expect(switches.length).toBeGreaterThan(12);
    for (const name of switches) {
      const value = name.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], definition);
      expect(['boolean', 'number']).toContain(typeof value);
    }
    const excludes = Object.keys(definition.exclude).map((key) => `exclude.${key}`);
    expect(excludes.filter((name) => !switches.includes(name))).toEqual([]);
  });

  it('are on as the definition says', () => {
    const on = readCohortDefinition('hwr-like');
    const off = readCohortDefinition('all-adult');
    const rule = (id: string) => rules.find((r) => r.id === id && r.kind === 'index') ?? rules[0]!;
    expect([isOn(rule('psychiatric'), on), isOn(rule('psychiatric'), off)]).toEqual([true, false]);
    expect([isOn(rule('open-stay'), off), isOn(rule('under-minimum-age'), off), isOn(rule('no-label'), off)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isOn(rule('no-label'), { ...off, labels: { name: 'x.csv', sha256: 'ab'.repeat(32) } })).toBe(true);
  });

  it('are not assessable where of a group they need nothing is recorded', () => {
    const same = rules.find((rule) => rule.id === 'same-condition')!;
    expect(
      notAssessable(
        same,
        new Map([
          ['hospital', 3],
          ['reason', 1],
        ]),
      ),
    ).toBeNull();
    expect(
      notAssessable(
        same,
        new Map([
          ['hospital', 3],
          ['reason', 0],
        ]),
      ),
    ).toMatch(/Encounter\.reasonCode/);
    expect(
      notAssessable(
        rules.find((rule) => rule.id === 'open-stay')!,
        new Map(),
      ),
    ).toBeNull();
  });
});
