/**
 * Pairing: on which index discharges two arms can be compared.
 *
 * In      the index discharges and outcomes of two arms
 * Out     the kind of pairing with its counts, said in one sentence; the rows of each arm that are compared
 * Choice  a discharge that the two arms give another outcome has no outcome to be judged by: it is left out and counted
 */

interface Rows {
  readonly indexIds: readonly string[];
  readonly patientIds: readonly string[];
  readonly outcome: Uint8Array;
}

export interface Pairing {
  /** The same rows and outcomes; those both have; or each arm's own. */
  readonly kind: 'identical' | 'common' | 'unpaired';
  /** Index discharges compared, events and patients among them; of unpaired arms null. */
  readonly rows: number | null;
  readonly events: number | null;
  readonly patients: number | null;
  /** Index discharges of one arm alone, and of both with another outcome. */
  readonly onlyArm: number;
  readonly onlyReference: number;
  readonly otherOutcome: number;
  readonly note: string;
}

/** Events, and others, below which common rows say too little. */
const fewestOfEither = 10;

export function pairArms(arm: Rows, reference: Rows): { pairing: Pairing; rows: { arm: Int32Array; reference: Int32Array } } {
  const rowOf = new Map(reference.indexIds.map((id, row) => [id, row] as const));
  const ours: number[] = [];
  const theirs: number[] = [];
  let both = 0;
  for (const [row, id] of arm.indexIds.entries()) {
    const other = rowOf.get(id);
    if (other === undefined) continue;
    both += 1;
    if (arm.outcome[row] !== reference.outcome[other]) continue;
    ours.push(row);
    theirs.push(other);
  }
  const onlyArm = arm.indexIds.length - both;
  const onlyReference = reference.indexIds.length - both;
  const otherOutcome = both - ours.length;
  const events = ours.reduce((sum, row) => sum + (arm.outcome[row] as number), 0);
  const left = { onlyArm, onlyReference, otherOutcome };
  const compared = { rows: ours.length, events, patients: new Set(ours.map((row) => arm.patientIds[row])).size };
  const rows = { arm: Int32Array.from(ours), reference: Int32Array.from(theirs) };
  if (onlyArm + onlyReference + otherOutcome === 0 && isInOrder(ours) && isInOrder(theirs)) {
    return { pairing: { kind: 'identical', ...compared, ...left, note: 'paired on identical index discharges' }, rows };
  }
  const counts = `${onlyArm} index discharges of the arm alone, ${onlyReference} of the reference alone, ${otherOutcome} with another outcome`;
  if (Math.min(events, ours.length - events) >= fewestOfEither) {
    const note = `paired on the ${ours.length} index discharges both have with equal outcome (${events} events); left out: ${counts}`;
    return { pairing: { kind: 'common', ...compared, ...left, note }, rows };
  }
  const note = `not paired: ${ours.length} index discharges with equal outcome hold ${events} events, too few; each arm on its own rows. ${counts}`;
  return { pairing: { kind: 'unpaired', rows: null, events: null, patients: null, ...left, note }, rows };
}

function isInOrder(rows: readonly number[]): boolean {
  return rows.every((row, i) => row === i);
}
