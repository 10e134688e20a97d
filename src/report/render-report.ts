/**
 * The report: all evidence of a run as one HTML file that needs nothing else.
 *
 * Out     no scripts, no links that fetch, style and drawings inside; a policy in the file forbids everything else
 * Choice  the same input gives the same bytes: nothing is dated "now", nothing is numbered at random
 */
import { importedFrom } from '../model/index.ts';
import { headlineOf } from './headline.ts';
import { html, trusted } from './markup.ts';
import { count } from './number-text.ts';
import { pageStyle } from './page-style.ts';
import type { ReportInput } from './report-input.ts';
import { baselinesSection } from './sections/baselines.ts';
import { importanceSection } from './sections/importance.ts';
import { leakageSection } from './sections/leakage.ts';
import { learningSection } from './sections/learning.ts';
import { limitsSection } from './sections/limits.ts';
import { externalSection } from './sections/external.ts';
import { calibrationSection, discriminationSection } from './sections/performance.ts';
import { incidenceSection, populationSection } from './sections/population.ts';
import { provenanceSection } from './sections/provenance.ts';
import { recalibrationSection } from './sections/recalibration.ts';
import type { Section } from './sections/section.ts';
import { subgroupsSection } from './sections/subgroups.ts';
import { summarySection } from './sections/summary.ts';
import { temporalSection } from './sections/temporal.ts';
import { truthSection } from './sections/truth.ts';
import { usefulnessSection } from './sections/usefulness.ts';
import { featureSetText } from './sentence.ts';

/** In the order in which they are read; one that does not apply to the run is left out. */
const sections: readonly ((input: ReportInput) => Section | undefined)[] = [
  summarySection,
  externalSection,
  recalibrationSection,
  populationSection,
  incidenceSection,
  discriminationSection,
  calibrationSection,
  usefulnessSection,
  baselinesSection,
  temporalSection,
  subgroupsSection,
  learningSection,
  importanceSection,
  truthSection,
  leakageSection,
  provenanceSection,
  limitsSection,
];

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * @returns a whole HTML document; a part that was not computed says so in its place
 */
export function renderReport(input: ReportInput): string {
  const { header, metrics } = input;
  const parts = sections
    .flatMap((section) => section(input) ?? [])
    .filter((part) => applies(part, input))
    .map((part) => inherited(part, input));
  const imported = importedFrom(header) !== undefined;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${header.name}: evaluation of a readmission risk model</title>
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <div class="page">
          <header>
            <p class="kind">Evaluation report</p>
            <h1>Readmission risk model “${header.name}”</h1>
            <p>Outcome: ${metrics.outcome}.</p>
            <p class="meta">
              Made ${header.createdAt} · code ${header.codeVersion} · cohort ${header.cohort.name} ·
              ${count(header.features.length)} features
              (${featureSetText(metrics.featureSet)})${imported ? '' : ` · seed ${header.seed}`}
            </p>
          </header>
          ${banner(header.training.synthetic)}
          <div class="layout">
            <nav aria-label="Contents">
              <div>
                <h2>Contents</h2>
                <ol>
                  ${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
                </ol>
              </div>
            </nav>
            <main>
              ${parts.map(
                ({ id, title, body }) =>
                  html`<section id="${id}" aria-labelledby="${id}-heading">
                    <h2 id="${id}-heading">${title}</h2>
                    ${body}
                  </section> `,
              )}
              <footer>
                fhir-readmission-risk ${header.codeVersion}. All numbers of this report stand in
                ${input.metricsFile ?? 'metrics.json'} beside it.
              </footer>
            </main>
          </div>
        </div>
      </body>
    </html> `.text;
}

/** What is told of a forest that nothing here has judged. */
const unjudged = new Set(['summary', 'provenance', 'limits']);

/** Whether a section can say something: of a forest that was trained elsewhere nothing is known of how its training went. */
function applies({ id }: Section, { metrics, header }: ReportInput): boolean {
  if (importedFrom(header) === undefined) return true;
  if (headlineOf(metrics) === undefined) return unjudged.has(id);
  return id === 'leakage' ? (metrics.leakage ?? null) !== null : id !== 'incidence' && !ofTheForest.has(id);
}

/** What a recalibrated model has from its parent: the forest, and what was found about it. */
const ofTheForest = new Set(['temporal', 'learning', 'importance', 'truth', 'leakage']);

function inherited(part: Section, { metrics, header }: ReportInput): Section {
  const { recalibration } = metrics;
  if (recalibration === undefined || recalibration === null || header.parent === undefined || !ofTheForest.has(part.id))
    return part;
  return {
    ...part,
    body: html`<p class="absent">
        Of “${header.parent.name}”, on the records it was trained on and before recalibration, which left the forest as it was.
      </p>
      ${part.body}`,
  };
}

function banner(synthetic: boolean) {
  return synthetic
    ? html`<div class="banner" role="note">
        <strong>Synthetic data. Not for patient care.</strong> This model learnt from made-up patients. It serves development,
        teaching and research on methods; what it would do for real patients is unknown.
      </div>`
    : html`<div class="banner" role="note">
        <strong>Research report. Not for patient care</strong> before validation and approval at the site where the model is to be
        used.
      </div>`;
}
