/**
 * What this server can do, as a CapabilityStatement made from the same tables that do it.
 */
import type { ResourceStore } from './resource-store.ts';
import { searchParametersOf } from './search-parameters.ts';
import type { SearchLimits } from './search-request.ts';

export function capabilityStatement(store: ResourceStore, base: string, limits: SearchLimits): fhir4.CapabilityStatement {
  const types = [...store.types.keys()];
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: store.manifest.transactionTime,
    kind: 'instance',
    software: { name: 'fhir-readmission-risk embedded FHIR server' },
    implementation: { description: 'Read-only FHIR server over a landing folder', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation:
          `Search by GET and by POST _search, with _count (at most ${limits.maxPageSize}, ${limits.defaultPageSize} when absent), _sort (dates and _id), ` +
          '_summary=count, _total, _include and _revinclude. No modifiers, no chains. Anything else is refused with 400.',
        resource: types.map((type) => resourceOf(type, types)),
      },
    ],
  };
}

function resourceOf(type: string, types: readonly string[]): fhir4.CapabilityStatementRestResource {
  const parameters = [...searchParametersOf(type)];
  const searchInclude = parameters.filter(([, p]) => p.kind === 'reference').map(([name]) => `${type}:${name}`);
  const searchRevInclude = types.flatMap((source) =>
    [...searchParametersOf(source)]
      .filter(([, p]) => p.kind === 'reference' && p.targets.includes(type))
      .map(([name]) => `${source}:${name}`),
  );
  return {
    type: type as fhir4.CapabilityStatementRestResource['type'],
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    versioning: 'no-version',
    referencePolicy: ['literal'],
    ...(searchInclude.length > 0 ? { searchInclude } : {}),
    ...(searchRevInclude.length > 0 ? { searchRevInclude } : {}),
    searchParam: parameters.map(([name, { kind }]) => ({ name, type: kind })),
    ...(type === 'Patient'
      ? { operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] }
      : {}),
  };
}
