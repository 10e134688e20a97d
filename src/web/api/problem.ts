/**
 * What went wrong with a question to the server, in words for who asked it.
 *
 * In      an answer that is no success, or no answer
 * Out     a problem: what happened, what it means here, what to do; the server's own words beside it
 * Choice  every problem says that nothing is shown in its place: an old number would look like an answer
 */
export type ProblemKind =
  | 'unauthenticated'
  | 'forbidden'
  | 'refused'
  | 'not-found'
  | 'busy'
  | 'server'
  | 'timeout'
  | 'offline'
  | 'unreadable'
  | 'mismatch';

export interface Problem {
  readonly kind: ProblemKind;
  readonly title: string;
  /** What to do. */
  readonly advice: string;
  /** The server's own words; null where it said none. */
  readonly detail: string | null;
  /** The server's error code. */
  readonly code: string | null;
  readonly status: number | null;
  /** Names the request in the server's log. */
  readonly requestId: string | null;
}

const words: Readonly<Record<ProblemKind, readonly [title: string, advice: string]>> = {
  unauthenticated: ['The server asks who you are', 'Sign in again.'],
  forbidden: ['You are not permitted to see this', 'Ask who runs the server for the permission.'],
  refused: ['There is no score for this', 'What the server says is below; asking again will not change it.'],
  'not-found': ['The server has nothing there', 'It may be of an older version, or the record is gone.'],
  busy: ['The server is busy', 'Try again in a moment.'],
  server: ['The server failed on this', 'Try again; if it stays so, tell who runs the server, with the request id below.'],
  timeout: ['The server did not answer in time', 'Try again; the record may be large or the server busy.'],
  offline: ['The server cannot be reached', 'Check the network, then try again.'],
  unreadable: ['The answer could not be read', 'The page and the server may be of different versions: reload the page.'],
  mismatch: [
    'The answer was about another patient',
    'It is not shown. Try again; if it happens again, tell who runs the server.',
  ],
};

export function problemOf(kind: ProblemKind, told: Partial<Omit<Problem, 'kind'>> = {}): Problem {
  const [title, advice] = words[kind];
  return { kind, title, advice, detail: null, code: null, status: null, requestId: null, ...told };
}

/** Thrown by the client; carries what is shown. */
export class PageError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

export function kindOfStatus(status: number): ProblemKind {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 405 || status === 410) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'server' : 'refused';
}

/** @param body  the answer's body, parsed where it is JSON: problem+json or an OperationOutcome */
export function problemOfAnswer(status: number, body: unknown): Problem {
  const record = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 2000) : null);
  const issue = Array.isArray(record['issue'])
    ? (record['issue'][0] as Readonly<Record<string, unknown>> | undefined)
    : undefined;
  const own = text(record['title']);
  const told = text(record['detail']) ?? text(issue?.['diagnostics']);
  return problemOf(kindOfStatus(status), {
    detail: own !== null && told !== null ? `${own}: ${told}` : (told ?? own),
    code: text(record['code']),
    requestId: text(record['requestId']),
    status,
  });
}
