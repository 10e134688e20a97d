/**
 * Risks against a known truth: how near does a model come to the best forecast there can be?
 *
 * In      planted outcomes, the oracle's probability of each (the expected one, given all that is known before), the risks of models
 * Out     AUROC of the oracle and of each model, and the share of the oracle's distance from 0.5 that the model reaches
 *         mean |risk - oracle|; the line of the oracle's log odds on the model's (intercept 0 and slope 1 where the model is right on
 *         average at every risk); both in groups of rising risk
 * Choice  against the oracle rather than the outcomes: its noise is that of the model alone, so that a few thousand rows show what
 *         outcomes could not
 * Choice  the share is taken draw by draw on the same patients. It has no value where the oracle's own interval reaches 0.5: under a null process
 *         there is no distance to have a share of
 * Choice  the oracle is judged by the statistic that judges the models: pairs of the same fold, where folds are given
 */
import { bootstrapMeasures, type BootstrapOptions, type Interval } from './bootstrap.ts';
import { toldRiskGroups } from './calibration-curve.ts';
import { hasSpread, logOdds } from './calibration.ts';
import { pearson } from './rank-correlation.ts';
import { checkSample, requireSameLength, weightedMean, type Statistic } from './sample.ts';

export interface TruthGroup {
  readonly n: number;
  readonly meanRisk: number;
  readonly meanOracle: number;
  /** Share of the group with the event. */
  readonly observed: number;
}

export interface RiskTruth {
  readonly auroc: Interval;
  /** (AUROC - 0.5) / (oracle AUROC - 0.5). */
  readonly share: Interval;
  /** Mean |risk - oracle probability|. */
  readonly meanAbsoluteError: Interval;
  /** Line of the oracle's log odds on the model's, by least squares; NaN for a risk that is constant, or was in each fold. */
  readonly calibrationIntercept: Interval;
  readonly calibrationSlope: Interval;
  /** Correlation of the two log odds; NaN for a constant risk. */
  readonly correlation: number;
  /** At most ten, of ascending risk, each with counts that can be told. */
  readonly groups: readonly TruthGroup[];
}

export interface TruthComparison {
  readonly oracleAuroc: Interval;
  readonly models: Readonly<Record<string, RiskTruth>>;
}

/**
 * @param input.oracle  the oracle's probability of the event, in [0, 1]
 * @param input.groups  patient number per row
 * @param input.auroc   the statistic for all AUROCs; see withinStratumStatistic for pairs of the same fold
 * @param input.fold    number of the model that gave the risk, where there were several
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function compareWithOracle(
  input: {
    readonly outcome: Uint8Array;
    readonly oracle: Float64Array;
    readonly risks: Readonly<Record<string, Float64Array>>;
    readonly groups: Int32Array;
    readonly auroc: Statistic;
    readonly fold?: Int32Array;
  },
  options: BootstrapOptions,
): TruthComparison {
  const { outcome, oracle, groups } = input;
  checkSample(outcome, oracle, 'probability');
  requireSameLength(outcome.length, 'groups', groups.length);
  const best = input.auroc(outcome, oracle);
  const oracleAuroc = bootstrapMeasures({ best }, groups, options).best;
  const informative = oracleAuroc.lower > 0.5;
  const oracleLogit = logOdds(oracle);
  const models = Object.fromEntries(
    Object.entries(input.risks).map(([name, risk]): [string, RiskTruth] => {
      checkSample(outcome, risk, 'probability');
      const auroc = input.auroc(outcome, risk);
      const logit = logOdds(risk);
      const line = leastSquares(logit, oracleLogit, hasSpread(risk, input.fold ?? null));
      const intervals = bootstrapMeasures(
        {
          auroc,
          share: (weight) => (informative ? (auroc(weight) - 0.5) / (best(weight) - 0.5) : NaN),
          meanAbsoluteError: weightedMean(risk.map((r, i) => Math.abs(r - oracle[i]!))),
          calibrationIntercept: (weight) => line(weight).intercept,
          calibrationSlope: (weight) => line(weight).slope,
        },
        groups,
        options,
      );
      return [name, { ...intervals, correlation: pearson(logit, oracleLogit), groups: describe(outcome, risk, oracle) }];
    }),
  );
  return { oracleAuroc, models };
}

function describe(outcome: Uint8Array, risk: Float64Array, oracle: Float64Array): TruthGroup[] {
  return toldRiskGroups(outcome, risk, 10).map((rows) => {
    const mean = (of: ArrayLike<number>): number => rows.reduce((sum, row) => sum + of[row]!, 0) / rows.length;
    return { n: rows.length, meanRisk: mean(risk), meanOracle: mean(oracle), observed: mean(outcome) };
  });
}

function leastSquares(
  x: Float64Array,
  y: Float64Array,
  spread: boolean,
): (weight: Float64Array) => { intercept: number; slope: number } {
  return (weight) => {
    let n = 0;
    let sx = 0;
    let sy = 0;
    for (let i = 0; i < x.length; i++) {
      n += weight[i]!;
      sx += weight[i]! * x[i]!;
      sy += weight[i]! * y[i]!;
    }
    const [mx, my] = [sx / n, sy / n];
    let sxx = 0;
    let sxy = 0;
    for (let i = 0; i < x.length; i++) {
      sxx += weight[i]! * (x[i]! - mx) ** 2;
      sxy += weight[i]! * (x[i]! - mx) * (y[i]! - my);
    }
    const slope = spread && sxx > 0 ? sxy / sxx : NaN;
    return { intercept: my - slope * mx, slope };
  };
}
