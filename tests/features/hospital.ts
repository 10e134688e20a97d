/** A small hospital made of chance: patients with stays, visits, conditions, results, orders and procedures over three years. */
import { randomStream, type RandomStream } from '../../src/util/random.ts';
import { expand, type Resource } from '../cases/compact.ts';

const day = 86_400_000;
const start = Date.UTC(2019, 0, 1);
const reasons = ['233604007', '88805009', '22298006', '47693006', '230690007', '6525002'];
const conditions = [
  '88805009',
  '44054006',
  '127013003',
  '185086009',
  '254837009',
  '94260004',
  '59621000',
  '73438004',
  '370143000',
  '431855005',
];
const results: readonly (readonly [string, number, number, string])[] = [
  ['718-7', 7, 16, 'g/dL'],
  ['2951-2', 125, 150, 'mmol/L'],
  ['2160-0', 0.5, 6, 'mg/dL'],
  ['4548-4', 5, 11, '%'],
  ['8310-5', 96, 103, '[degF]'],
  ['39156-5', 18, 45, 'kg/m2'],
];
const drugs = ['855332', '865098', '312961', '309362', '860975', '1049221'];
const procedures = ['232717009', '265764009', '116861002', '112798008', '710824005', '703423002'];

export const iso = (ms: number): string => new Date(ms).toISOString();
export const pick = <T>(stream: RandomStream, values: readonly T[]): T => values[stream.below(values.length)] as T;

/** Ids are zero-padded, so that text order is number order. Events fall between 2019 and 2021. */
export function hospital(seed: number, patients: number): Resource[] {
  const stream = randomStream(seed, 0);
  const lines = Array.from({ length: patients }, (_, p) => patientLines(stream, `p${String(p).padStart(4, '0')}`)).flat();
  return expand(lines);
}

function patientLines(stream: RandomStream, p: string): string[] {
  const when = (): number => start + Math.floor(stream.uniform() * 1000) * day + stream.below(day);
  const lines = [`Patient ${p} born=19${40 + stream.below(50)}-0${1 + stream.below(9)} sex=${pick(stream, ['female', 'male'])}`];
  const count = (most: number): number => stream.below(most + 1);
  const stays = 1 + count(4);
  const hospitals = ['north', 'south'];
  for (let s = 0; s < stays; s += 1) {
    const id = `${p}-s${s}`;
    const admit = when();
    const end = admit + day / 2 + Math.floor(stream.uniform() * 9 * day);
    const type = stream.below(5) === 0 ? ' type=183495009' : '';
    lines.push(
      `IMP ${id} ${iso(admit)}/${iso(end)} of=${p} at=${pick(stream, hospitals)} reason=${pick(stream, reasons)}${type}`,
    );
    if (stream.below(3) === 0) lines.push(`EMER ${id}-e ${iso(admit - day / 4)}/${iso(admit)} of=${p}`);
    const inside = (): string => iso(admit + Math.floor(stream.uniform() * (end - admit)));
    for (let i = count(3); i > 0; i -= 1) lines.push(observation(stream, `${id}-o${i}`, p, inside(), id));
    for (let i = count(2); i > 0; i -= 1)
      lines.push(`Procedure ${id}-x${i} of=${p} code=${pick(stream, procedures)} on=${inside()} in=${id}`);
    for (let i = count(2); i > 0; i -= 1)
      lines.push(`Order ${id}-m${i} of=${p} code=${pick(stream, drugs)} on=${inside()} in=${id}`);
  }
  for (let i = count(5); i > 0; i -= 1) {
    const begin = when();
    lines.push(`${pick(stream, ['AMB', 'EMER', 'HH'])} ${p}-v${i} ${iso(begin)}/${iso(begin + 7_200_000)} of=${p}`);
  }
  for (let i = count(4); i > 0; i -= 1) {
    const begin = when();
    const until = stream.below(2) === 0 ? ` until=${iso(begin + stream.below(400) * day).slice(0, 10)}` : '';
    lines.push(
      `Condition ${p}-c${i} of=${p} code=${pick(stream, conditions)} from=${iso(begin).slice(0, pick(stream, [7, 10, 24]))}${until}`,
    );
  }
  for (let i = count(3); i > 0; i -= 1) lines.push(`Order ${p}-m${i} of=${p} code=${pick(stream, drugs)} on=${iso(when())}`);
  for (let i = count(2); i > 0; i -= 1) lines.push(observation(stream, `${p}-o${i}`, p, iso(when())));
  return lines;
}

function observation(stream: RandomStream, id: string, patient: string, on: string, encounter?: string): string {
  const [code, low, high, unit] = pick(stream, results);
  const value = Math.round((low + stream.uniform() * (high - low)) * 10) / 10;
  return `Observation ${id} of=${patient} code=${code} value=${value} unit=${unit} on=${on}${encounter === undefined ? '' : ` in=${encounter}`}`;
}

/** Facts of any type dated after `after`, and the parts of a fact, so that a later entry of it can be written. */
export function laterFacts(seed: number, after: number, before: readonly Resource[], count: number): Resource[] {
  const stream = randomStream(seed, 1);
  const patients = before.filter(({ resourceType }) => resourceType === 'Patient').map(({ id }) => id);
  const encounters = before.filter(({ resourceType }) => resourceType === 'Encounter');
  const lines = Array.from({ length: count }, (_, i) => {
    const p = pick(stream, patients);
    const own = encounters.filter(({ id }) => id.startsWith(p)).map(({ id }) => id);
    // Half of them are entered under an encounter that was over long before.
    const within = own.length > 0 && stream.below(2) === 0 ? ` in=${pick(stream, own)}` : '';
    const on = iso(after + 1 + Math.floor(stream.uniform() * stream.uniform() * 400 * day));
    const earlier = iso(after - Math.floor(stream.uniform() * 300 * day));
    const year = String(new Date(after).getUTCFullYear());
    const id = `later-${i}`;
    switch (stream.below(10)) {
      case 0:
        return `Condition ${id} of=${p} code=${pick(stream, conditions)} from=${on}`;
      case 1:
        return `Condition ${id} of=${p} code=${pick(stream, conditions)} from=${earlier} recorded=${on}`;
      case 2:
        return `Condition ${id} of=${p} code=${pick(stream, conditions)} from=${year}`;
      case 3:
        return observation(stream, id, p, on) + within;
      case 4:
        return `${observation(stream, id, p, earlier)} issued=${on}${within}`;
      case 5:
        return `Order ${id} of=${p} code=${pick(stream, drugs)} on=${pick(stream, [on, year])}${within}`;
      case 6:
        return `Procedure ${id} of=${p} code=${pick(stream, procedures)} on=${on}${within}`;
      case 7:
        // Later than the gap of a transfer: an admission within it would change the stay itself.
        return `IMP ${id} ${iso(after + day + 1 + Math.floor(stream.uniform() * 100 * day))}/${pick(stream, ['', iso(after + 200 * day)])} of=${p} reason=${pick(stream, reasons)} at=north`;
      default:
        return `${pick(stream, ['AMB', 'EMER', 'HH'])} ${id} ${pick(stream, [on, year])}/${pick(stream, ['', iso(after + 200 * day)])} of=${p}`;
    }
  });
  return expand([...lines, 'Patient unused born=1950']).filter(({ id }) => id !== 'unused');
}

/** The same records as someone finds them who looks later: what is filled in afterwards is filled in otherwise. */
export function filledInLater(seed: number, after: number, resources: readonly Resource[]): Resource[] {
  const stream = randomStream(seed, 2);
  const later = (): string => iso(after + day + Math.floor(stream.uniform() * 500 * day));
  const isLater = (text: unknown): boolean => typeof text !== 'string' || Date.parse(text) > after + day;
  const status = (system: string, values: readonly string[]): object => ({ coding: [{ system, code: pick(stream, values) }] });
  return resources.map((resource): Resource => {
    if (stream.below(2) === 0) return resource;
    switch (resource.resourceType) {
      case 'Patient':
        return { ...resource, deceasedDateTime: later(), maritalStatus: { text: 'W' } };
      case 'Condition':
        return {
          ...resource,
          ...(isLater(resource['abatementDateTime'])
            ? { abatementDateTime: pick(stream, [later(), later().slice(0, 10), undefined]) }
            : {}),
          clinicalStatus: status('http://terminology.hl7.org/CodeSystem/condition-clinical', [
            'active',
            'resolved',
            'inactive',
            'remission',
          ]),
        };
      case 'Encounter': {
        const period = resource['period'] as { start?: string; end?: string };
        const open = isLater(period.end) && Date.parse(period.start ?? '') <= after;
        return {
          ...resource,
          status: pick(stream, ['finished', 'in-progress', 'onleave', 'unknown']),
          hospitalization: { dischargeDisposition: { coding: [{ code: pick(stream, ['home', '01', 'snf']) }] } },
          ...(open ? { period: { start: period.start, end: pick(stream, [later(), undefined]) } } : {}),
        };
      }
      case 'MedicationRequest':
        return { ...resource, status: pick(stream, ['active', 'stopped', 'completed', 'cancelled', 'on-hold']) };
      default:
        return resource;
    }
  });
}
