/**
 * A unit as it is printed: UCUM codes are for machines, "Cel" and "10*3/uL" for nobody who reads.
 *
 * Source  UCUM 2.1, ucum.org: print symbols
 */
const printed: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[degF]': '°F',
  'mm[Hg]': 'mmHg',
  '{#}': 'count',
  '/min': 'per minute',
  '[in_i]': 'in',
  '[lb_av]': 'lb',
  a: 'years',
  d: 'days',
};

/** "mm[Hg]" → "mmHg", "10*3/uL" → "10³/µL", "{score}" → "score"; a unit without a print form stays as it is. */
export function unitText(unit: string): string {
  if (Object.hasOwn(printed, unit)) return printed[unit] as string;
  return unit
    .replace(/^\{([^{}]+)\}$/, '$1')
    .replace(/\bu(?=[LgmM])/g, 'µ')
    .replace(/10\*(\d+)/g, (_, power: string) => `10${raised(power)}`)
    .replace(/\bm(2|3)\b/g, (_, power: string) => `m${raised(power)}`);
}

function raised(digits: string): string {
  return digits.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
}
