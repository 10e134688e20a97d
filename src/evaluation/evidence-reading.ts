/**
 * From numbers and their resamples to evidence: plain data, null where there is no value.
 */
import { joinSmallNeighbours } from '../util/disclosure.ts';
import { brierDecomposition } from './brier-decomposition.ts';
import { toldCalibrationCurve } from './calibration-curve.ts';
import { delongInterval } from './delong.ts';
import type { ActionEvidence, CalibrationEvidence, Curve, DecisionEvidence, Evidence, Figure } from './evidence.ts';
import type { PoolOptions } from './draw-pool.ts';
import type { EvidenceInput } from './evidence-input.ts';
import { panelsOf, type Action, type EvidenceParts } from './evidence-panel.ts';
import { decisionThresholds, netBenefitOfAll } from './net-benefit.ts';
import type { Panel } from './panel.ts';
import { shareGrid } from './rank-curves.ts';
import { figureOf, finiteOrNull, type Resampled } from './resampled.ts';
import { calibrationDistances } from './smooth-calibration.ts';

export function readEvidence(input: EvidenceInput, parts: EvidenceParts, numbers: Resampled, options: PoolOptions): Evidence {
  const { outcome } = input;
  const risk = input.risks.forest;
  const events = outcome.reduce((sum, o) => sum + o, 0);
  const of = partReader(parts, numbers);
  const { metrics: headline, difference } = parts.headline.read(of(parts.headline));
  const forest = headline['forest']!;
  const { brier, ...terms } = brierDecomposition(outcome, risk);
  return {
    rows: outcome.length,
    events,
    patients: new Set(input.groups).size,
    description: input.description,
    bootstrap: { draws: options.draws ?? 1000, seed: options.seed, unit: 'patients' },
    headline,
    differences: difference('auroc', 'forest', 'reference-minus-risk'),
    delong: readDelong(outcome, risk),
    roc: of(parts.roc).curve(0, shareGrid),
    precisionRecall: of(parts.precisionRecall).curve(0, shareGrid),
    gains: of(parts.gains).curve(0, shareGrid),
    calibration: {
      ...readCalibration(outcome, risk, forest, parts.smooth.grid, of(parts.smooth)),
      observedToExpected: of(parts.ratio).figure(0),
    },
    brier: {
      brier: forest['brier']!,
      scaled: forest['scaledBrier']!,
      logLoss: forest['logLoss']!,
      reliability: terms.reliability,
      resolution: terms.resolution,
      uncertainty: terms.uncertainty,
      withinBin: brier - (terms.reliability - terms.resolution + terms.uncertainty),
    },
    decision: readDecision(events / outcome.length, parts.decision.models, of(parts.decision)),
    actions: parts.actions.actions.map((action, k) =>
      readAction(outcome, action, of(parts.actions).from(k * parts.actions.each)),
    ),
    subgroups: parts.subgroups.map((part) => part.read(of(part))),
  };
}

/** Finds a part's numbers by its place among the parts. */
function partReader(parts: EvidenceParts, numbers: Resampled): (part: Panel) => Resampled {
  const panels = panelsOf(parts);
  return (part) => numbers.from(panels.slice(0, panels.indexOf(part)).reduce((sum, { size }) => sum + size, 0));
}

function readDelong(outcome: Uint8Array, risk: Float64Array): Figure {
  const { auroc, lower, upper } = delongInterval(outcome, risk);
  return figureOf({ estimate: auroc, lower, upper });
}

function readCalibration(
  outcome: Uint8Array,
  risk: Float64Array,
  forest: Readonly<Record<string, Figure>>,
  grid: Float64Array,
  numbers: Resampled,
): CalibrationEvidence {
  const [ici, e50, e90, emax] = calibrationDistances.map((_, k) => numbers.figure(k));
  return {
    intercept: forest['calibrationIntercept']!,
    slope: forest['calibrationSlope']!,
    ici: ici!,
    e50: e50!,
    e90: e90!,
    emax: emax!,
    smooth: numbers.curve(calibrationDistances.length, grid),
    groups: toldCalibrationCurve(outcome, risk).map(({ n, events, meanRisk, observed, lower, upper }) => ({
      rows: n,
      events,
      meanRisk,
      estimate: observed,
      lower,
      upper,
    })),
    histogram: histogram(outcome, risk),
  };
}

/** Bins of the histogram over [0, 1], before neighbours with small counts are joined. */
const histogramBins = 50;

function histogram(outcome: Uint8Array, risk: Float64Array): CalibrationEvidence['histogram'] {
  const events = new Float64Array(histogramBins);
  const rows = new Float64Array(histogramBins);
  risk.forEach((r, i) => {
    // The first bin whose end lies above the risk: by comparison, as a product with the number of bins would round.
    let bin = Math.min(histogramBins - 1, Math.floor(r * histogramBins));
    if (bin > 0 && r < bin / histogramBins) bin--;
    if (bin < histogramBins - 1 && r >= (bin + 1) / histogramBins) bin++;
    rows[bin]!++;
    events[bin]! += outcome[i]!;
  });
  const used = rows.findLastIndex((count) => count > 0) + 1;
  const bins = Array.from({ length: used }, (_, bin) => ({ events: events[bin]!, others: rows[bin]! - events[bin]! }));
  return joinSmallNeighbours(bins).map((members) => {
    const sum = (kind: 'events' | 'others'): number => members.reduce((total, bin) => total + bins[bin]![kind], 0);
    return {
      from: members[0]! / histogramBins,
      to: (members.at(-1)! + 1) / histogramBins,
      events: sum('events'),
      others: sum('others'),
    };
  });
}

function readDecision(rate: number, models: readonly string[], numbers: Resampled): DecisionEvidence {
  const curves = models.map((name, m): [string, Curve] => [
    name,
    numbers.curve(m * decisionThresholds.length, decisionThresholds),
  ]);
  const baselines = curves.filter(([name]) => name !== 'forest');
  return {
    model: curves.find(([name]) => name === 'forest')![1],
    all: Array.from(netBenefitOfAll(rate)),
    baselines: Object.fromEntries(baselines.map(([name, { y }]) => [name, y.map((value) => value!)])),
    baselineCurves: Object.fromEntries(baselines),
  };
}

function readAction(
  outcome: Uint8Array,
  { rule, threshold, capacityPerDay, flagged }: Action,
  numbers: Resampled,
): ActionEvidence {
  const [sensitivity, specificity, ppv, npv, share] = [0, 1, 2, 3, 4].map((k) => numbers.interval(k));
  return {
    rule,
    threshold,
    capacityPerDay,
    flagged: flagged.reduce((sum, f) => sum + f, 0),
    truePositives: flagged.reduce((sum, f, i) => sum + f * outcome[i]!, 0),
    sensitivity: figureOf(sensitivity!),
    specificity: figureOf(specificity!),
    ppv: figureOf(ppv!),
    npv: figureOf(npv!),
    // 1 / PPV falls where PPV rises, so its interval is that of the PPV turned over; no end above where the PPV may be 0.
    numberNeededToEvaluate: {
      estimate: finiteOrNull(1 / ppv!.estimate),
      lower: finiteOrNull(1 / ppv!.upper),
      upper: finiteOrNull(1 / ppv!.lower),
    },
    flaggedPer100: figureOf({ estimate: 100 * share!.estimate, lower: 100 * share!.lower, upper: 100 * share!.upper }),
  };
}
