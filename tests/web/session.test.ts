/** The way through the page without a patient in an address, and the end of a session. */
import { describe, expect, test } from '@jest/globals';
import { IdleClock } from '../../src/web/state/idle-clock.ts';
import { PageState } from '../../src/web/state/page-state.ts';
import type { Place } from '../../src/web/state/route.ts';

/** A window's history, as far as the router needs it. */
class FakePlace implements Place {
  readonly entries: { state: unknown; hash: string }[] = [{ state: null, hash: '' }];
  at = 0;
  readonly #listeners: (() => void)[] = [];

  get location(): { hash: string } {
    return { hash: this.entries[this.at]?.hash ?? '' };
  }

  get history(): Place['history'] {
    return {
      state: this.entries[this.at]?.state,
      pushState: (state, _title, hash) => {
        this.entries.splice(this.at + 1, Infinity, { state, hash });
        this.at += 1;
      },
    };
  }

  addEventListener(_type: string, listener: () => void): void {
    this.#listeners.push(listener);
  }

  go(by: number): void {
    this.at += by;
    for (const listener of this.#listeners) listener();
  }
}

const answers: Readonly<Record<string, unknown>> = {
  '/v1/model': { sha256: 'ab', bands: [], features: [] },
  '/v1/model/metrics': {},
};

function start(status = 200) {
  const place = new FakePlace();
  const authorizations: (string | undefined)[] = [];
  const current = { status };
  const state = new PageState(place, {
    fetch: (path, init) => {
      authorizations.push(init.headers['authorization']);
      return Promise.resolve(new Response(JSON.stringify(answers[path] ?? {}), { status: current.status }));
    },
  });
  return { place, state, authorizations, current };
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const patient = { patientId: 'p1-secret', encounterId: 'e1-secret' };

describe('the way', () => {
  test('back and forward find the patient again; no id is in the history', () => {
    const { place, state } = start();
    state.router.openPatient(patient);
    expect(state.router.value).toEqual({ page: 'patient', patient });
    expect(JSON.stringify(place.entries)).not.toContain('secret');
    place.go(-1);
    expect(state.router.value).toEqual({ page: 'worklist' });
    place.go(1);
    expect(state.router.value).toEqual({ page: 'patient', patient });
  });

  test('after the end of the session nothing of it is found', () => {
    const { place, state } = start();
    state.router.openPatient(patient);
    state.clear(true);
    expect(state.router.value).toEqual({ page: 'patient', patient: null });
    place.go(-1);
    place.go(1);
    expect(state.router.value).toEqual({ page: 'patient', patient: null });
    const other = { patientId: 'p2', encounterId: null };
    state.router.openPatient(other);
    place.go(-1);
    // The old entry never means the new patient.
    expect(state.router.value).toEqual({ page: 'patient', patient: null });
  });
});

describe('the session', () => {
  test('401 asks for a token, a second one says it was not taken; everything is forgotten', async () => {
    const { state, authorizations, current } = start(401);
    state.start();
    await settled();
    expect(state.session.value).toEqual({ phase: 'sign-in', refused: false });
    expect(state.model.value.status).toBe('idle');
    state.signIn('t1');
    await settled();
    expect(state.session.value).toEqual({ phase: 'sign-in', refused: true });
    expect(state.hasToken).toBe(false);
    current.status = 200;
    state.signIn('t2');
    await settled();
    expect(state.session.value).toEqual({ phase: 'open' });
    expect(state.model.value.status).toBe('ready');
    expect(authorizations.at(-1)).toBe('Bearer t2');
  });

  test('cleared: answers, token and how the list was looked at are gone', async () => {
    const { state } = start();
    state.signIn('t');
    await settled();
    state.look.set({ ...state.look.value, text: 'secret' });
    state.clear(true);
    expect(state.session.value).toEqual({ phase: 'cleared', idle: true });
    expect([state.model.value.status, state.metrics.value.status, state.look.value.text, state.hasToken]).toEqual([
      'idle',
      'idle',
      '',
      false,
    ]);
    state.resume();
    expect(state.session.value).toEqual({ phase: 'open' });
  });
});

test('idle by the clock: use puts it off; a machine that slept is over; a clock set back far cannot be told', () => {
  let now = 0;
  const clock = new IdleClock(() => now, 100);
  now = 99;
  expect(clock.isOver).toBe(false);
  clock.use();
  now = 198;
  expect(clock.isOver).toBe(false);
  now = 199;
  expect(clock.isOver).toBe(true);
  clock.use();
  now = -500;
  expect(clock.isOver).toBe(true);
});
