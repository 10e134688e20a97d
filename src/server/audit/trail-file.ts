/**
 * The files of an audit trail: their names, their order, and the record that heads each.
 *
 * Choice  the name carries number and UTC day, so that what a rule of retention is about can be seen and moved without opening it
 * Choice  the head names the file before and the hash it ended with: a file that is missing, cut or exchanged shows in the next one
 */
import type { StoredLine } from './chain-line.ts';

export const trailFormat = 'readmission-audit';
export const trailVersion = 1;

export interface TrailFile {
  readonly name: string;
  /** From 1, without a gap. */
  readonly number: number;
  /** UTC day on which it was begun: 2024-03-08. */
  readonly day: string;
}

/** Why a file was left before its time, and another begun. */
export type Displacement = 'deleted' | 'replaced' | 'resized';

export interface Head {
  readonly kind: 'head';
  readonly format: string;
  readonly version: number;
  /** null in the first file of all. */
  readonly previous: { readonly file: string; readonly hash: string } | null;
  /** What had become of the file before, where it was not simply full. */
  readonly displaced?: Displacement;
}

export function trailFile(number: number, day: string): TrailFile {
  return { name: `audit-${String(number).padStart(6, '0')}-${day}.ndjson`, number, day };
}

/** The trail's files among these names, in order; what else lies in the folder is none of ours. */
export function trailFilesOf(names: readonly string[]): TrailFile[] {
  return names
    .flatMap((name) => {
      const [, number, day] = /^audit-(\d{6,})-(\d{4}-\d{2}-\d{2})\.ndjson$/.exec(name) ?? [];
      return number === undefined || day === undefined ? [] : [{ name, number: Number(number), day }];
    })
    .sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

export function isHead(stored: StoredLine | null): stored is StoredLine & Head {
  if (stored?.kind !== 'head') return false;
  const { format, version, previous } = stored as Partial<Head>;
  return typeof format === 'string' && typeof version === 'number' && (previous === null || typeof previous?.hash === 'string');
}
