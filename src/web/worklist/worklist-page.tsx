/**
 * Worklist: recent discharges, highest risk first.
 */
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Worklist } from '../api/answers.ts';
import { usePageState, useStore } from '../parts/hooks.ts';
import { Loading } from '../parts/loading.tsx';
import { ProblemBox } from '../parts/problem-box.tsx';
import { count, counted, dateText, percent } from '../text/number-text.ts';
import { CapacityPanel } from './capacity-panel.tsx';
import { DischargeTable } from './discharge-table.tsx';
import { WindowForm } from './window-form.tsx';
import { rankEntries } from './worklist-filter.ts';

/** The most a worklist may hold. */
const LIMIT = 2000;

export function WorklistPage(): VNode {
  const state = usePageState();
  const worklist = useStore(state.worklist);
  useEffect(() => {
    if (state.worklist.value.status === 'idle') void state.worklist.ask({ days: 30, limit: LIMIT });
  }, [state]);
  useEffect(() => {
    if (worklist.status === 'loading' && worklist.progress === null) state.say('Scoring the discharges');
    if (worklist.status === 'ready') state.say(`${counted(worklist.value.entries.length, 'discharge')} ranked by risk`);
  }, [state, worklist]);
  return (
    <div class="worklist">
      <div class="heading">
        <p class="kind">Worklist</p>
        <h1 tabIndex={-1}>Discharges by risk of an unplanned return</h1>
      </div>
      <WindowForm
        asked={state.worklist.asked}
        busy={worklist.status === 'loading'}
        onAsk={(asked) => {
          state.look.set({ ...state.look.value, page: 0, top: null, opened: null });
          void state.worklist.ask({ ...asked, limit: LIMIT });
        }}
      />
      {worklist.status === 'failed' ? (
        <ProblemBox problem={worklist.problem} missing="The worklist" again={() => state.worklist.again()} />
      ) : worklist.status === 'ready' ? (
        <Ranked worklist={worklist.value} />
      ) : (
        <Loading what="Scoring discharges" progress={worklist.status === 'loading' ? worklist.progress : null} />
      )}
    </div>
  );
}

function Ranked({ worklist }: { readonly worklist: Worklist }): VNode {
  const ranked = useMemo(() => rankEntries(worklist.entries), [worklist]);
  return (
    <>
      <Accounting worklist={worklist} />
      <p class="banner" role="note">
        <strong>Caution:</strong> {worklist.caution}
      </p>
      {ranked.length === 0 ? (
        <p class="absent">No discharge of this time can be scored. Choose a longer time or another day.</p>
      ) : (
        <>
          <CapacityPanel ranked={ranked} />
          <DischargeTable worklist={worklist} ranked={ranked} />
        </>
      )}
    </>
  );
}

/** Every discharge that was found, by what became of it. */
function Accounting({ worklist }: { readonly worklist: Worklist }): VNode {
  const { entries, found, notEligible, failed, from, until, cut, baseRate, source } = worklist;
  const sum = (parts: readonly { readonly count: number }[]): number => parts.reduce((total, part) => total + part.count, 0);
  const left = [sum(notEligible), sum(failed)] as const;
  return (
    <div class="accounting">
      <p>
        <strong>{counted(found, 'discharge')}</strong> from {dateText(from)} to {dateText(until)} in{' '}
        {source === 'landing' ? 'the landing folder' : 'the connected FHIR server'} ={' '}
        <strong>{count(entries.length)} ranked</strong> + {count(left[0])} not eligible + {count(left[1])} failed
        {cut ? '; older ones were left out, as the list is full' : ''}. Of the discharges the model was trained on,{' '}
        <strong>{percent(baseRate)}</strong> were followed by the outcome.
      </p>
      {left[0] + left[1] === 0 ? null : (
        <details>
          <summary>
            Why {count(left[0] + left[1])} {left[0] + left[1] === 1 ? 'is' : 'are'} not ranked
          </summary>
          <ul>
            {notEligible.map(({ rule, words, count: n }) => (
              <li key={rule}>
                {count(n)} not eligible: {words} <code>{rule}</code>
              </li>
            ))}
            {failed.map(({ code, count: n }) => (
              <li key={code}>
                {count(n)} without an answer: <code>{code}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
