/**
 * Progress of long work, told by the worker and drawn by whoever called it (a bar in the command line, nothing in tests).
 */
export interface Progress {
  /** What is being done, a short noun of the field: "trees", "pages". */
  readonly task: string;
  /** Units finished so far. */
  readonly done: number;
  /** Units in all; undefined while unknown. */
  readonly total?: number | undefined;
}
export type OnProgress = (progress: Progress) => void;

export const silent: OnProgress = () => undefined;
