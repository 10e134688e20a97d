/**
 * What was known of a patient's last time at the prediction time, as events in order: encounters and measured values.
 *
 * In      rows of known-events.sql, the prediction time, how many days before it are wanted
 * Out     events that had not ended before these days, oldest first; each resource once, an Observation once for each value it holds
 * Choice  an event is kept by the instant it ended, so that a stay that reaches into the days is whole
 */
import { z } from 'zod';
import { readFamilies } from '../features/index.ts';
import { readRelation, type Row } from '../warehouse/index.ts';

export const knownEventSchema = z
  .strictObject({
    kind: z.string().meta({
      description:
        'Of an encounter by the site mapping (inpatient, emergency, observation, nursing, outpatient, home, other); measurement',
    }),
    start: z.string(),
    end: z.string().nullable().meta({ description: 'null where it lay after the prediction time, or is not known' }),
    analyte: z.string().nullable().meta({ description: 'Of a measurement' }),
    value: z.number().nullable(),
    unit: z.string().nullable(),
    resource: z.string().meta({ description: '`Type/id`' }),
    inStay: z.boolean().meta({ description: 'Part of the stay that is scored' }),
  })
  .meta({ id: 'KnownEvent' });

export type KnownEvent = z.infer<typeof knownEventSchema>;

const dayMs = 86_400_000;

export function readKnownEventsSelect(): string {
  return readRelation(new URL('./known-events.sql', import.meta.url)).sql;
}

/** @param days  before the prediction time, above 0 */
export function knownEvents(rows: readonly Row[], asOfMs: number, days: number): KnownEvent[] {
  const fromMs = asOfMs - days * dayMs;
  const seen = new Set<string>();
  return rows
    .filter((row) => {
      const key = keyOf(row);
      if (seen.has(key) || Number(row['end_ms'] ?? row['start_ms']) < fromMs) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => Number(a['start_ms']) - Number(b['start_ms']) || (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((row) => {
      const analyte = typeof row['analyte'] === 'string' ? row['analyte'] : null;
      return {
        kind: String(row['kind']),
        start: instant(row['start_ms']),
        end: row['end_ms'] === null ? null : instant(row['end_ms']),
        analyte,
        value: typeof row['value'] === 'number' ? row['value'] : null,
        unit: analyte === null ? null : (unitOf().get(analyte) ?? null),
        resource: String(row['resource_id']),
        inStay: row['in_stay'] === 1,
      };
    });
}

function keyOf(row: Row): string {
  return `${String(row['resource_id'])} ${String(row['analyte'])}`;
}

let units: ReadonlyMap<string, string> | undefined;

/** Unit of each analyte: that of the feature with its last value. */
function unitOf(): ReadonlyMap<string, string> {
  const features = (): [string, string][] =>
    readFamilies().flatMap((family) =>
      family.features.map(({ name, unit }) => [name.replace(/^last_/, ''), unit] as [string, string]),
    );
  return (units ??= new Map(features()));
}

function instant(ms: unknown): string {
  return new Date(Number(ms)).toISOString();
}
