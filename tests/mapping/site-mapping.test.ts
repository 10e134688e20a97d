/** The mapping as a document: what is refused, what is settled, what changes its hash; the examples. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  encounterKinds,
  mappedViews,
  mappingChoices,
  mappingHash,
  parseSettledMapping,
  parseSiteMapping,
  readSiteMapping,
  settleMapping,
  standardMapping,
  type SiteMapping,
} from '../../src/mapping/index.ts';
import { compileView, parseViewDefinition } from '../../src/views/index.ts';

const head = { name: 'test', description: 'made by a test' };
const rule = { kind: 'inpatient', when: "class.code = 'X'", why: 'test' };
const parse = (parts: object): SiteMapping => parseSiteMapping({ ...head, ...parts }, 'test.json');
const alias = { from: 'urn:x', to: 'http://loinc.org' };
const code = { system: 'urn:x', code: '1', meaning: 'home' };

describe('parseSiteMapping', () => {
  it.each([
    ['an unknown key', { more: 1 }, 'document'],
    ['an unknown kind', { encounter: { rules: [{ ...rule, kind: 'ward' }] } }, 'encounter.rules.0.kind'],
    ['a rule without a reason', { encounter: { rules: [{ ...rule, why: '' }] } }, 'encounter.rules.0.why'],
    [
      'a path that is no FHIRPath',
      { encounter: { rules: [rule, { ...rule, when: 'class.code = ' }] } },
      'encounter.rules.1.when',
    ],
    ['an element FHIR does not have', { encounter: { rules: [{ ...rule, when: "klass = 'X'" }] } }, 'encounter.rules.0.when'],
    ['a path that is not one boolean', { encounter: { rules: [{ ...rule, when: 'class.code' }] } }, 'encounter.rules.0.when'],
    ['hours without an edge', { encounter: { rules: [{ ...rule, hours: {} }] } }, 'encounter.rules.0.hours'],
    ['a path that gives no codings', { encounter: { disposition: { path: 'period.start' } } }, 'encounter.disposition.path'],
    [
      'an unknown meaning',
      { encounter: { disposition: { codes: [{ ...code, meaning: 'gone' }] } } },
      'encounter.disposition.codes.0.meaning',
    ],
    ['a code twice', { encounter: { disposition: { codes: [code, code] } } }, 'encounter.disposition.codes'],
    [
      'a code without saying its system',
      { encounter: { priority: { codes: [{ code: '1', meaning: 'urgent' }] } } },
      'encounter.priority.codes.0.system',
    ],
    ['an alias of no standard system', { codeSystems: [{ ...alias, to: 'http://loinc.com' }] }, 'codeSystems.0.to'],
    ['a URI twice', { codeSystems: [alias, alias] }, 'codeSystems'],
    ['an unknown date of the undated', { conditions: { undated: 'now' } }, 'conditions.undated'],
  ])('refuses %s, naming the place', (_title, parts, place) => {
    expect(() => parse(parts)).toThrow(
      expect.objectContaining({
        code: 'MAPPING_INVALID',
        details: { place },
        message: expect.stringContaining('test.json') as unknown,
      }),
    );
  });

  it('refuses a file that is not there or no JSON', () => {
    expect(() => readSiteMapping('/nowhere/mapping.json')).toThrow(expect.objectContaining({ code: 'MAPPING_INVALID' }));
    expect(() => readSiteMapping('src/mapping/README.md')).toThrow(expect.objectContaining({ code: 'MAPPING_INVALID' }));
  });

  it('fills in what is not said with the standard', () => {
    expect({ ...parse({}), ...head }).toEqual({ ...standardMapping, ...head });
    expect(mappingHash(parse({}))).toBe(mappingHash(standardMapping));
  });
});

describe('settleMapping', () => {
  it('asks the records only where the mapping leaves it open', () => {
    expect(settleMapping(standardMapping, true).conditions.indexStayDiagnosesKnown).toBe(true);
    expect(settleMapping(standardMapping, false).conditions.indexStayDiagnosesKnown).toBe(false);
    const said = parse({ conditions: { indexStayDiagnosesKnown: false } });
    expect(settleMapping(said, true).conditions.indexStayDiagnosesKnown).toBe(false);
  });

  it('is undone by nothing: a stored mapping that leaves it open is refused', () => {
    expect(parseSettledMapping(settleMapping(standardMapping, true), 'header')).toEqual(settleMapping(standardMapping, true));
    expect(() => parseSettledMapping(standardMapping, 'header')).toThrow(expect.objectContaining({ code: 'MAPPING_INVALID' }));
  });

  it('is told in words', () => {
    expect(mappingChoices(settleMapping(standardMapping, false)).join(' ')).toContain('do not count as known at discharge');
    expect(mappingChoices(settleMapping(standardMapping, true)).join(' ')).toContain('count as known at discharge');
  });
});

describe('mappingHash', () => {
  const base = parse({ encounter: { rules: [rule], disposition: { codes: [code] } }, codeSystems: [alias] });
  const other = (parts: object): string =>
    mappingHash(parse({ encounter: base.encounter, codeSystems: base.codeSystems, ...parts }));

  it('stays with another name, reason or order of codes', () => {
    const said = parse({
      ...{ name: 'other', description: 'other' },
      encounter: { rules: [{ ...rule, why: 'other' }], disposition: { codes: [{ ...code, why: 'other' }] } },
      codeSystems: [{ ...alias, why: 'other' }],
    });
    expect(mappingHash(said)).toBe(mappingHash(base));
    const two = { ...code, code: '2' };
    const [a, b] = [
      [code, two],
      [two, code],
    ].map((codes) => mappingHash(parse({ encounter: { disposition: { codes } } })));
    expect(a).toBe(b);
  });

  it('changes with what is read otherwise', () => {
    const hashes = [
      mappingHash(base),
      other({ codeSystems: [] }),
      other({ codeSystems: [{ ...alias, to: 'http://snomed.info/sct' }] }),
      other({ conditions: { undated: 'unknown' } }),
      other({ conditions: { indexStayDiagnosesKnown: true } }),
      other({ encounter: { rules: [{ ...rule, when: "class.code = 'Y'" }] } }),
      other({ encounter: { rules: [{ ...rule, hours: { atLeast: 1 } }] } }),
      other({ encounter: { rules: [rule], disposition: { codes: [{ ...code, meaning: 'expired' }] } } }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    const two = { ...rule, kind: 'ignored' };
    const ordered = [
      [rule, two],
      [two, rule],
    ].map((list) => mappingHash(parse({ encounter: { rules: list } })));
    expect(ordered[0]).not.toBe(ordered[1]);
  });
});

describe('mappedViews', () => {
  it('are ViewDefinitions of the standard that compile', () => {
    const views = mappedViews(readSiteMapping('src/mapping/examples/german-hospital.json'));
    expect(views.map(({ name }) => name)).toEqual([
      'patient',
      'encounter',
      'condition',
      'observation',
      'procedure',
      'medication_request',
    ]);
    for (const view of views)
      expect(compileView(parseViewDefinition(JSON.parse(JSON.stringify(view)))).columns.length).toBeGreaterThan(5);
  });

  it('hold texts of the mapping as texts', () => {
    const odd = parse({ codeSystems: [{ from: "urn:o'neil\\x", to: 'http://loinc.org' }] });
    for (const view of mappedViews(odd)) expect(() => compileView(view)).not.toThrow();
  });
});

describe('the examples', () => {
  const readme = readFileSync('src/mapping/README.md', 'utf8');

  it.each(['us-hospital', 'german-hospital'])('%s is valid, named in the README, and gives its reasons', (name) => {
    const mapping = readSiteMapping(`src/mapping/examples/${name}.json`);
    expect(mapping.name).toBe(name);
    expect(readme).toContain(`examples/${name}.json`);
    expect(mapping.encounter.rules.length).toBeGreaterThan(5);
    expect(mapping.conditions.indexStayDiagnosesKnown).toBe(false);
  });

  it('of every kind stands in the README', () => {
    for (const kind of encounterKinds) expect(readme).toContain(`\`${kind}\``);
  });
});
