/**
 * What if: other values of the features a team can change, and what the model would answer.
 *
 * Choice  every change is asked of the server, which alone computes risks; an answer that was overtaken is not shown
 * Choice  it is about the model, and says so beside every number
 */
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { BandLabel } from '../parts/band-label.tsx';
import { usePageState, useStore } from '../parts/hooks.ts';
import { ProblemBox } from '../parts/problem-box.tsx';
import { useDeferred } from '../parts/use-deferred.ts';
import type { PatientRef } from '../state/route.ts';
import { capital, featureName, shownUnit } from '../text/names.ts';
import { counted, percent, plainValue, points } from '../text/number-text.ts';
import { RiskProfile } from './risk-profile.tsx';
import { byWeight, changedValues, currentValues, isFlag, stepOf, typedValue, type Changeable, type Values } from './what-if.ts';

/** Features shown before the others are asked for. */
const FIRST = 8;

export function WhatIfSection({ view, asked }: { readonly view: PatientView; readonly asked: PatientRef }): VNode {
  const state = usePageState();
  const changeable = useMemo(() => byWeight(view.changeable, view.explanation.answer.attributions), [view]);
  const [all, setAll] = useState(false);
  const [values, setValues] = useState<Values>(() => currentValues(changeable));
  const settled = useDeferred(values, 250);
  const changed = JSON.stringify(changedValues(changeable, settled));
  useEffect(() => {
    const set = JSON.parse(changed) as Record<string, number | null> | null;
    if (set === null) state.whatIf.clear();
    else void state.whatIf.ask({ ...asked, set });
  }, [state, asked, changed]);
  if (changeable.length === 0) {
    return (
      <section aria-labelledby="what-if-title">
        <h2 id="what-if-title">What if</h2>
        <p class="absent">None of the features this model reads is one that a team can change.</p>
      </section>
    );
  }
  return (
    <section class="what-if" aria-labelledby="what-if-title">
      <h2 id="what-if-title">What if</h2>
      <p>
        Other values of what a team can change, all else as recorded. This is about the model, not about the patient: it says what
        the model would answer if the record said so, not what would happen if the value were changed.
      </p>
      <div class="what-if-layout">
        <div class="fields">
          {(all ? changeable : changeable.slice(0, FIRST)).map((feature) => (
            <Field
              key={feature.feature}
              feature={feature}
              value={values[feature.feature] ?? null}
              set={(value) => setValues((old) => ({ ...old, [feature.feature]: value }))}
              onProfile={() => void state.profile.ask({ ...asked, profile: feature.feature })}
            />
          ))}
          {changeable.length <= FIRST ? null : (
            <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? 'Show the first' : `Show all ${changeable.length}`}
            </button>
          )}
          <button
            type="button"
            disabled={changedValues(changeable, values) === null}
            onClick={() => setValues(currentValues(changeable))}
          >
            Back to the recorded values
          </button>
        </div>
        <div class="outcome">
          <Outcome waiting={settled !== values} base={view} />
          <RiskProfile view={view} />
        </div>
      </div>
    </section>
  );
}

interface FieldProps {
  readonly feature: Changeable;
  readonly value: number | null;
  readonly set: (value: number | null) => void;
  readonly onProfile: () => void;
}

function Field({ feature, value, set, onProfile }: FieldProps): VNode {
  const { unit, range, value: recorded } = feature;
  const label = capital(featureName(feature.feature));
  const [low, high] = range;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = shownUnit(unit);
  const id = `set-${feature.feature}`;
  const wrong = typed !== null && typedValue(typed, range) === undefined;
  const changed = !Object.is(value, recorded);
  const note = `${changed ? 'recorded: ' : ''}${recorded === null ? 'not known' : isFlag(feature) ? (recorded === 1 ? 'yes' : 'no') : `${plainValue(recorded)} ${shown}`}`;
  return (
    <fieldset class={changed ? 'field changed' : 'field'}>
      <legend>{label}</legend>
      {isFlag(feature) ? (
        <select
          aria-label={label}
          value={value === null ? '' : String(value)}
          onChange={(event) => set(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}
        >
          <option value="">not known</option>
          <option value="0">no</option>
          <option value="1">yes</option>
        </select>
      ) : (
        <div class="slider">
          <input
            type="range"
            min={low}
            max={high}
            step={stepOf(unit, range)}
            value={value ?? low}
            aria-label={label}
            aria-valuetext={value === null ? 'not known' : `${plainValue(value)} ${shown}`}
            class={value === null ? 'unknown' : ''}
            onInput={(event) => {
              setTyped(null);
              set(event.currentTarget.valueAsNumber);
            }}
          />
          <input
            id={id}
            type="text"
            inputMode="decimal"
            size={6}
            autocomplete="off"
            aria-label={`${label}, as a number${shown === '' ? '' : ` in ${shown}`}; empty is not known`}
            aria-invalid={wrong ? 'true' : 'false'}
            value={typed ?? (value === null ? '' : String(Number(value.toFixed(2))))}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              const read = typedValue(event.currentTarget.value, range);
              if (read !== undefined) set(read);
            }}
            onBlur={() => {
              if (!wrong) setTyped(null);
            }}
          />
          <span class="unit">{shown}</span>
        </div>
      )}
      <p class="sub">
        {note}
        {isFlag(feature) ? null : (
          <>
            {' · '}
            <button type="button" class="link small" onClick={onProfile}>
              risk over its range<span class="unseen"> of {label}</span>
            </button>
          </>
        )}
      </p>
      {wrong ? (
        <p class="wrong" role="alert">
          Expected {plainValue(low)} to {plainValue(high)} {shown}, or nothing for “not known”; the last valid value is used.
        </p>
      ) : null}
    </fieldset>
  );
}

function Outcome({ waiting, base }: { readonly waiting: boolean; readonly base: PatientView }): VNode {
  const state = usePageState();
  const answer = useStore(state.whatIf);
  const model = useStore(state.model);
  useEffect(() => {
    if (answer.status === 'ready' && answer.value.explanation.whatIf !== null) {
      state.say(`With these values the model would answer ${percent(answer.value.explanation.whatIf.risk.after)}`);
    }
  }, [state, answer]);
  const bands = model.status === 'ready' ? model.value.bands.map(({ name }) => name) : [];
  const { risk, band, model: own } = base.explanation.answer;
  if (answer.status === 'failed') {
    return <ProblemBox problem={answer.problem} missing="The changed risk" again={() => state.whatIf.again()} />;
  }
  const whatIf = answer.status === 'ready' && !waiting ? answer.value.explanation.whatIf : null;
  const busy = answer.status === 'loading' || (waiting && answer.status !== 'idle');
  const other = answer.status === 'ready' && answer.value.explanation.answer.model.sha256 !== own.sha256;
  return (
    <>
      <dl class="tiles two" aria-busy={busy ? 'true' : 'false'}>
        <div>
          <dt>As recorded</dt>
          <dd>
            <strong>{percent(whatIf?.risk.before ?? risk)}</strong>
            <span>
              <BandLabel band={whatIf?.band.before ?? band} bands={bands} />
            </span>
          </dd>
        </div>
        <div>
          <dt>With these values</dt>
          <dd data-what-if="">
            {whatIf === null ? (
              <span class="none">{busy ? 'asking …' : 'change a value'}</span>
            ) : (
              <>
                <strong>{percent(whatIf.risk.after)}</strong>
                <span>
                  <BandLabel band={whatIf.band.after} bands={bands} />
                </span>
                <span>{points(whatIf.risk.difference)}</span>
              </>
            )}
          </dd>
        </div>
      </dl>
      {whatIf === null ? null : (
        <>
          {other ? (
            <p class="alert">The model was replaced since this page was opened; both risks here are of the new one.</p>
          ) : null}
          <p class="note">{whatIf.caution}</p>
          {whatIf.warnings.length === 0 ? null : (
            <ul class="alert">
              {whatIf.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
          <Relatives names={[...new Set(whatIf.set.flatMap(({ relatives }) => relatives))]} />
        </>
      )}
    </>
  );
}

/** Features that look at the same records as those that were set. */
function Relatives({ names }: { readonly names: readonly string[] }): VNode | null {
  if (names.length === 0) return null;
  return (
    <details>
      <summary>{counted(names.length, 'feature')} that look at the same records keep their values</summary>
      <p class="note">{names.map(featureName).join('; ')}</p>
    </details>
  );
}
