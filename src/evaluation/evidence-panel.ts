/**
 * Everything that evidence measures on a resample, part by part.
 *
 * Choice  each part says both what it measures and how its numbers are read, so that their order is known in one place
 */
import { flagMeasures, flagPanel, flaggedAtThreshold, flaggedWithinCapacity } from './action.ts';
import type { EvidenceInput } from './evidence-input.ts';
import { netBenefitPanel } from './net-benefit.ts';
import { observedToExpectedStatistic } from './observed-to-expected.ts';
import { joinPanels, measurePanel, type Panel } from './panel.ts';
import { gainsPanel, precisionRecallPanel, rocPanel } from './rank-curves.ts';
import { riskPart } from './risk-figures.ts';
import { riskGrid, smoothCalibrationPanel } from './smooth-calibration.ts';
import { subgroupPart } from './subgroups.ts';

/** One rule to act on, and whom it flags. */
export interface Action {
  readonly rule: string;
  readonly threshold: number | null;
  readonly capacityPerDay: number | null;
  readonly flagged: Uint8Array;
}

export type EvidenceParts = ReturnType<typeof evidenceParts>;

export function evidenceParts(input: EvidenceInput) {
  const { outcome, groups, fold, subgroupThreshold: threshold } = input;
  const risk = input.risks.forest;
  const grid = riskGrid(risk);
  const actions = actionsOf(input);
  const decision = Object.keys(input.risks).filter((name) => !(input.orderOnly ?? []).includes(name));
  const parts = {
    headline: riskPart(input),
    ratio: measurePanel([observedToExpectedStatistic(outcome, risk)]),
    roc: rocPanel(outcome, risk),
    precisionRecall: precisionRecallPanel(outcome, risk),
    gains: gainsPanel(outcome, risk),
    smooth: { ...smoothCalibrationPanel(outcome, risk, grid), grid },
    decision: { ...joinPanels(decision.map((name) => netBenefitPanel(outcome, input.risks[name]!))), models: decision },
    actions: { ...joinPanels(actions.map(({ flagged }) => flagPanel(outcome, flagged))), actions, each: flagMeasures.length },
  };
  const subgroups = input.subgroups.map(({ by, labels }) => subgroupPart({ by, labels, outcome, risk, groups, fold, threshold }));
  return { ...parts, subgroups };
}

/** The parts' panels in the order in which their numbers lie. */
export function panelsOf({ subgroups, ...parts }: EvidenceParts): readonly Panel[] {
  return [...Object.values(parts), ...subgroups];
}

export function evidencePanel(input: EvidenceInput): Panel {
  return joinPanels(panelsOf(evidenceParts(input)));
}

function actionsOf({ risks: { forest }, day, thresholds, capacities }: EvidenceInput): Action[] {
  const perDay = (day.length / new Set(day).size).toFixed(1);
  return [
    ...thresholds.map((threshold) => ({
      rule: `risk of at least ${Number((100 * threshold).toPrecision(3))} %`,
      threshold,
      capacityPerDay: null,
      flagged: flaggedAtThreshold(forest, threshold),
    })),
    // Where a day has less than that, a capacity is no choice: said beside it.
    ...capacities.map((capacity) => ({
      rule: `the ${capacity === 1 ? '' : `${capacity} `}highest of each day, of ${perDay} on average`,
      threshold: null,
      capacityPerDay: capacity,
      flagged: flaggedWithinCapacity(forest, day, capacity),
    })),
  ];
}
