/** Keys in words, and bands in shapes. */
import { expect, test } from '@jest/globals';
import { bandMark } from '../../src/web/text/band-shape.ts';
import { codeText, featureName, keyWords, modelName, shownUnit, sortedModels } from '../../src/web/text/names.ts';

test.each([
  [featureName('prior_admissions_365d'), 'prior admissions, 365 days'],
  [featureName('last_sodium'), 'last sodium'],
  [keyWords('KnownRisksAndLimitations'), 'Known risks and limitations'],
  [keyWords('AISystemFacts'), 'AI system facts'],
  [codeText('http://loinc.org|3094-0'), 'LOINC\u00a03094-0'],
  [codeText('urn:oid:1.2|x'), 'urn:oid:1.2\u00a0x'],
  [codeText('IMP'), 'IMP'],
  [codeText(null), ''],
  [shownUnit('mm[Hg]'), 'mmHg'],
  [shownUnit('{flag}'), ''],
  [modelName('lace'), 'LACE'],
  [modelName('constructor'), 'constructor'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});

test('models: the forest first, those without a name last', () => {
  expect(sortedModels(['zeta', 'lace', 'alpha', 'forest'])).toEqual(['forest', 'lace', 'alpha', 'zeta']);
});

test('bands differ in shape', () => {
  const bands = ['low', 'moderate', 'high'];
  expect(new Set(bands.map((band) => bandMark(band, bands).shape)).size).toBe(3);
  expect(bandMark('red', ['green', 'red'])).toEqual({ shape: 'triangle', rank: 1 });
  expect(bandMark('high', [])).toEqual({ shape: 'triangle', rank: null });
  expect(bandMark('constructor', [])).toEqual({ shape: 'square', rank: null });
});
