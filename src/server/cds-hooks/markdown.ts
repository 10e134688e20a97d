/**
 * Text of a record inside Markdown: shown as the characters it has, whatever they are.
 *
 * In      any text: the name of a code may hold links, images, HTML or whole lines that imitate the card
 * Out     one line of GitHub Flavored Markdown that renders as text
 * Choice  marks that mean something anywhere are escaped, those of blocks at the start; the rest is left alone, as some clients show
 *         Markdown as it is. What renderers turn into links by themselves (addresses, www., names of hosts, mail) is taken
 *         apart with a space, since some look for it after the escapes are resolved
 * Choice  < > & are written as entities: a client that shows HTML without reading Markdown shows text too
 * Choice  characters that reverse or hide text are dropped
 * Source  GitHub Flavored Markdown 0.29, backslash escapes and extended autolinks
 */

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** @param longest  characters that are kept */
export function markdownText(text: string, longest = 160): string {
  const line = text
    .slice(0, 4 * longest)
    .replace(/\s+/gu, ' ')
    .replace(invisible, '')
    .trim();
  const characters = [...line];
  const cut = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : line;
  return cut
    .replace(/:\/\//g, ': //')
    .replace(/www\./gi, 'www .')
    .replace(/@/g, ' (at) ')
    .replace(/([\p{L}\p{N}-])\.(?=\p{L}{2})/gu, '$1. ')
    .replace(/\b(mailto|xmpp|data|javascript|vbscript):/gi, '$1 :')
    .replace(/[\\`*_{}[\]|~^$]/g, '\\$&')
    .replace(/[<>&]/g, (mark) => entities[mark] as string)
    .replace(/^(\d*)([-+#=.)])/, '$1\\$2');
}
