/**
 * Which update of a model's risks the local discharges call for: none, a new level, or a new level and slope.
 *
 * Method  closed testing with likelihood ratio tests at 5 %: level and slope together against the risks as they are (2 degrees); where that
 *         speaks for an update, level and slope against the level alone (1 degree)
 * Choice  the tests take discharges as independent, which those of one patient are not: near the bound they speak for an update too easily
 * Source  Vergouwe and others 2017, doi:10.1002/sim.7179; the revision of single coefficients, their largest update, does not exist for a forest
 */
import { chiSquareTail } from '../evaluation/index.ts';
import { fitIntercept, fitLine } from '../util/logistic-line.ts';

export interface UpdateTest {
  /** The smallest update that the data do not speak against. */
  readonly supported: 'none' | 'intercept' | 'slope';
  /** Of level and slope against the risks as they are. */
  readonly pUpdate: number;
  /** Of level and slope against the level alone. */
  readonly pSlope: number;
}

const LEVEL = 0.05;

/**
 * @param risk  the model's risks before the update, in (0, 1)
 * @returns     null where a fit has no finite maximum
 */
export function updateTest(outcome: Uint8Array, risk: Float64Array): UpdateTest | null {
  const logit = risk.map((p) => Math.log(p) - Math.log1p(-p));
  const once = new Float64Array(outcome.length).fill(1);
  const level = fitIntercept(outcome, logit, once);
  const line = fitLine(outcome, logit, once);
  if (level === undefined || line === undefined) return null;
  const best = logLikelihood(outcome, logit, line.intercept, line.slope);
  const against = (intercept: number, slope: number, degrees: number): number =>
    chiSquareTail(Math.max(0, 2 * (best - logLikelihood(outcome, logit, intercept, slope))), degrees);
  const pUpdate = against(0, 1, 2);
  const pSlope = against(level, 1, 1);
  return { supported: pUpdate >= LEVEL ? 'none' : pSlope >= LEVEL ? 'intercept' : 'slope', pUpdate, pSlope };
}

function logLikelihood(outcome: Uint8Array, logit: Float64Array, intercept: number, slope: number): number {
  let sum = 0;
  for (let i = 0; i < outcome.length; i += 1) {
    const x = intercept + slope * (logit[i] as number);
    // log(1 + e^x), without overflow.
    sum += (outcome[i] as number) * x - (Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))));
  }
  return sum;
}
