/**
 * Learning curve: would more patients help?
 */
import { figureBlock, notComputed, numbersTable } from '../figure.ts';
import { count, percent, withInterval } from '../number-text.ts';
import { learningCurveSvg } from '../plots/learning-curve.ts';
import type { ReportInput } from '../report-input.ts';
import type { Section } from './section.ts';

export function learningSection({ metrics }: ReportInput): Section {
  const points = metrics.learningCurve ?? [];
  const body =
    points.length === 0
      ? notComputed('it asks for more fits, which the run was not asked for.')
      : figureBlock({
          title: 'Learning curve',
          svg: learningCurveSvg(
            {
              id: 'fig-learning',
              title: 'AUROC by number of patients learnt from',
              description: points.map(({ patients, auroc }) => `${count(patients)} patients: ${withInterval(auroc)}`).join('; '),
            },
            points,
          ),
          reading:
            'AUROC on held-out patients when the forest learns from a part of the others; bars are 95 % intervals. A curve that still rises at its right end says that more patients would help; a flat one that better features would.',
          numbers: numbersTable(
            [
              { head: 'Share of the patients', cell: ({ share }) => percent(share) },
              { head: 'Patients', cell: ({ patients }) => count(patients) },
              { head: 'Events', cell: ({ events }) => count(events) },
              { head: 'AUROC', cell: ({ auroc }) => withInterval(auroc) },
            ],
            points,
            'Learning curve',
          ),
        });
  return { id: 'learning', title: 'Learning curve', body };
}
