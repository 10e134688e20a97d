/**
 * The StructureDefinitions of the extensions, from the table they are written by (./extensions.ts).
 *
 * Choice  differentials only: snapshots are made by whoever validates, with the base definitions they have
 * Source  FHIR R4 structuredefinition.html, defining-extensions.html
 */
import { canonical, fhirVersion, nameOf, publication } from './canonical.ts';
import { extensionSpecifications, type ExtensionPart, type ExtensionSpecification } from './extensions.ts';

export function extensionDefinitions(): fhir4.StructureDefinition[] {
  return Object.values<ExtensionSpecification>(extensionSpecifications).map(extensionDefinition);
}

function extensionDefinition(specification: ExtensionSpecification): fhir4.StructureDefinition {
  const { id, title, description, context, value, parts } = specification;
  const url = canonical('StructureDefinition', id);
  const elements: fhir4.ElementDefinition[] =
    value === undefined
      ? [
          ...Object.entries(parts ?? {}).flatMap(([name, part]) => partElements(name, part)),
          fixedUrl('Extension.url', url),
          noValue('Extension.value[x]'),
        ]
      : [
          { id: 'Extension.extension', path: 'Extension.extension', max: '0' },
          fixedUrl('Extension.url', url),
          { id: 'Extension.value[x]', path: 'Extension.value[x]', short: value.short, min: 1, type: [{ code: value.type }] },
        ];
  return {
    resourceType: 'StructureDefinition',
    id,
    url,
    ...publication,
    name: nameOf(id),
    title,
    description,
    fhirVersion,
    kind: 'complex-type',
    abstract: false,
    context: [{ type: 'element', expression: context }],
    type: 'Extension',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Extension',
    derivation: 'constraint',
    differential: {
      element: [
        { id: 'Extension', path: 'Extension', short: title, definition: description, min: 0, max: specification.max },
        ...elements,
      ],
    },
  };
}

function partElements(name: string, { type, min, max, short }: ExtensionPart): fhir4.ElementDefinition[] {
  const id = `Extension.extension:${name}`;
  const path = 'Extension.extension';
  return [
    { id, path, sliceName: name, short, min, max },
    { id: `${id}.extension`, path: `${path}.extension`, max: '0' },
    fixedUrl(`${id}.url`, name, `${path}.url`),
    { id: `${id}.value[x]`, path: `${path}.value[x]`, min: 1, type: [{ code: type }] },
  ];
}

function fixedUrl(id: string, url: string, path = id): fhir4.ElementDefinition {
  return { id, path, fixedUri: url };
}

function noValue(id: string): fhir4.ElementDefinition {
  return { id, path: id, max: '0' };
}
