/**
 * Version of this code, from package.json: what a model or an answer says it was made by.
 */
import { readFileSync } from 'node:fs';

export const codeVersion: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
