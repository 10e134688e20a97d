/**
 * The risks of a table for people and as JSON: how many, how high, in which bands, and how much of it the model had not seen.
 */
import type { RiskModel } from '../../model/index.ts';
import type { ScoredTable } from '../../training/index.ts';

interface Summary {
  readonly rows: number;
  readonly meanRisk: number;
  /** Rows by band, in the order of the model's bands. */
  readonly bands: Readonly<Record<string, number>>;
  /** Rows with at least one feature outside the range of training. */
  readonly outOfTrainingRange: number;
  /** Share of the cells the model read that were missing. */
  readonly missing: number;
}

function summaryOf({ header }: RiskModel, { rows, columns }: ScoredTable): Summary {
  const values = (name: string): readonly (string | number | null)[] => [
    ...(columns.find((column) => column.name === name)?.values ?? []),
  ];
  const sum = (name: string): number => values(name).reduce<number>((total, value) => total + Number(value), 0);
  const band = values('band');
  return {
    rows,
    meanRisk: sum('risk') / rows,
    bands: Object.fromEntries(header.bands.map(({ name }) => [name, band.filter((one) => one === name).length])),
    outOfTrainingRange: values('out_of_training_range').filter((count) => count !== 0).length,
    missing: sum('missing') / (rows * header.features.length),
  };
}

/** With the rows themselves where they are written into no file. */
export function scoresJson(model: RiskModel, modelSha256: string, scored: ScoredTable, out: string | undefined): object {
  const { name, training } = model.header;
  const told = { model: { name, sha256: modelSha256, synthetic: training.synthetic }, ...summaryOf(model, scored) };
  if (out !== undefined) return { ...told, out };
  const cell = (value: string | number | null | undefined): string | number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  return {
    ...told,
    scores: Array.from({ length: scored.rows }, (_, row) =>
      Object.fromEntries(scored.columns.map((column) => [column.name, cell(column.values[row])])),
    ),
  };
}

/** @param caution  what stands beside every number of the model */
export function scoresText(model: RiskModel, scored: ScoredTable, caution: string): string {
  const { rows, meanRisk, bands, outOfTrainingRange, missing } = summaryOf(model, scored);
  const { calibration } = model.header;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const inBands = Object.entries(bands).map(([name, n]) => `${n} ${name}`);
  return [
    `${rows} ${rows === 1 ? 'row' : 'rows'}, mean risk ${percent(meanRisk)} (in training ${percent(model.header.baseRate)}); bands: ${inBands.join(', ')}`,
    `missing: ${percent(missing)} of the values; ${outOfTrainingRange} ${outOfTrainingRange === 1 ? 'row has' : 'rows have'} a value outside the training range`,
    ...(calibration.kind === 'identity' ? [`risk: ${calibration.reason}`] : []),
    caution,
  ].join('\n');
}
