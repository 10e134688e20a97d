/**
 * Patient: the risk of one discharge, why, from which records, and what the model would say of other values.
 *
 * Choice  where the question fails nothing of an earlier answer is left: no risk, no name, no reason
 */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { usePageState, useStore } from '../parts/hooks.ts';
import { Loading } from '../parts/loading.tsx';
import { ProblemBox } from '../parts/problem-box.tsx';
import type { PatientRef } from '../state/route.ts';
import { ageAt, counted, instantText, percent, daysBetween } from '../text/number-text.ts';
import { CoverageSection } from './coverage-section.tsx';
import { ModelChange } from './model-change.tsx';
import { ReasonsSection } from './reasons-section.tsx';
import { RiskSection } from './risk-section.tsx';
import { TimelineSection } from './timeline-section.tsx';
import { WhatIfSection } from './what-if-section.tsx';

export function PatientPage({ asked }: { readonly asked: PatientRef | null }): VNode {
  const state = usePageState();
  const patient = useStore(state.patient);
  useEffect(() => {
    state.whatIf.clear();
    state.profile.clear();
    if (asked === null) state.patient.clear();
    else if (state.patient.asked !== asked) void state.patient.ask(asked);
  }, [state, asked]);
  useEffect(() => {
    if (patient.status === 'loading') state.say('Asking for the patient');
    if (patient.status === 'ready') state.say(`Risk ${percent(patient.value.explanation.answer.risk)}`);
  }, [state, patient]);
  // The answer of the patient before stays away from this one's page, also in the drawing before the question goes out.
  const current = state.patient.asked === asked ? patient : ({ status: 'loading', progress: null } as const);
  const view = current.status === 'ready' ? current.value : null;
  const person = view?.person ?? null;
  return (
    <div class="patient">
      <p class="back">
        <button type="button" class="link" onClick={() => state.router.openWorklist()}>
          ← Worklist
        </button>
      </p>
      <div class="heading">
        <p class="kind">Patient</p>
        {/* One element whatever becomes of the question: the focus stays on it. */}
        <h1 tabIndex={-1}>
          <bdi>{asked === null ? 'No patient is open' : (person?.name ?? `Patient ${asked.patientId}`)}</bdi>
        </h1>
        {view === null ? null : <Stay view={view} />}
      </div>
      {asked === null ? (
        <NotKnown />
      ) : view !== null ? (
        <View key={view.person.id} view={view} asked={asked} />
      ) : current.status === 'failed' ? (
        <ProblemBox problem={current.problem} missing="The risk of this patient" again={() => state.patient.again()} />
      ) : (
        <Loading what="Reading the records of this patient" />
      )}
    </div>
  );
}

function NotKnown(): VNode {
  const state = usePageState();
  return (
    <>
      <p>Whom this page was about is not kept when it is reloaded, cleared or signed out of. Choose the patient again.</p>
      <button type="button" class="primary" onClick={() => state.router.openWorklist()}>
        To the worklist
      </button>
    </>
  );
}

function View({ view, asked }: { readonly view: PatientView; readonly asked: PatientRef }): VNode {
  const { answer } = view.explanation;
  return (
    <>
      <ModelChange answer={answer} />
      <p class="banner" role="note">
        <strong>Caution:</strong> {answer.caution}
      </p>
      <RiskSection answer={answer} />
      <ReasonsSection view={view} />
      <TimelineSection view={view} />
      <CoverageSection answer={answer} />
      <WhatIfSection view={view} asked={asked} />
    </>
  );
}

function Stay({ view }: { readonly view: PatientView }): VNode {
  const { person } = view;
  const { stay, encounter, asOf } = view.explanation.answer;
  const age = ageAt(person.birthDate, stay?.discharge ?? asOf);
  const days = stay === null ? null : daysBetween(stay.admission, stay.discharge);
  const told = [age === null ? 'age not known' : counted(age, 'year'), person.sex ?? 'sex not recorded', `id ${person.id}`];
  return (
    <>
      <p>
        <bdi>{told.join(' · ')}</bdi>
      </p>
      {stay === null ? null : (
        <p>
          In hospital {instantText(stay.admission)} to {instantText(stay.discharge)}
          {days === null ? '' : ` (${counted(days, 'day')})`}: <bdi>{stay.reason ?? 'reason not recorded'}</bdi>
        </p>
      )}
      <p class="meta">
        {encounter === null ? null : (
          <>
            <code>{encounter}</code>,{' '}
          </>
        )}
        as known at {instantText(asOf)}
      </p>
    </>
  );
}
