/**
 * Where in the page one is, and the way back.
 *
 * Choice  the address says which kind of page it is and never whom it is about: addresses end up in histories, logs and screenshots. An entry
 *         of the browser's history holds a number that means something in this tab's memory only, and nothing after it is cleared
 */
import { Store } from './store.ts';

export interface PatientRef {
  readonly patientId: string;
  readonly encounterId: string | null;
}

export type Route =
  | { readonly page: 'worklist' }
  | { readonly page: 'model' }
  /** null: the patient is not known any more, after a reload or a sign-out. */
  | { readonly page: 'patient'; readonly patient: PatientRef | null };

/** What is needed of a window. */
export interface Place {
  readonly history: { readonly state: unknown; pushState(state: unknown, title: string, address: string): void };
  readonly location: { readonly hash: string };
  addEventListener(type: 'popstate' | 'hashchange', listener: () => void): void;
}

export class Router extends Store<Route> {
  readonly #place: Place;
  #known = new Map<number, PatientRef>();
  #lastKey = 0;

  constructor(place: Place) {
    super({ page: 'worklist' });
    this.#place = place;
    const read = (): void => this.set(this.#read());
    place.addEventListener('popstate', read);
    place.addEventListener('hashchange', read);
    read();
  }

  openPatient(patient: PatientRef): void {
    this.#lastKey += 1;
    this.#known.set(this.#lastKey, patient);
    this.#go('#/patient', { patientKey: this.#lastKey }, { page: 'patient', patient });
  }

  openWorklist(): void {
    this.#go('#/', null, { page: 'worklist' });
  }

  /** Patients of earlier entries cannot be told any more. */
  forget(): void {
    // Keys go on, so that an old entry never means a new patient.
    this.#known = new Map();
    this.set(this.#read());
  }

  #go(hash: string, state: object | null, route: Route): void {
    this.#place.history.pushState(state, '', hash);
    this.set(route);
  }

  #read(): Route {
    const { hash } = this.#place.location;
    if (hash === '#/model') return same(this.value, { page: 'model' });
    if (hash !== '#/patient') return same(this.value, { page: 'worklist' });
    const key = (this.#place.history.state as { readonly patientKey?: unknown } | null)?.patientKey;
    const patient = typeof key === 'number' ? (this.#known.get(key) ?? null) : null;
    return this.value.page === 'patient' && this.value.patient === patient ? this.value : { page: 'patient', patient };
  }
}

/** The route as it was where it is the same: popstate and hashchange both tell of one step. */
function same(old: Route, route: Route): Route {
  return old.page === route.page ? old : route;
}
