/**
 * The page at `/`: worklist, patient, model.
 */
import { render } from 'preact';
import { App } from './app.tsx';
import { PageStateProvider } from './parts/hooks.ts';
import { PageState } from './state/page-state.ts';
import './style/base.css';
import './style/parts.css';
import './style/worklist.css';
import './style/patient.css';
import './style/plots.css';
import './style/media.css';

const place = document.getElementById('page');
if (place !== null) {
  const state = new PageState(window, { fetch: (path, sent) => fetch(path, sent) });
  render(
    <PageStateProvider value={state}>
      <App />
    </PageStateProvider>,
    place,
  );
}
