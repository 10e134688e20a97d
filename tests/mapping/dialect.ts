/** A hospital's records as another hospital would write them: local classes, dispositions and code systems, stays cut into parts; and the mapping that reads them. */
import { parseSiteMapping, settleMapping, type SettledMapping } from '../../src/mapping/index.ts';
import type { Resource } from '../cases/compact.ts';

const classes: Readonly<Record<string, string>> = { IMP: 'stationär', EMER: 'notfall', AMB: 'ambulant', HH: 'heim' };
const systems: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'urn:oid:2.16.840.1.113883.6.96',
  'http://loinc.org': 'https://labor.example/loinc',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'https://apotheke.example/rxnorm',
};

export const dialectMapping: SettledMapping = settleMapping(
  parseSiteMapping(
    {
      name: 'dialect',
      description: 'made by a test',
      encounter: {
        rules: [
          { kind: 'part-of', when: "partOf.exists() and type.coding.where(code = 'station').exists()", why: 'wards' },
          { kind: 'ignored', when: "meta.tag.where(code = 'test').exists()", why: 'test records' },
          { kind: 'inpatient', when: "class.code = 'stationär'", why: 'class' },
          { kind: 'emergency', when: "class.code = 'notfall'", why: 'class' },
          { kind: 'outpatient', when: "class.code = 'ambulant'", why: 'class' },
          { kind: 'home', when: "class.code = 'heim'", why: 'class' },
        ],
        disposition: {
          codes: [
            { system: 'urn:abgang', code: '07', meaning: 'expired' },
            { system: 'urn:abgang', code: '01', meaning: 'home' },
          ],
        },
      },
      codeSystems: [
        { from: 'https://labor.example/loinc', to: 'http://loinc.org' },
        { from: 'https://apotheke.example/rxnorm', to: 'http://www.nlm.nih.gov/research/umls/rxnorm' },
      ],
    },
    'dialect',
  ),
  true,
);

/** The same facts; every inpatient encounter ends with its last ward, and what was done in it is recorded in a ward. */
export function inDialect(resources: readonly Resource[]): Resource[] {
  const spoken = JSON.parse(
    JSON.stringify(resources, (key, value: unknown) =>
      key === 'system' && typeof value === 'string' ? (systems[value] ?? value) : value,
    ),
  ) as Resource[];
  const inpatient = new Set(
    spoken.filter((r) => (r['class'] as { code?: string } | undefined)?.code === 'IMP').map((r) => `Encounter/${r.id}`),
  );
  return spoken.flatMap((resource): Resource[] => {
    if (resource.resourceType !== 'Encounter') return [inWard(resource, inpatient)];
    const code = (resource['class'] as { code: string }).code;
    const own = { ...resource, class: { code: classes[code] ?? code } };
    if (code !== 'IMP') return [own];
    const { start, end } = resource['period'] as { start: string; end?: string };
    const middle = end === undefined ? start : new Date((Date.parse(start) + Date.parse(end)) / 2).toISOString();
    const ward = (id: string, period: object): Resource => ({
      resourceType: 'Encounter',
      id: `${resource.id}-${id}`,
      status: resource['status'],
      class: own.class,
      type: [{ coding: [{ code: 'station' }] }],
      subject: resource['subject'],
      partOf: { reference: `Encounter/${resource.id}` },
      period,
    });
    return [
      { ...own, period: { start } },
      ward('w2', { start: middle, ...(end && { end }) }),
      ward('w1', { start, end: middle }),
      { ...own, id: `${resource.id}-test`, meta: { tag: [{ code: 'test' }] } },
    ];
  });
}

function inWard(resource: Resource, inpatient: ReadonlySet<string>): Resource {
  const reference = (resource['encounter'] as { reference?: string } | undefined)?.reference;
  return reference !== undefined && inpatient.has(reference)
    ? { ...resource, encounter: { reference: `${reference}-w2` } }
    : resource;
}
