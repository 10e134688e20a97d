/**
 * Errors between threads: what a structured copy loses of an error (class, code, details) is packed beside it and put together again.
 */
import * as errorClasses from '../../errors.ts';
import { CancelledError, ReadmissionError, type ErrorDetails } from '../../errors.ts';

export interface PackedError {
  /** Of the classes of ../../errors.ts; null for an error nobody foresaw. */
  readonly className: string | null;
  readonly code: string;
  /** Without the code before it. */
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack: string;
}

export function packError(error: unknown): PackedError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  if (error instanceof ReadmissionError) {
    const { code, details } = error;
    return { className: error.name, code, message: error.message.replace(`${code}: `, ''), details, stack };
  }
  const message = error instanceof Error ? error.message : 'a value that is no error was thrown';
  return { className: null, code: '', message, details: {}, stack };
}

/** The error as it was thrown; its stack is that of the other thread. */
export function unpackError({ className, code, message, details, stack }: PackedError): Error {
  const error = className === null ? new Error(message) : rebuilt(className, code, message, details);
  error.stack = stack;
  return error;
}

type ErrorClass = new (code: string, message: string, options: { details: ErrorDetails }) => ReadmissionError;

function rebuilt(className: string, code: string, message: string, details: ErrorDetails): ReadmissionError {
  // Its words are made by its constructor, and none of them is worth keeping.
  if (className === CancelledError.name) return new CancelledError('the work');
  const known = (errorClasses as unknown as Readonly<Record<string, ErrorClass | undefined>>)[className] ?? ReadmissionError;
  return new known(code, message, { details });
}
