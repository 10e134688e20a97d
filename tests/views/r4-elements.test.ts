/** The element table against the R4 types of @types/fhir: names, arrays and choices. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { choiceName, elementsOf, isResourceType, knownTypes, primitiveSqlType } from '../../src/views/r4-elements.ts';

const packageFile = createRequire(import.meta.url).resolve('@types/fhir/package.json');
const source = readFileSync(join(dirname(packageFile), 'r4.d.ts'), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');

/** `Patient.contact` is PatientContact there. */
const interfaceOf = (type: string): string => type.replaceAll(/\.([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/** Elements of an interface, inherited ones included, as `name: type` with the type of primitives as in JSON. */
function theirElements(name: string): Map<string, string> {
  const found = new RegExp(`export interface ${name}(?: extends ([\\w, ]+))? \\{([\\s\\S]*?)\\n\\}`).exec(source);
  if (found === null) throw new Error(`no interface ${name} in @types/fhir`);
  const inherited = (found[1] ?? '')
    .split(/,\s*/)
    .filter(Boolean)
    .flatMap((base) => [...theirElements(base)]);
  const own = [...(found[2] ?? '').matchAll(/^\s+(?:readonly )?([a-z]\w*)\??:\s*([^;]+);/gm)].map(
    ([, key = '', text = '']): [string, string] => {
      const whole = text.replace(/\s*\|\s*undefined$/, '');
      const isMany = whole.endsWith('[]');
      const type = isMany ? whole.slice(0, -2) : whole;
      return [key, (/^\(?['"]/.test(type) ? 'string' : type) + (isMany ? '[]' : '')];
    },
  );
  return new Map([...inherited, ...own]);
}

function ourElements(type: string): Map<string, string> {
  const json: Readonly<Record<string, string>> = { BOOLEAN: 'boolean', INTEGER: 'number', DOUBLE: 'number', VARCHAR: 'string' };
  return new Map(
    [...(elementsOf(type)?.values() ?? [])].flatMap((element) =>
      element.types.map((one): [string, string] => {
        const name = element.isChoice ? choiceName(element.name, one) : element.name;
        return [name, (json[primitiveSqlType(one) ?? ''] ?? interfaceOf(one)) + (element.isMany ? '[]' : '')];
      }),
    ),
  );
}

test('the table holds the resources of the views and their datatypes', () => {
  expect(knownTypes().filter(isResourceType)).toEqual([
    'Patient',
    'Encounter',
    'Condition',
    'Observation',
    'Procedure',
    'MedicationRequest',
    'Medication',
  ]);
  expect(knownTypes().length).toBeGreaterThan(40);
});

test.each(knownTypes())('%s has the elements of FHIR R4, no more, no fewer', (type) => {
  const [ours, theirs] = [ourElements(type), theirElements(interfaceOf(type))];
  theirs.delete('contained');
  // Inner elements of datatypes are Element in R4, without modifierExtension; @types/fhir makes them BackboneElement.
  if (type === 'Dosage.doseAndRate' || type === 'Timing.repeat') theirs.delete('modifierExtension');
  if (type === 'Extension') {
    for (const name of theirs.keys()) if (name.startsWith('value') && !ours.has(name)) theirs.delete(name);
  }
  expect(Object.fromEntries([...ours].sort())).toEqual(Object.fromEntries([...theirs].sort()));
});

test('every type that is named is in the table or a primitive', () => {
  const missing = knownTypes()
    .flatMap((type) => [...(elementsOf(type)?.values() ?? [])].flatMap((element) => element.types))
    .filter((type) => elementsOf(type) === undefined && primitiveSqlType(type) === undefined);
  expect(missing).toEqual([]);
});
