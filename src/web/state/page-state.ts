/**
 * What the page knows, and all that can be asked of it: one object, made at the start, forgotten as a whole.
 *
 * Choice  nothing of it is written anywhere: no storage, no cookie, no address. When the session ends it is gone from memory too
 */
import type { PatientRequest, WorklistRequest } from '../../server/page/page-answers.ts';
import type { ModelDescription, PatientView, Worklist } from '../api/answers.ts';
import { createClient, type Client, type ClientOptions } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import type { Json } from '../model/metrics-reading.ts';
import { LatestAnswer, type LatestAnswerOptions } from './latest-answer.ts';
import { Router, type PatientRef, type Place } from './route.ts';
import { Store } from './store.ts';

export type Session =
  | { readonly phase: 'open' }
  /** refused: a token was given and not taken. */
  | { readonly phase: 'sign-in'; readonly refused: boolean }
  /** Nobody used the page for a while, or it was cleared by hand. */
  | { readonly phase: 'cleared'; readonly idle: boolean };

/** How the worklist is looked at; kept while a patient is open. */
export interface WorklistLook {
  readonly text: string;
  readonly band: string;
  readonly page: number;
  /** N of "the top N"; null before it was chosen. */
  readonly top: number | null;
  /** `Encounter/id` that was opened last. */
  readonly opened: string | null;
}

export interface PatientAsked extends PatientRef {
  readonly set?: Readonly<Record<string, number | null>>;
  readonly profile?: string;
}

const firstLook: WorklistLook = { text: '', band: '', page: 0, top: null, opened: null };

export class PageState {
  readonly session = new Store<Session>({ phase: 'open' });
  readonly look = new Store<WorklistLook>(firstLook);
  /** Said to who cannot see the page change. */
  readonly said = new Store('');
  readonly router: Router;
  readonly client: Client;
  readonly worklist: LatestAnswer<WorklistRequest, Worklist>;
  readonly patient: LatestAnswer<PatientAsked, PatientView>;
  readonly whatIf: LatestAnswer<PatientAsked, PatientView>;
  readonly profile: LatestAnswer<PatientAsked, PatientView>;
  readonly model: LatestAnswer<null, ModelDescription>;
  readonly card: LatestAnswer<null, Json>;
  readonly metrics: LatestAnswer<null, Json | null>;
  #token: string | null = null;

  constructor(place: Place, options: Omit<ClientOptions, 'token'>) {
    this.router = new Router(place);
    const client = createClient({ ...options, token: () => this.#token });
    this.client = client;
    const onProblem = (problem: Problem): void => {
      if (problem.kind === 'unauthenticated') this.#end({ phase: 'sign-in', refused: this.#token !== null });
    };
    const question = <Asked, T>(rest: Omit<LatestAnswerOptions<Asked, T>, 'onProblem'>): LatestAnswer<Asked, T> =>
      new LatestAnswer({ ...rest, onProblem });
    const ofPatient = (): LatestAnswer<PatientAsked, PatientView> =>
      question({ ask: (asked, signal) => client.patient(patientRequest(asked), signal), belongs: isAbout });
    this.worklist = question({ ask: (asked, signal, onProgress) => client.worklist(asked, signal, onProgress) });
    this.patient = ofPatient();
    this.whatIf = ofPatient();
    this.profile = ofPatient();
    this.model = question({ ask: (_, signal) => client.model(signal) });
    this.card = question({ ask: (_, signal) => client.card(signal) });
    this.metrics = question({ ask: (_, signal) => client.metrics(signal) });
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** What every page needs. */
  start(): void {
    if (this.model.value.status === 'idle') void this.model.ask(null);
    if (this.metrics.value.status === 'idle') void this.metrics.ask(null);
  }

  signIn(token: string): void {
    this.#token = token;
    this.session.set({ phase: 'open' });
    this.start();
  }

  /** After the page was cleared. */
  resume(): void {
    this.session.set({ phase: 'open' });
    this.start();
  }

  clear(idle: boolean): void {
    this.#end({ phase: 'cleared', idle });
  }

  say(text: string): void {
    this.said.set(text);
  }

  #end(session: Session): void {
    this.#token = null;
    this.session.set(session);
    for (const known of [this.worklist, this.patient, this.whatIf, this.profile, this.model, this.card, this.metrics]) {
      known.clear();
    }
    this.look.set(firstLook);
    this.said.set('');
    this.router.forget();
  }
}

function patientRequest({ patientId, encounterId, set, profile }: PatientAsked): PatientRequest {
  return {
    patientId,
    ...(encounterId === null ? {} : { encounterId }),
    ...(set === undefined ? {} : { set: { ...set } }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** A patient's answer is shown under the patient who was asked for, or not at all. */
function isAbout(asked: PatientAsked, view: PatientView): boolean {
  const { encounter } = view.explanation.answer;
  return (
    view.person.id === asked.patientId &&
    (asked.encounterId === null || encounter === null || encounter.replace(/^Encounter\//, '') === asked.encounterId)
  );
}
