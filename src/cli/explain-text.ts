/**
 * An explanation as text: the waterfall of one discharge in bars, then what other values would give.
 */
import type { Explanation, Reason, ScoreAnswer } from '../scoring/index.ts';
import { intervalText, percentColumn, percentText, pointsColumn, topAndRest } from './share-text.ts';
import { riskProfileText, whatIfText } from './what-if-text.ts';

/** Cells of a bar's scale. */
const cells = 32;

/** @param top  attributions with a line of their own */
export function explanationText({ answer, whatIf, profile }: Explanation, top: number): string {
  const { missing, notCovered, outOfTrainingRange, notes, caution } = answer;
  return [
    ...headText(answer),
    '',
    ...waterfallText(answer, top),
    ...(whatIf === null ? [] : ['', ...whatIfText(whatIf, top)]),
    ...(profile === null ? [] : ['', ...riskProfileText(profile)]),
    '',
    `not measured: ${missing.length}; not covered: ${notCovered.length}; outside the training range: ${outOfTrainingRange.join(', ') || 'none'}`,
    ...notes.map((note) => `note: ${note}`),
    caution,
  ].join('\n');
}

function headText({ encounter, stay, risk, interval, outcome, baseRate, band, bandMeaning }: ScoreAnswer): string[] {
  const day = (instant: string): string => instant.slice(0, 10);
  return [
    ...(encounter === null || stay === null
      ? []
      : [`${encounter}, ${day(stay.admission)} to ${day(stay.discharge)}${stay.reason === null ? '' : `, ${stay.reason}`}`]),
    `risk ${percentText(risk)} of ${outcome} (base rate ${percentText(baseRate)}); band ${band}: ${bandMeaning}`,
    ...intervalText(interval),
  ];
}

/** Base value, attributions, output: each bar begins where the one before it ended. */
function waterfallText({ baseValue, forestOutput, risk, reasons }: ScoreAnswer, top: number): string[] {
  const { shown, rest } = topAndRest(reasons, top);
  const others = rest.reduce((sum, { attribution }) => sum + attribution, 0);
  const steps = [
    ...shown.map((reason) => ({ move: reason.attribution, text: `${reason.words}${resourcesText(reason)}` })),
    ...(rest.length === 0 ? [] : [{ move: others, text: `${rest.length} others together` }]),
  ];
  const levels = [baseValue];
  for (const { move } of steps) levels.push((levels.at(-1) as number) + move);
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const cell = (level: number): number =>
    high > low ? Math.min(cells - 1, Math.floor((cells * (level - low)) / (high - low))) : cells / 2;
  const bar = (from: number, to: number, fill: string): string => {
    const [a, b] = [Math.min(cell(from), cell(to)), Math.max(cell(from), cell(to))];
    return `│${' '.repeat(a)}${fill.repeat(b - a + 1)}${' '.repeat(cells - 1 - b)}│`;
  };
  return [
    'forest output in per cent, from the mean of the training discharges to this one; █ raises it, ░ lowers it:',
    `  ${percentColumn(baseValue)}  ${bar(baseValue, baseValue, '◆')}  base value`,
    ...steps.map(
      ({ move, text }, i) =>
        `  ${pointsColumn(move)}  ${bar(levels[i] as number, levels[i + 1] as number, move > 0 ? '█' : '░')}  ${text}`,
    ),
    `  ${percentColumn(forestOutput)}  ${bar(levels.at(-1) as number, levels.at(-1) as number, '◆')}  forest output`,
    `  ${percentColumn(risk)}  ${' '.repeat(cells + 2)}  calibrated risk`,
  ];
}

function resourcesText({ resources }: Reason): string {
  return resources.length === 0 ? '' : `  [${resources.slice(0, 2).join(', ')}${resources.length > 2 ? ', …' : ''}]`;
}
