/**
 * Flow of the study population: from encounters to index discharges and what followed, with what each rule removed at the side.
 *
 * Choice  rules that removed nothing are counted in one line here and listed in the table
 * Source  CONSORT and STROBE flow diagrams
 */
import type { Markup } from '../markup.ts';
import { stateName, stateOrder } from '../names.ts';
import { count, percent } from '../number-text.ts';
import type { ReportAttritionLine } from '../report-input.ts';
import { ink, muted, stateStyle } from '../series-style.ts';
import { capital } from '../sentence.ts';
import { composeSvg, round, textAt, type Drawing } from './svg.ts';

export interface FlowStage {
  readonly label: string;
  readonly n: number;
  /** What was taken away before this stage. */
  readonly removed: readonly { readonly label: string; readonly n: number }[];
  /** What removing is called: "kept out", "joined to the stay before". */
  readonly verb: string;
  /** The box at the side is shown also where nothing was removed. */
  readonly always?: boolean;
}

const WIDTH = 860;
const MAIN = 270;
const SIDE = 520;
const LINE = 17;

/** The stages of the flow from the lines of a cohort's attrition. */
export function flowStages(lines: readonly ReportAttritionLine[]): FlowStage[] {
  const of = (step: number): readonly ReportAttritionLine[] => lines.filter((line) => line.step === step);
  const stage = (step: number, removedStep: number, verb: string): FlowStage[] =>
    of(step).map(({ label, n }) => ({
      label,
      n,
      removed: of(removedStep).map((line) => ({ label: line.title ?? line.label, n: line.n })),
      verb,
    }));
  const stages = [
    ...stage(10, -1, ''),
    ...stage(20, 15, 'Kept out'),
    ...stage(30, 25, 'Joined to the stay before'),
    ...stage(50, 40, 'Excluded'),
  ];
  // Rows of a table pass no rule: one box says it.
  return stages.filter(({ label, removed }, s) => removed.length > 0 || stages[s - 1]?.label !== label);
}

/** @param states  discharges by what followed, of those in the last stage */
export function attritionFlowSvg(
  drawing: Drawing,
  stages: readonly FlowStage[],
  states: Readonly<Record<string, number>>,
): Markup {
  const parts: string[] = [];
  const middle = MAIN / 2;
  let y = 2;
  stages.forEach((stage, s) => {
    if (s > 0) {
      const side = sideLines(stage);
      const height = side.length * LINE + 14;
      const gap = Math.max(30, height + 16);
      parts.push(arrow(middle, y, middle, y + gap));
      if (side.length > 0) {
        const top = y + (gap - height) / 2;
        parts.push(arrow(middle, y + gap / 2, WIDTH - SIDE, y + gap / 2));
        parts.push(box(WIDTH - SIDE, top, SIDE - 2, height, '#f7f8f9', muted));
        side.forEach(({ label, n, bold }, i) => {
          const at = top + 7 + (i + 0.75) * LINE;
          const weight = bold ? 'bold' : 'normal';
          parts.push(textAt(WIDTH - SIDE + (bold ? 12 : 24), at, shorten(label, SIDE - 84), { weight }));
          parts.push(textAt(WIDTH - 14, at, n, { anchor: 'end', weight }));
        });
      }
      y += gap;
    }
    parts.push(box(1, y, MAIN, 46, '#fff', ink));
    parts.push(textAt(middle, y + 19, capital(stage.label), { anchor: 'middle', weight: 'bold' }));
    parts.push(textAt(middle, y + 36, `n = ${count(stage.n)}`, { anchor: 'middle' }));
    y += 46;
  });
  const entries = stateOrder(Object.keys(states)).flatMap((state) => {
    const n = states[state] ?? 0;
    return n > 0 && state !== 'unobserved' ? [[state, n] as const] : [];
  });
  if (entries.length > 0) {
    const total = entries.reduce((sum, [, n]) => sum + n, 0);
    const gap = 12;
    const width = (WIDTH - 2 - gap * (entries.length - 1)) / entries.length;
    const bar = y + 20;
    const last = 1 + (entries.length - 1) * (width + gap) + width / 2;
    parts.push(line(middle, y, middle, bar), line(Math.min(middle, 1 + width / 2), bar, Math.max(middle, last), bar));
    entries.forEach(([state, n], i) => {
      const x = 1 + i * (width + gap);
      parts.push(arrow(x + width / 2, bar, x + width / 2, bar + 20));
      parts.push(box(x, bar + 20, width, 48, '#fff', stateStyle(state).colour, 2));
      parts.push(textAt(x + width / 2, bar + 40, stateName(state), { anchor: 'middle', weight: 'bold' }));
      parts.push(textAt(x + width / 2, bar + 57, `${count(n)} (${percent(n / total)})`, { anchor: 'middle' }));
    });
    y = bar + 68;
  }
  return composeSvg(drawing, [{ x: 0, y: 0, part: { width: WIDTH, height: Math.ceil(y + 3), body: parts.join('') } }]);
}

function sideLines(stage: FlowStage): { label: string; n: string; bold: boolean }[] {
  const used = stage.removed.filter(({ n }) => n > 0 || stage.always === true);
  const idle = stage.removed.length - used.length;
  if (used.length === 0) return [];
  const total = used.reduce((sum, { n }) => sum + n, 0);
  return [
    { label: stage.verb, n: count(total), bold: true },
    ...used.map(({ label, n }) => ({ label, n: count(n), bold: false })),
    ...(idle === 0 ? [] : [{ label: `${idle} further rule${idle === 1 ? '' : 's'}`, n: '0', bold: false }]),
  ];
}

function shorten(text: string, width: number): string {
  const fits = Math.floor(width / 6.2);
  return text.length > fits ? `${text.slice(0, fits - 1)}…` : text;
}

function box(x: number, y: number, width: number, height: number, fill: string, stroke: string, thick = 1.2): string {
  return (
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="3" fill="${fill}" ` +
    `stroke="${stroke}" stroke-width="${thick}"/>`
  );
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${round(x1)},${round(y1)}L${round(x2)},${round(y2)}" stroke="${muted}" fill="none"/>`;
}

/** Straight down or to the right. */
function arrow(x1: number, y1: number, x2: number, y2: number): string {
  const head = x1 === x2 ? `M${round(x2 - 4)},${round(y2 - 7)}h8l-4,7z` : `M${round(x2 - 7)},${round(y2 - 4)}v8l7,-4z`;
  return line(x1, y1, x2, y2) + `<path d="${head}" fill="${muted}"/>`;
}
