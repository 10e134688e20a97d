/** Units as people print them. */
import { expect, it } from '@jest/globals';
import { unitText } from '../../src/util/unit-text.ts';

it.each([
  ['Cel', '°C'],
  ['mm[Hg]', 'mmHg'],
  ['10*3/uL', '10³/µL'],
  ['kg/m2', 'kg/m²'],
  ['{score}', 'score'],
  ['{#}', 'count'],
  ['/min', 'per minute'],
  ['mg/dL', 'mg/dL'],
  ['mmol/L', 'mmol/L'],
  ['flag', 'flag'],
  ['', ''],
  ['constructor', 'constructor'],
])('%s is printed as "%s"', (code, printed) => {
  expect(unitText(code)).toBe(printed);
});
