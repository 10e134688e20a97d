/**
 * How a series is told from another: by colour, and without colour by dash and marker.
 *
 * Source  Okabe and Ito 2008, Color Universal Design: eight colours told apart by colour-blind readers
 */
export const ink = '#1f2933';
export const muted = '#5b6670';
export const faint = '#c9d0d6';
export const blue = '#0072B2';
export const vermillion = '#D55E00';
export const green = '#009E73';
export const orange = '#E69F00';
const sky = '#56B4E9';
const purple = '#CC79A7';

export type MarkerShape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star' | 'wye';

export interface SeriesStyle {
  readonly colour: string;
  /** SVG dash pattern; empty for a solid line. */
  readonly dash: string;
  readonly marker: MarkerShape;
  readonly width: number;
}

const byModel: Readonly<Record<string, SeriesStyle>> = {
  forest: { colour: blue, dash: '', marker: 'circle', width: 2.4 },
  parent: { colour: muted, dash: '6 3', marker: 'wye', width: 1.6 },
  logistic: { colour: vermillion, dash: '7 3', marker: 'square', width: 1.5 },
  hospital_2013: { colour: green, dash: '4 2', marker: 'triangle', width: 1.3 },
  hospital_2016: { colour: green, dash: '1 3', marker: 'wye', width: 1.3 },
  lace: { colour: purple, dash: '8 3 2 3', marker: 'diamond', width: 1.3 },
  charlson: { colour: orange, dash: '2 2', marker: 'star', width: 1.3 },
  reason: { colour: sky, dash: '10 4', marker: 'cross', width: 1.3 },
};

const rest: readonly SeriesStyle[] = [
  { colour: ink, dash: '5 2 1 2', marker: 'square', width: 1.3 },
  { colour: muted, dash: '3 4', marker: 'triangle', width: 1.3 },
];

/** @param place  position among series without a style of their own, so that two of them differ */
export function seriesStyle(model: string, place = 0): SeriesStyle {
  return Object.hasOwn(byModel, model) ? (byModel[model] as SeriesStyle) : (rest[place % rest.length] as SeriesStyle);
}

const byState: Readonly<Record<string, SeriesStyle>> = {
  unplanned: { colour: vermillion, dash: '', marker: 'circle', width: 2.2 },
  planned: { colour: blue, dash: '6 3', marker: 'square', width: 1.6 },
  died: { colour: ink, dash: '2 3', marker: 'triangle', width: 1.6 },
};

export function stateStyle(state: string, place = 0): SeriesStyle {
  return Object.hasOwn(byState, state) ? (byState[state] as SeriesStyle) : (rest[place % rest.length] as SeriesStyle);
}
