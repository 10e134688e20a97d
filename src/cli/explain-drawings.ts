/**
 * An explanation as drawings: the waterfall of the discharge as it is, the one of other values, the risk over one feature.
 */
import { riskProfileSvg, waterfallSvg } from '../report/index.ts';
import type { Explanation } from '../scoring/index.ts';
import { namesText, percentText, valueText } from './share-text.ts';

/** The risk is calibrated from the output, and attributions add up to the output alone. */
const barsExplain =
  'The bars explain the output of the forest, from which this risk is calibrated: they add up to the output, not to the risk.';

/** @param top  attributions with a row of their own; @returns SVG by name, only what was asked for */
export function explanationDrawings({ answer, whatIf, profile }: Explanation, top: number): Record<string, string> {
  const words = new Map(answer.reasons.map((reason) => [reason.feature, reason.words]));
  const about = `Model ${answer.model.name}; calibrated risk`;
  return {
    waterfall: waterfallSvg({
      id: 'waterfall',
      title: `Why the risk is ${percentText(answer.risk)}`,
      description: `${about} ${percentText(answer.risk)}. Attributions of the features from the average output to this discharge's.`,
      baseValue: answer.baseValue,
      contributions: answer.attributions.map(({ feature, attribution }) => ({
        label: words.get(feature) ?? feature,
        value: attribution,
      })),
      top,
      above: [`Calibrated risk ${percentText(answer.risk)}`, barsExplain],
    }),
    ...(whatIf === null
      ? {}
      : {
          'what-if': waterfallSvg({
            id: 'what-if',
            title: `What if ${whatIf.set.map(({ feature, after }) => `${feature} = ${valueText(after)}`).join(', ')}`,
            description: `${about} ${percentText(whatIf.risk.after)} instead of ${percentText(whatIf.risk.before)}. ${whatIf.caution}`,
            baseValue: answer.baseValue,
            contributions: whatIf.attributions.map(({ feature, unit, value, attribution }) => ({
              label:
                value.before === value.after
                  ? (words.get(feature) ?? feature)
                  : `${feature} = ${valueText(value.after, unit)}, set`,
              value: attribution.after,
            })),
            top,
            above: [
              `Calibrated risk ${percentText(whatIf.risk.after)} instead of ${percentText(whatIf.risk.before)}`,
              barsExplain,
            ],
            unit: `Output of the forest if ${namesText(
              whatIf.set.map(({ feature, after }) => `${feature} = ${valueText(after)}`),
              2,
            )}`,
          }),
        }),
    ...(profile === null
      ? {}
      : {
          profile: riskProfileSvg({
            id: 'profile',
            title: `Risk over ${profile.feature}`,
            description: `${about} ${percentText(profile.own.risk)} as it is. ${profile.caution}`,
            feature: profile.feature,
            unit: profile.unit,
            steps: profile.steps,
            own: profile.own,
            missing: profile.missing.risk,
            baseRate: answer.baseRate,
          }),
        }),
  };
}
