/**
 * The frame of the page: who made the numbers, the way from one part to another, what is said aloud.
 */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ModelPage } from './model/model-page.tsx';
import { usePageState, useStore } from './parts/hooks.ts';
import { SessionPanel } from './parts/session-panel.tsx';
import { useIdleEnd } from './parts/use-idle-end.ts';
import { PatientPage } from './patient/patient-page.tsx';
import { WorklistPage } from './worklist/worklist-page.tsx';

const titles = { worklist: 'Worklist', patient: 'Patient', model: 'Model' } as const;

export function App(): VNode {
  const state = usePageState();
  const session = useStore(state.session);
  const route = useStore(state.router);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => state.start(), [state]);
  useIdleEnd(state);
  const shown = session.phase === 'open' ? route.page : session.phase;
  const about = route.page === 'patient' ? route.patient : null;
  useEffect(() => {
    document.title = `${session.phase === 'open' ? titles[route.page] : 'Signed out'} · Readmission risk`;
    if (first.current) {
      first.current = false;
      return;
    }
    // Who comes back to a row is there already.
    if (main.current?.contains(document.activeElement) === true) return;
    window.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [shown, about]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <Top />
      <main id="main" ref={main} tabIndex={-1}>
        {session.phase !== 'open' ? (
          <SessionPanel session={session} />
        ) : route.page === 'worklist' ? (
          <WorklistPage />
        ) : route.page === 'model' ? (
          <ModelPage />
        ) : (
          <PatientPage asked={route.patient} />
        )}
      </main>
      <Foot />
      <Said />
    </>
  );
}

function Top(): VNode {
  const state = usePageState();
  const session = useStore(state.session);
  const route = useStore(state.router);
  const model = useStore(state.model);
  const here = (page: string): { 'aria-current'?: 'page' } => (route.page === page ? { 'aria-current': 'page' } : {});
  return (
    <header class="top">
      <div class="top-row">
        <p class="brand">Readmission risk</p>
        {session.phase !== 'open' ? null : (
          <nav aria-label="Pages">
            <a href="#/" {...here('worklist')}>
              Worklist
            </a>
            <a href="#/model" {...here('model')}>
              Model
            </a>
          </nav>
        )}
        <p class="top-model">
          {model.status === 'ready' ? (
            <>
              Model <strong>{model.value.name}</strong> <code title={model.value.sha256}>{model.value.sha256.slice(0, 8)}</code>
            </>
          ) : null}
        </p>
        {session.phase !== 'open' ? null : (
          <button type="button" class="quiet" onClick={() => state.clear(false)}>
            {state.hasToken ? 'Sign out' : 'Clear the page'}
          </button>
        )}
      </div>
    </header>
  );
}

function Foot(): VNode {
  return (
    <footer>
      <p>
        Times are in UTC. Nothing shown here is kept by this browser; after 15 minutes without use the page is cleared. The HTTP
        interface behind it: <a href="/openapi.json">openapi.json</a>.
      </p>
    </footer>
  );
}

/** For who does not see the page change. */
function Said(): VNode {
  const text = useStore(usePageState().said);
  return (
    <p class="said" role="status" aria-live="polite">
      {text}
    </p>
  );
}
