/**
 * Patients whose ids occur in training: the flag that says they are others, and the notice that tells how many discharges it is about.
 */
import { Option } from 'commander';
import type { SeenCounts } from '../training/index.ts';
import type { Terminal } from './terminal.ts';

export interface OtherPatientsFlag {
  otherPatients?: boolean;
}

export function otherPatientsOption(): Option {
  return new Option(
    '--other-patients',
    'patients of another hospital: where their ids occur in training too, they merely coincide (default: equal id, same patient, left out)',
  );
}

/** A notice where there is something to say. @param discharges  all, those left out among them */
export function tellSeen(terminal: Pick<Terminal, 'note'>, counts: SeenCounts, discharges: number): void {
  const note = seenNote(counts, discharges);
  if (note !== null) terminal.note(note);
}

/**
 * @param discharges  all, those left out among them
 * @returns           null where there is nothing to say
 */
function seenNote({ seenLeftOut, seenMayCoincide, sameIdsKept }: SeenCounts, discharges: number): string | null {
  if (sameIdsKept !== null) {
    return `--other-patients: ${sameIdsKept} of ${discharges} discharges are kept whose patient ids occur in training; the results say so`;
  }
  if (!seenMayCoincide) return null;
  return (
    `${seenLeftOut} of ${discharges} discharges left out because their patient ids occur in training; if this is another hospital whose ids ` +
    'merely coincide, say --other-patients'
  );
}
