/**
 * One model in several settings: the same figures on patients held out where it was trained and on those of another source, so that they can
 * be set side by side.
 *
 * In      evidence of each setting, of this run or as a model folder holds it
 * Choice  a figure that a folder of before does not hold is absent; nothing is computed of a setting whose risks are not at hand but the ratio
 *         of observed to expected, which follows from the groups of equal risk, without an interval
 */
import { ModelError } from '../errors.ts';
import type { CalibrationEvidence, Figure } from '../evaluation/index.ts';
import { parseModelMetrics } from '../model/index.ts';

export interface SettingFigures {
  /** "grouped" and "temporal": held out at training; "external", "before" and "after" recalibration: elsewhere. */
  readonly setting: string;
  readonly description: string;
  readonly rows: number;
  readonly patients: number;
  readonly events: number;
  /** Mean of the risks; null where it is not known. */
  readonly meanRisk: number | null;
  /** auroc, averagePrecision, brier, scaledBrier, logLoss, calibrationIntercept, calibrationSlope, observedToExpected, ici, e50, e90. */
  readonly figures: Readonly<Record<string, Figure>>;
}

/** What is read of evidence; that of metrics.json fits. */
export interface SettingEvidence {
  readonly description: string;
  readonly rows: number;
  readonly patients: number;
  readonly events: number;
  readonly headline: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  readonly calibration: Pick<CalibrationEvidence, 'ici' | 'e50' | 'e90' | 'observedToExpected'> &
    Partial<Pick<CalibrationEvidence, 'groups'>>;
}

export function settingFigures(setting: string, evidence: SettingEvidence): SettingFigures {
  const { description, rows, patients, events, headline, calibration } = evidence;
  const { ici, e50, e90 } = calibration;
  const meanRisk = meanOf(calibration.groups, rows);
  const ratio =
    calibration.observedToExpected ??
    (meanRisk === null ? null : { estimate: events / rows / meanRisk, lower: null, upper: null });
  return {
    setting,
    description,
    rows,
    patients,
    events,
    meanRisk,
    figures: { ...headline['forest'], ...(ratio === null ? {} : { observedToExpected: ratio }), ici, e50, e90 },
  };
}

/** Of a model folder's metrics, the settings it was judged in when it was trained; none where they cannot be read. */
export function settingsOfTraining(metrics: Readonly<Record<string, unknown>>): SettingFigures[] {
  try {
    const { evidence } = parseModelMetrics(metrics, 'metrics.json');
    return (['grouped', 'temporal'] as const).flatMap((setting) => {
      const told = evidence?.[setting] as SettingEvidence | null | undefined;
      return told === null || told === undefined ? [] : [settingFigures(setting, told)];
    });
  } catch (error) {
    if (error instanceof ModelError) return [];
    throw error;
  }
}

function meanOf(groups: SettingEvidence['calibration']['groups'], rows: number): number | null {
  if (groups === undefined || groups.reduce((sum, group) => sum + group.rows, 0) !== rows) return null;
  return groups.reduce((sum, group) => sum + group.rows * group.meanRisk, 0) / rows;
}
