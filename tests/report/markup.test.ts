/** Templates escape what is put into them, wherever it is put. */
import { describe, expect, it } from '@jest/globals';
import { escapeText, html, trusted } from '../../src/report/markup.ts';

describe('html', () => {
  it('escapes text in elements and in attributes', () => {
    expect(html`<p title="${'"><b>'}">${"a < b & 'c'"}</p>`.text).toBe(
      '<p title="&#34;&#62;&#60;b&#62;">a &#60; b &#38; &#39;c&#39;</p>',
    );
  });

  it('keeps markup, joins lists, and leaves nothing for null and undefined', () => {
    expect(html`${[html`<i>${1}</i>`, 'x', [trusted('<br>')]]}${null}${undefined}`.text).toBe('<i>1</i>x<br>');
  });

  it('drops control characters, which no SVG may hold', () => {
    expect(escapeText('a\u0000b\u001bc\nd')).toBe('abc\nd');
  });
});
