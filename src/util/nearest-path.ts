/**
 * A path that is not there: the entry of its folder that was meant.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { meant, nearestNames } from './nearest-name.ts';

/** The end of a message, as ./nearest-name.ts has it; nothing where the path is there after all, or its folder is not. */
export function didYouMeanPath(path: string): string {
  const [folder, name] = [dirname(path), basename(path)];
  try {
    const names = readdirSync(folder);
    return names.includes(name) ? '' : meant(nearestNames(name, names).map((near) => join(folder, near)));
  } catch {
    return '';
  }
}
