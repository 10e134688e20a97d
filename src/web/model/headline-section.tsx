/**
 * The headline: what the model reaches, beside what simpler models reach on the same discharges.
 */
import type { VNode } from 'preact';
import { FigureCell, NumberTable } from '../parts/table.tsx';
import { modelName, sortedModels } from '../text/names.ts';
import { counted, percent, withInterval } from '../text/number-text.ts';
import { at, figureOf, objectOf, type MainEvidence } from './metrics-reading.ts';

const statistics = [
  ['auroc', 'AUROC', 'higher is better; chance 0.5'],
  ['averagePrecision', 'Average precision', 'higher is better; chance is the prevalence'],
  ['brier', 'Brier score', 'lower is better'],
  ['calibrationSlope', 'Calibration slope', 'ideal 1'],
  ['calibrationIntercept', 'Calibration intercept', 'ideal 0'],
] as const;

export function HeadlineSection({ main }: { readonly main: MainEvidence }): VNode {
  const { evidence, rows, events, patients, judged, description } = main;
  const headline = objectOf(evidence['headline']) ?? {};
  const models = sortedModels(Object.keys(headline));
  const figure = (model: string, statistic: string) => figureOf(at(headline, model, statistic));
  return (
    <section aria-labelledby="headline-title">
      <h2 id="headline-title">How well it does</h2>
      <p>
        Judged on {counted(rows, 'discharge')}
        {patients === null ? '' : ` of ${counted(patients, 'patient')}`}, {counted(events, 'event')} ({percent(events / rows)}):{' '}
        {judged}. {description}
      </p>
      <dl class="tiles">
        {statistics.slice(0, 4).map(([key, name, ideal]) => {
          const [value = '', interval] = withInterval(figure('forest', key)).split(' (');
          return (
            <div key={key}>
              <dt>{name}</dt>
              <dd>
                <strong>{value}</strong>
                <span>{interval === undefined ? 'no interval' : `95 % interval ${interval.replace(')', '')}`}</span>
                <span>{ideal}</span>
              </dd>
            </div>
          );
        })}
      </dl>
      <NumberTable
        caption="Beside simpler models, on the same discharges (95 % intervals)"
        columns={[
          { head: 'Model', text: true, cell: modelName },
          ...statistics.map(([key, name]) => ({
            head: name,
            cell: (model: string) => <FigureCell figure={figure(model, key)} />,
          })),
          {
            head: 'AUROC of the forest minus this',
            cell: (model: string) =>
              model === 'forest' ? '' : <FigureCell figure={figureOf(at(evidence, 'differences', model))} />,
          },
        ]}
        rows={models}
        emphasised={(model) => model === 'forest'}
      />
    </section>
  );
}
