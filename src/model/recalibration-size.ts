/**
 * How many events a recalibration should rest on, by its method.
 *
 * Bounds  slope: 100 discharges of either outcome, the least by which a slope can be judged on new data; isotonic: 200, the least for a curve of free
 *         form. They were found for judging calibration and are carried over to fitting it: what cannot be judged cannot be fitted with confidence
 * Choice  a warning, no refusal (./recalibration.ts refuses where nothing could be fitted): who knows the site may have reasons
 * Source  Vergouwe and others 2005, doi:10.1016/j.jclinepi.2004.06.017, and Collins, Ogundimu and Altman 2016, doi:10.1002/sim.6787 (100);
 *         Van Calster and others 2016, doi:10.1016/j.jclinepi.2015.12.005 (200)
 */
import type { RecalibrationMethod } from './recalibration.ts';

/** Discharges of the rarer outcome below which a method is warned of. */
const ADVISED_EVENTS: Readonly<Record<RecalibrationMethod, number>> = { intercept: 0, slope: 100, isotonic: 200 };

export interface RecalibrationSize {
  readonly method: RecalibrationMethod;
  /** Discharges fitted on. */
  readonly rows: number;
  readonly events: number;
}

/** What to beware of, one sentence with the method that fits; null where there is enough. */
export function sizeCaution({ method, rows, events }: RecalibrationSize): string | null {
  const fewer = Math.min(events, rows - events);
  const advised = ADVISED_EVENTS[method];
  if (fewer >= advised) return null;
  const other = fewer >= ADVISED_EVENTS.slope ? 'slope' : 'intercept';
  return (
    `${fewer} discharges with${events <= rows - events ? '' : 'out'} the outcome are few for --method ${method}: ` +
    `${advised} of either outcome are advised, below that it may fit chance; --method ${other} asks less of them`
  );
}
