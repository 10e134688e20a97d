/**
 * What a line of FHIR JSON mentions, found in its bytes: a way to know without parsing that nothing was done to it.
 *
 * Choice  the answer is one-sided: "untouched" is certain, anything else must be parsed. A line with a backslash may write any text in escapes,
 *         one without a plain reference to a patient may name its patient in another form, and an id in unusual spacing is not read: all
 *         of these are parsed
 */
import type { Displacement } from './displacement.ts';

const backslash = 0x5c;
const quote = 0x22;
const patientName = Buffer.from('Patient/', 'latin1');
const encounterName = Buffer.from('Encounter/', 'latin1');
const idName = Buffer.from('"id"', 'latin1');

/**
 * @param type  of the file the line is in
 * @returns     whether no displacement can reach this line
 */
export function untouchedBy(displacement: Displacement, type: string): (line: Buffer) => boolean {
  const ends = (key: string): boolean => displacement.endsRecord(key);
  const displaces = (key: string): boolean => displacement.displacesEncounter(key);
  const isEncounter = type === 'Encounter';
  return (line) =>
    line.indexOf(backslash) === -1 &&
    line.indexOf(patientName) !== -1 &&
    !mentions(line, patientName, ends) &&
    !mentions(line, encounterName, displaces) &&
    !(isEncounter && ownIdMentions(line, displaces));
}

function mentions(line: Buffer, name: Buffer, isNamed: (key: string) => boolean): boolean {
  for (let at = line.indexOf(name); at !== -1; at = line.indexOf(name, at + name.length)) {
    let end = at + name.length;
    while (end < line.length && isIdByte(line[end] as number)) end += 1;
    if (isNamed(line.toString('latin1', at, end))) return true;
  }
  return false;
}

function ownIdMentions(line: Buffer, isNamed: (key: string) => boolean): boolean {
  for (let at = line.indexOf(idName); at !== -1; at = line.indexOf(idName, at + idName.length)) {
    const from = at + idName.length + 2;
    if (line[from - 2] !== 0x3a || line[from - 1] !== quote) return true;
    let end = from;
    while (end < line.length && line[end] !== quote) end += 1;
    if (isNamed(`Encounter/${line.toString('latin1', from, end)}`)) return true;
  }
  return false;
}

/** a to z, 0 to 9, A to Z, "-" and ".". */
function isIdByte(byte: number): boolean {
  if (byte >= 0x61) return byte <= 0x7a;
  if (byte >= 0x41) return byte <= 0x5a;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e;
}
