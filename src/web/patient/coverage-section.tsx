/**
 * What the answer could not see: values that are missing, records that were not searched, values outside what the model has seen.
 */
import type { VNode } from 'preact';
import type { PatientView } from '../api/answers.ts';
import { featureName, shownUnit } from '../text/names.ts';
import { counted, dateText, plainValue } from '../text/number-text.ts';

export function CoverageSection({ answer }: { readonly answer: PatientView['explanation']['answer'] }): VNode {
  const { missing, notCovered, outOfTrainingRange, coverage, notes, attributions } = answer;
  const uncovered = new Set(notCovered);
  const absent = missing.filter((name) => !uncovered.has(name));
  const valueOf = (name: string): string => {
    const found = attributions.find(({ feature }) => feature === name);
    return found === undefined ? '' : ` (${plainValue(found.value)} ${shownUnit(found.unit)})`;
  };
  return (
    <section aria-labelledby="coverage-title">
      <h2 id="coverage-title">What the answer could not see</h2>
      <div class="columns">
        <Names
          title="Outside the training range"
          names={outOfTrainingRange}
          none="Every value lies within what the model has seen."
          label={(name) => `${featureName(name)}${valueOf(name)}`}
        />
        <Names
          title="Not covered by the records"
          names={notCovered}
          none="The records cover the time and types that every feature looks at."
          note="Their time or type was not searched: missing, not zero."
        />
        <Names title="Not recorded" names={absent} none="No value is missing." note="Searched, and nothing found." />
      </div>
      {coverage === null ? null : (
        <p class="meta">
          Searched: {coverage.types.join(', ')}
          {coverage.from === null ? ', from the beginning of the record' : `, from ${dateText(coverage.from)}`}
          {coverage.assumed ? ' (assumed: the source does not say what it covers)' : ''}.
        </p>
      )}
      {notes.length === 0 ? null : (
        <ul class="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface NamesProps {
  readonly title: string;
  readonly names: readonly string[];
  /** Said where there is none. */
  readonly none: string;
  readonly note?: string;
  readonly label?: (name: string) => string;
}

function Names({ title, names, none, note, label = featureName }: NamesProps): VNode {
  return (
    <div>
      <h3>{title}</h3>
      {names.length === 0 ? (
        <p class="note">{none}</p>
      ) : (
        <>
          <p class="note">
            {counted(names.length, 'feature')}. {note}
          </p>
          <details open={names.length <= 6}>
            <summary>Which</summary>
            <ul>
              {names.map((name) => (
                <li key={name}>{label(name)}</li>
              ))}
            </ul>
          </details>
        </>
      )}
    </div>
  );
}
