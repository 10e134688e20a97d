/**
 * Units of laboratory values and vital signs: what is accepted, how it becomes the catalogue's unit, what is not believed.
 *
 * A unit outside the list gives no value rather than a wrong one.
 */
import { z } from 'zod';
import { dataFileReader } from './data-file.ts';

const analyteSchema = z.strictObject({
  unit: z.string(),
  range: z.tuple([z.number(), z.number()]),
  accepted: z.record(z.string(), z.number()),
  affine: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
});
const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  analytes: z.record(z.string(), analyteSchema),
});

/** value in `unit` = value as written * factor + shift, believed inside [low, high] (inclusive). */
export interface UnitConversion {
  readonly analyte: string;
  readonly writtenUnit: string;
  readonly factor: number;
  readonly shift: number;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

const readUnitFile = dataFileReader(fileSchema);

export function readUnitConversions(): UnitConversion[] {
  const file = readUnitFile(new URL('./units.json', import.meta.url));
  return Object.entries(file.analytes).flatMap(([analyte, { unit, range, accepted, affine }]) =>
    [
      ...Object.entries(accepted).map(([written, factor]) => [written, factor, 0] as const),
      ...Object.entries(affine ?? {}).map(([written, [factor, shift]]) => [written, factor, shift] as const),
    ].map(([writtenUnit, factor, shift]) => ({ analyte, writtenUnit, factor, shift, unit, low: range[0], high: range[1] })),
  );
}
