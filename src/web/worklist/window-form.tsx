/**
 * Which discharges: of how many days, until when.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WorklistRequest } from '../../server/page/page-answers.ts';

const lengths = [1, 7, 14, 30, 90, 180, 365];

export interface WindowFormProps {
  readonly asked: WorklistRequest | null;
  readonly busy: boolean;
  readonly onAsk: (request: WorklistRequest) => void;
}

export function WindowForm({ asked, busy, onAsk }: WindowFormProps): VNode {
  const [days, setDays] = useState(asked?.days ?? 30);
  const [until, setUntil] = useState(asked?.until ?? '');
  return (
    <form
      class="controls"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ days, ...(/^\d{4}-\d\d-\d\d$/.test(until) ? { until } : {}) });
      }}
    >
      <label>
        Discharges of
        <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {lengths.map((length) => (
            <option key={length} value={length}>
              {length === 1 ? '1 day' : `${length} days`}
            </option>
          ))}
        </select>
      </label>
      <label>
        until (empty: the newest)
        <input type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        {busy ? 'Ask again' : 'Show'}
      </button>
    </form>
  );
}
