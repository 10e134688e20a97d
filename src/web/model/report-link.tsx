/**
 * The way to the full report: a page of its own where the browser may ask for it, a file where a token has to be sent along.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { PageError } from '../api/problem.ts';
import { download } from '../parts/download.ts';
import { usePageState } from '../parts/hooks.ts';

export function ReportLink(): VNode {
  const state = usePageState();
  const [told, setTold] = useState<string | null>(null);
  if (!state.hasToken) {
    return (
      <p>
        <a href="/v1/model/report" target="_blank" rel="noopener">
          The full report
        </a>{' '}
        opens in a tab of its own.
      </p>
    );
  }
  const save = async (): Promise<void> => {
    setTold('Asking for the report …');
    try {
      download('report.html', 'text/html', await state.client.report(new AbortController().signal));
      setTold(null);
    } catch (error) {
      setTold(error instanceof PageError ? `${error.problem.title}; ${error.problem.advice}` : 'The report could not be read.');
    }
  };
  return (
    <p>
      <button type="button" onClick={() => void save()}>
        Download the full report
      </button>{' '}
      <span role="status">{told}</span>
    </p>
  );
}
