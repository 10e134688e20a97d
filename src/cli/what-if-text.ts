/**
 * Other values of one discharge as text: before and after beside each other, and the risk over the values of one feature.
 */
import type { RiskProfile, WhatIf } from '../scoring/index.ts';
import { namesText, percentColumn, percentText, pointsColumn, topAndRest, valueText } from './share-text.ts';
import { tableText } from './terminal.ts';

/** Rows of a profile; more steps are thinned. */
const profileRows = 25;
/** Cells of a profile's bars. */
const cells = 30;
const parts = ['before', 'after', 'difference'] as const;

/** @param top  attributions with a line of their own */
export function whatIfText({ set, forestOutput, risk, band, attributions, warnings, caution }: WhatIf, top: number): string[] {
  const isSet = ({ feature }: { readonly feature: string }): boolean => set.some((change) => change.feature === feature);
  const moved = attributions
    .filter((row) => row.attribution.difference !== 0 || isSet(row))
    .sort((a, b) => Math.abs(b.attribution.difference) - Math.abs(a.attribution.difference));
  // What was set is told first, then what else moved with it.
  const told = [...moved.filter(isSet), ...moved.filter((row) => !isSet(row))];
  const { shown, rest } = topAndRest(told, Math.max(top, set.length));
  const shares = ({ before, after, difference }: WhatIf['risk']): string[] => [
    percentColumn(before),
    percentColumn(after),
    pointsColumn(difference),
  ];
  const others = parts.map((part) => pointsColumn(rest.reduce((sum, row) => sum + row.attribution[part], 0)));
  return [
    `what if ${set.map(({ feature, unit, before, after }) => `${feature} = ${valueText(after, unit)} instead of ${valueText(before)}`).join(', ')}`,
    tableText(
      ['per cent', 'as it is', 'what if', 'difference'],
      [
        ['calibrated risk', ...shares(risk)],
        ['forest output', ...shares(forestOutput)],
        ['band', band.before, band.after, ''],
      ],
    ),
    tableText(
      ['attribution, percentage points', 'value', 'as it is', 'what if', 'difference'],
      [
        ...shown.map(({ feature, value, attribution }) => [
          feature,
          value.before === value.after ? valueText(value.before) : `${valueText(value.before)} → ${valueText(value.after)}`,
          ...parts.map((part) => pointsColumn(attribution[part])),
        ]),
        ...(rest.length === 0 ? [] : [[`${rest.length} others together`, '', ...others]]),
      ],
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...set.filter(({ relatives }) => relatives.length > 0).map(aloneText),
    `note: ${caution}`,
  ];
}

function aloneText({ feature, relatives }: WhatIf['set'][number]): string {
  return (
    `note: ${feature} was set alone. Not set with it, though a record that changes it may change these too: ` +
    namesText(relatives)
  );
}

export function riskProfileText({ feature, unit, range, own, missing, steps, caution }: RiskProfile): string[] {
  const highest = Math.max(own.risk, missing.risk, ...steps.map(({ risk }) => risk));
  const bar = (risk: number): string => '█'.repeat(Math.round((cells * risk) / highest));
  const ownStep = stepOf(steps, own.value);
  const rows = thinned(steps.length, ownStep);
  const count = rows.length < steps.length ? `${rows.length} of ${steps.length} steps; --json has all` : `${steps.length} steps`;
  return [
    `risk over ${feature} in the training range, everything else as it is (${count})`,
    tableText(
      ['value', 'from', 'to', 'risk', ''],
      [
        ...rows.map((i) => {
          const { value, from, to, risk } = steps[i] as (typeof steps)[number];
          const here = i === ownStep ? ` ◆ this discharge: ${valueText(own.value, unit)}` : '';
          return [valueText(value), valueText(from), valueText(to), percentText(risk), bar(risk) + here];
        }),
        ['missing', '', '', percentText(missing.risk), bar(missing.risk) + (ownStep === -1 ? ' ◆ this discharge' : '')],
      ],
    ),
    ...(own.value !== null && (own.value < range.from || own.value > range.to)
      ? [`warning: ${feature} of this discharge lies outside the training range: the model answers as at its edge`]
      : []),
    `note: ${caution}`,
  ];
}

/** Number of the step a value lies in, the first or last for one beyond them; -1 for a missing one. */
function stepOf(steps: RiskProfile['steps'], value: number | null): number {
  if (value === null) return -1;
  const found = steps.findIndex(({ to }) => value <= to);
  return found === -1 ? steps.length - 1 : found;
}

/** Evenly spread steps, both ends and the discharge's own among them. */
function thinned(count: number, own: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= profileRows) return all;
  const places = profileRows - 1;
  const spread = Array.from({ length: places }, (_, i) => Math.round((i * (count - 1)) / (places - 1)));
  return all.filter((i) => i === own || spread.includes(i));
}
