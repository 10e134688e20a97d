/**
 * Events of a patient as lanes to draw and as series of laboratory values.
 *
 * Choice  laboratory values of one day are one mark on the lane; what they are is said where one is chosen
 */
import type { TimelineEvent } from '../../server/page/page-answers.ts';

export interface LaneEvent {
  readonly kind: TimelineEvent['kind'];
  readonly start: Date;
  readonly end: Date;
  readonly iso: string;
  readonly isoEnd: string | null;
  readonly label: string;
  /** Part of the stay that is scored. */
  readonly index: boolean;
}

export interface Lanes {
  /** Oldest first. */
  readonly events: readonly LaneEvent[];
  /** Lanes that have an event, in the order they are drawn. */
  readonly kinds: readonly TimelineEvent['kind'][];
}

const order: readonly TimelineEvent['kind'][] = ['inpatient', 'emergency', 'outpatient', 'laboratory'];

export function lanesOf(timeline: readonly TimelineEvent[]): Lanes {
  const days = new Set<string>();
  const events = timeline
    .filter(({ start }) => Number.isFinite(Date.parse(start)))
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
    .flatMap((event): LaneEvent[] => {
      const { kind, start, end, index } = event;
      if (kind === 'laboratory') {
        const day = start.slice(0, 10);
        if (days.has(day)) return [];
        days.add(day);
      }
      const from = new Date(start);
      const to = end === null || !Number.isFinite(Date.parse(end)) ? from : new Date(end);
      const label = kind === 'laboratory' ? 'laboratory values' : event.label;
      return [{ kind, start: from, end: to, iso: start, isoEnd: end, label, index }];
    });
  return { events, kinds: order.filter((kind) => events.some((event) => event.kind === kind)) };
}

export interface LaboratorySeries {
  readonly label: string;
  readonly unit: string | null;
  /** Oldest first. */
  readonly points: readonly { readonly at: Date; readonly iso: string; readonly value: number }[];
}

/** Both ends of an axis for the values of a series, with room around a value that never changed. */
export function valueDomain(series: LaboratorySeries | undefined): [number, number] {
  const values = (series?.points ?? []).map(({ value }) => value);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.08 * (high - low) : Math.max(Math.abs(high) * 0.1, 0.1);
  return [low - room, high + room];
}

/** Values by label and unit, those with most values first. */
export function laboratorySeries(timeline: readonly TimelineEvent[]): LaboratorySeries[] {
  const byLabel = new Map<string, { label: string; unit: string | null; points: { at: Date; iso: string; value: number }[] }>();
  for (const { kind, label, unit, value, start } of timeline) {
    if (kind !== 'laboratory' || value === null || !Number.isFinite(Date.parse(start))) continue;
    const key = JSON.stringify([label, unit]);
    const series = byLabel.get(key) ?? { label, unit, points: [] };
    series.points.push({ at: new Date(start), iso: start, value });
    byLabel.set(key, series);
  }
  for (const { points } of byLabel.values()) points.sort((a, b) => a.at.getTime() - b.at.getTime());
  return [...byLabel.values()].sort((a, b) => b.points.length - a.points.length || (a.label < b.label ? -1 : 1));
}
