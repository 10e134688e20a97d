/** The process document: what is accepted, what is refused, and its null. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { covariateNames } from '../../src/simulation/covariate-names.ts';
import { createProcess } from '../../src/simulation/linear-predictor.ts';
import { nullOf, parseProcess, processHash, processNames, readProcess, withIntercepts } from '../../src/simulation/process.ts';
import { smallDocument, smallProcess } from './small-process.ts';

const changed = (change: object): object => ({ ...smallDocument, ...change });
const oneTerm = (change: object): object => changed({ terms: [{ ...smallDocument.terms[0], ...change }] });
const invalid = (value: object, words: RegExp): void =>
  expect(() => parseProcess(value, 'here.json')).toThrow(
    expect.objectContaining({ code: 'SIM_PROCESS_INVALID', message: expect.stringMatching(words) }),
  );

describe('parseProcess', () => {
  it('takes every form', () => {
    expect(new Set(smallProcess.terms.map(({ form }) => form.kind))).toEqual(
      new Set(['flag', 'linear', 'above', 'below', 'steps', 'product']),
    );
  });

  it('names the field that is wrong', () => {
    invalid(changed({ horizonDays: 1 }), /here\.json: horizonDays/);
    invalid(changed({ extra: 1 }), /extra/);
    invalid(changed({ targets: { unplanned: 0.5, death: 0.3, planned: 0.2 } }), /targets: .*room/);
    invalid(changed({ returnDay: { firstDay: 1, decayDays: 5 } }), /firstDay/);
    invalid(changed({ returnDay: { firstDay: 31, decayDays: 5 } }), /within horizonDays/);
    invalid(oneTerm({ covariates: ['a', 'b'] }), /two different covariates/);
    invalid(oneTerm({ form: { kind: 'product' }, covariates: ['a', 'a'] }), /two different covariates/);
    invalid(oneTerm({ form: { kind: 'steps', from: [2, 1], values: [0, 1] } }), /terms\.0\.form/);
    invalid(oneTerm({ form: { kind: 'steps', from: [1, 2], values: [0] } }), /terms\.0\.form/);
    invalid(oneTerm({ coefficient: null }), /terms\.0\.coefficient/);
    invalid(oneTerm({ source: '' }), /terms\.0\.source/);
    invalid(changed({ terms: [smallDocument.terms[0], smallDocument.terms[0]] }), /name of its own/);
  });

  it('has a hash that is of the content, not of the order it is written in', () => {
    const reversed = Object.fromEntries(Object.entries(smallDocument).reverse());
    expect(processHash(parseProcess(reversed, 'x'))).toBe(processHash(smallProcess));
    expect(processHash(withIntercepts(smallProcess, { unplanned: -2, death: -4, planned: -4 }))).not.toBe(
      processHash(smallProcess),
    );
  });
});

describe('nullOf', () => {
  it('has no effect at all and solves its own intercepts', () => {
    const off = nullOf(withIntercepts(smallProcess, { unplanned: -2, death: -4, planned: -4 }));
    const eta = createProcess(off).predictors({ acute: 1, age: 80, hb: 8, prior: 6, chf: 1, renal: 1, cancer: 1 });
    expect(Array.from(eta, Math.abs)).toEqual([0, 0, 0]);
    expect(off).toMatchObject({ name: 'small-null', intercepts: null, frailty: { sd: 0 }, targets: smallProcess.targets });
    expect(parseProcess(JSON.parse(JSON.stringify(off)), 'null')).toEqual(off);
  });
});

describe('readProcess', () => {
  it('reads a file and refuses what it is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'readmission-process-'));
    try {
      const file = join(folder, 'own.json');
      await writeFile(file, JSON.stringify(smallDocument));
      expect(readProcess(file)).toEqual(smallProcess);
      const [parent = ''] = processNames();
      await writeFile(file, JSON.stringify({ extends: parent, name: 'own', targets: { unplanned: 0.2 } }));
      const own = readProcess(file);
      expect(own).toEqual({ ...readProcess(parent), name: 'own', targets: { ...own.targets, unplanned: 0.2 } });
      await writeFile(file, JSON.stringify({ ...smallDocument, extends: 'nothing-like-it' }));
      expect(() => readProcess(file)).toThrow(expect.objectContaining({ code: 'SIM_PROCESS_INVALID' }));
      await writeFile(file, '{');
      expect(() => readProcess(file)).toThrow(expect.objectContaining({ code: 'SIM_PROCESS_INVALID' }));
      expect(() => readProcess(join(folder, 'none.json'))).toThrow(expect.objectContaining({ code: 'SIM_PROCESS_INVALID' }));
      expect(() => readProcess('nothing-like-it')).toThrow(expect.objectContaining({ code: 'SIM_PROCESS_UNKNOWN' }));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('ships processes whose covariates this build computes', () => {
    expect(processNames().length).toBeGreaterThan(0);
    for (const name of processNames()) {
      const definition = readProcess(name);
      expect(definition.name).toBe(name);
      expect(readProcess(`${name}-null`)).toEqual(nullOf(definition));
      expect(createProcess(definition, covariateNames).covariates.length).toBeGreaterThan(0);
    }
  });
});
