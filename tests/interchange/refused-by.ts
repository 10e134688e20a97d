/** The error that a call throws on purpose. */
import { ReadmissionError } from '../../src/errors.ts';

export function refusedBy(call: () => unknown): ReadmissionError {
  try {
    call();
  } catch (error) {
    if (error instanceof ReadmissionError) return error;
    throw error;
  }
  throw new Error('expected a refusal, found none');
}
