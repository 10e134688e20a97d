/**
 * A text that follows what is typed once the typing pauses.
 */
import { useEffect, useState } from 'preact/hooks';

export function useDeferred<T>(value: T, ms = 120): T {
  const [deferred, setDeferred] = useState(value);
  useEffect(() => {
    if (Object.is(deferred, value)) return undefined;
    const timer = setTimeout(() => setDeferred(value), ms);
    return () => clearTimeout(timer);
  }, [value, deferred, ms]);
  return deferred;
}
