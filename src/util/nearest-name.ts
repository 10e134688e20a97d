/**
 * The name that was meant: of the names there are, those nearest to one that is not there.
 *
 * Method  edits are letters put in, left out, exchanged or swapped with a neighbour (optimal string alignment), case and punctuation aside; a
 *         name is near within 3 of them and a quarter of its length (one where it is short). Where none is, those that hold a word near each word asked for: "sodium"
 *         finds last_sodium
 * Choice  nothing near is said as nothing: a far-fetched guess misleads more than the list of names
 */
const mostEdits = 3;
const mostNames = 3;

/** The end of a message: `; did you mean "last_sodium"?`, or nothing where no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  return meant(nearestNames(name, known));
}

/** The same of names that were found near. */
export function meant(near: readonly string[]): string {
  if (near.length === 0) return '';
  const [last, ...before] = near.map((one) => `"${one}"`).reverse();
  return `; did you mean ${before.length === 0 ? '' : `${before.reverse().join(', ')} or `}${last}?`;
}

/** At most three names of `known`, the nearest first, ties in the order given. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const names = [...new Set(known)];
  const asked = wordsOf(name);
  const whole = asked.join('_');
  if (whole === '' || whole.length > 200) return [];
  const close = ranked(names, (other) => {
    const their = wordsOf(other).join('_');
    return within(
      whole,
      their,
      whole.length < 3 ? 0 : Math.min(mostEdits, Math.max(1, Math.floor(Math.max(whole.length, their.length) / 4))),
    );
  });
  if (close.length > 0) return close;
  return ranked(names, (other) => {
    const words = wordsOf(other);
    const edits = asked.map((word) =>
      Math.min(...words.map((one) => within(word, one, Math.min(mostEdits - 1, Math.floor(word.length / 5))))),
    );
    return edits.reduce((sum, one) => sum + one, 0);
  });
}

/** Only the nearest and those within one edit of them: a second guess that is much worse is none. */
function ranked(names: readonly string[], editsTo: (name: string) => number): string[] {
  const found = names.map((name) => ({ name, edits: editsTo(name) })).filter(({ edits }) => edits < Infinity);
  const least = Math.min(...found.map(({ edits }) => edits));
  return found
    .filter(({ edits }) => edits <= least + 1)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, mostNames)
    .map(({ name }) => name);
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function within(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  const edits = editDistance(a, b);
  return edits <= most ? edits : Infinity;
}

/** Fewest letters put in, left out, exchanged or swapped with a neighbour, no stretch edited twice; O(a.length · b.length). */
export function editDistance(a: string, b: string): number {
  let [before, last] = [new Array<number>(b.length + 1).fill(0), Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const exchanged = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, exchanged, swapped));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
