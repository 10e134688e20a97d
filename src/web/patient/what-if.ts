/**
 * Values a team may change, as the form holds them: what differs from the record is what is asked.
 */
export interface Changeable {
  readonly feature: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number | null;
  readonly range: readonly [number, number];
}

/** By feature; null is missing. */
export type Values = Readonly<Record<string, number | null>>;

export function currentValues(changeable: readonly Changeable[]): Values {
  return Object.fromEntries(changeable.map(({ feature, value }) => [feature, value]));
}

/** What to ask: values that are not those of the record; null where nothing was changed. */
export function changedValues(changeable: readonly Changeable[], values: Values): Record<string, number | null> | null {
  const changed = changeable.flatMap(({ feature, value }) => {
    const other = Object.hasOwn(values, feature) ? (values[feature] as number | null) : value;
    return Object.is(other, value) ? [] : [[feature, other] as const];
  });
  return changed.length === 0 ? null : Object.fromEntries(changed);
}

/** Those that moved this discharge's output most first; what is not among the attributions last. */
export function byWeight(
  changeable: readonly Changeable[],
  attributions: readonly { readonly feature: string; readonly attribution: number }[],
): Changeable[] {
  const weight = new Map(attributions.map(({ feature, attribution }) => [feature, Math.abs(attribution)]));
  return [...changeable].sort((a, b) => (weight.get(b.feature) ?? 0) - (weight.get(a.feature) ?? 0));
}

/** A number typed into a field: null where it is empty, undefined where it is no number of the range. */
export function typedValue(text: string, [low, high]: readonly [number, number]): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) && value >= low && value <= high ? value : undefined;
}

/** Step of a slider: whole numbers for counts and flags, about two hundred steps for the rest. */
export function stepOf(unit: string, [low, high]: readonly [number, number]): number {
  if (/^(1|\{.*\}|d|a)$/.test(unit) && Number.isInteger(low) && Number.isInteger(high)) return 1;
  const step = 10 ** Math.floor(Math.log10(Math.max(1e-6, (high - low) / 100)));
  return Math.min(1, step);
}

export function isFlag({ range: [low, high], unit }: Changeable): boolean {
  return low === 0 && high === 1 && /^(1|\{.*\}|flag|0\/1|)$/.test(unit);
}
