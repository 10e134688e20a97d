/**
 * How components reach what the page knows.
 */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { PageState } from '../state/page-state.ts';
import type { Store } from '../state/store.ts';

const Context = createContext<PageState | null>(null);
export const PageStateProvider = Context.Provider;

export function usePageState(): PageState {
  return useContext(Context) as PageState;
}

/** The value of a store; draws again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const shown = store.value;
  useLayoutEffect(() => {
    // It may have changed between drawing and watching.
    if (!Object.is(shown, store.value)) redraw();
    return store.watch(() => redraw());
  }, [store]);
  return shown;
}

/** Width in CSS pixels of an element, 0 before it is known. */
export function useWidth<E extends HTMLElement>(): [{ current: E | null }, number] {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    setWidth(Math.floor(current.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(current.clientWidth)));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
