/**
 * A problem where an answer would have been: what happened, what to do, the server's own words.
 */
import type { VNode } from 'preact';
import type { Problem } from '../api/problem.ts';

export interface ProblemBoxProps {
  readonly problem: Problem;
  /** What is not shown because of it: "The risk of this patient". */
  readonly missing: string;
  readonly again?: () => void;
}

export function ProblemBox({ problem, missing, again }: ProblemBoxProps): VNode {
  const { title, advice, detail, code, requestId, status, kind } = problem;
  const facts = [status === null ? null : `status ${status}`, code, requestId === null ? null : `request ${requestId}`];
  const told = facts.filter((fact) => fact !== null).join(' · ');
  return (
    <div class="problem" role="alert" data-kind={kind}>
      <h2>{title}</h2>
      <p>
        {missing} is not shown. {advice}
      </p>
      {detail === null ? null : <p class="detail">{detail}</p>}
      {told === '' ? null : <p class="facts">{told}</p>}
      {again === undefined || kind === 'refused' ? null : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
