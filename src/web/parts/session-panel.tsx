/**
 * What is shown while no data may be: the form for a token, or that the page was cleared.
 *
 * Choice  the token is kept in memory and in no form field of the browser: it is gone with the page
 */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Session } from '../state/page-state.ts';
import { usePageState } from './hooks.ts';

type Closed = Exclude<Session, { readonly phase: 'open' }>;

export function SessionPanel({ session }: { readonly session: Closed }): VNode {
  return session.phase === 'cleared' ? <Cleared idle={session.idle} /> : <SignIn refused={session.refused} />;
}

function Cleared({ idle }: { readonly idle: boolean }): VNode {
  const state = usePageState();
  return (
    <section class="panel session">
      <h1 tabIndex={-1}>The page was cleared</h1>
      <p>
        {idle ? 'Nobody used it for 15 minutes. ' : ''}Names, risks and the token are gone from this page. Going back in the
        browser does not bring them back.
      </p>
      <button type="button" class="primary" onClick={() => state.resume()}>
        Continue
      </button>
    </section>
  );
}

function SignIn({ refused }: { readonly refused: boolean }): VNode {
  const state = usePageState();
  const field = useRef<HTMLTextAreaElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const token = (field.current?.value ?? '').trim().replace(/^Bearer\s+/i, '');
    // What a header may carry (RFC 6750); anything else would fail without a word.
    if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
      setWrong('This is no bearer token: expected letters, digits and - . _ ~ + / without spaces.');
      field.current?.focus();
      return;
    }
    if (field.current !== null) field.current.value = '';
    state.signIn(token);
  };
  const told = wrong ?? (refused ? 'The server did not take the token; it may have expired.' : null);
  return (
    <section class="panel session">
      <h1 tabIndex={-1}>Sign in</h1>
      <p>The server asks who you are. Paste a bearer token that your hospital’s sign-in service has given you.</p>
      <form onSubmit={submit} autocomplete="off">
        <label for="token">Bearer token</label>
        <textarea
          id="token"
          ref={field}
          rows={4}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-describedby="token-note"
          aria-invalid={told === null ? 'false' : 'true'}
        />
        {told === null ? null : (
          <p class="wrong" role="alert">
            {told}
          </p>
        )}
        <p id="token-note" class="note">
          It stays in the memory of this page until you sign out, close or reload it, or leave it unused for 15 minutes.
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </section>
  );
}
