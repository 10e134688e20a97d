/**
 * The way from the average output to that of one discharge, reason by reason: which bar goes from where to where.
 *
 * Choice  the largest are shown one by one, the others together, so that the bars add up to the output
 */
export interface Attributed {
  readonly feature: string;
  readonly words: string;
  readonly attribution: number;
  readonly resources: readonly string[];
}

export interface Step {
  /** null: the reasons that are not shown one by one. */
  readonly reason: Attributed | null;
  readonly from: number;
  readonly to: number;
}

export interface Waterfall {
  readonly steps: readonly Step[];
  /** How many reasons the last step joins; 0 without such a step. */
  readonly joined: number;
  readonly start: number;
  readonly end: number;
}

/** @param top  the most reasons shown one by one, of the largest attributions */
export function waterfallOf(start: number, end: number, reasons: readonly Attributed[], top: number): Waterfall {
  const moving = reasons
    .filter(({ attribution }) => attribution !== 0)
    .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
  // A row for "one other" would say less than that one's own.
  const shown = moving.slice(0, moving.length === top + 1 ? top + 1 : top);
  const steps: Step[] = [];
  let level = start;
  for (const reason of shown) {
    steps.push({ reason, from: level, to: level + reason.attribution });
    level += reason.attribution;
  }
  const joined = moving.length - shown.length;
  // What is left also takes up the rounding of the sum.
  if (joined > 0 || Math.abs(end - level) > 1e-6) steps.push({ reason: null, from: level, to: end });
  return { steps, joined, start, end };
}

/** Both ends of an axis on which every bar lies, with a little room. */
export function waterfallDomain({ steps, start, end }: Waterfall): [number, number] {
  const ends = [start, end, ...steps.flatMap(({ from, to }) => [from, to])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = Math.max(0.004, 0.08 * (high - low));
  return [Math.max(0, low - room), Math.min(1, high + room)];
}
