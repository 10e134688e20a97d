/**
 * Tells that this answer and the worklist are of different models.
 */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { usePageState, useStore } from '../parts/hooks.ts';

export function ModelChange({ answer }: { readonly answer: PatientView['explanation']['answer'] }): VNode | null {
  const state = usePageState();
  const worklist = useStore(state.worklist);
  const model = useStore(state.model);
  const { sha256, name } = answer.model;
  useEffect(() => {
    if (model.status !== 'ready' || model.value.sha256 === sha256) return;
    void state.model.ask(null);
    void state.metrics.ask(null);
    state.card.clear();
  }, [state, sha256]);
  if (worklist.status !== 'ready' || worklist.value.model.sha256 === sha256) return null;
  return (
    <div class="alert" role="status">
      <p>
        <strong>The model was replaced.</strong> This patient was computed anew by model {name} <code>{sha256.slice(0, 8)}</code>;
        the worklist is still of <code>{worklist.value.model.sha256.slice(0, 8)}</code>. The two risks are not to be compared.
      </p>
      <button
        type="button"
        onClick={() => {
          state.worklist.again();
          state.router.openWorklist();
        }}
      >
        Compute the worklist anew
      </button>
    </div>
  );
}
