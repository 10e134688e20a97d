/** Where a pull may go: every trick of an address that should not pass, and the forms that must. */
import { describe, expect, test } from '@jest/globals';
import { parseFhirBase, resolveLink } from '../../src/fhir/origin.ts';

const base = parseFhirBase('https://fhir.good.org/baseR4/');
const from = 'https://fhir.good.org/baseR4/Patient/_search';
const follow = (link: string, rewriteOrigin = false): string => resolveLink(base, from, link, { kind: 'next', rewriteOrigin });

describe('the configured address', () => {
  test('loses its trailing slash and nothing else', () => {
    expect(base).toMatchObject({ text: 'https://fhir.good.org/baseR4', origin: 'https://fhir.good.org', path: '/baseR4' });
    expect(parseFhirBase('HTTPS://FHIR.good.org:443/a/b//').text).toBe('https://fhir.good.org/a/b');
    expect(parseFhirBase('http://127.0.0.1:8080').text).toBe('http://127.0.0.1:8080');
  });

  test.each([
    'fhir.good.org',
    'ftp://fhir.good.org',
    'https://user:secret@fhir.good.org',
    'https://fhir.good.org/a?x=1',
    'https://fhir.good.org/a#x',
    'https://fhir.good.org/a%2f..',
    'https://fhir.good.org /a',
    '',
  ])('%j is refused', (text) => {
    expect(() => parseFhirBase(text)).toThrow(/^FHIR_BASE_URL/);
    expect(() => parseFhirBase(text)).not.toThrow(/secret/);
  });

  test('plain http is for this machine, or when allowed', () => {
    expect(() => parseFhirBase('http://fhir.good.org/r4')).toThrow(/^FHIR_INSECURE/);
    expect(parseFhirBase('http://fhir.good.org/r4', { allowHttp: true }).confidential).toBe(false);
    for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '[::1]']) {
      expect(parseFhirBase(`http://${host}:8090/fhir`).confidential).toBe(true);
    }
    expect(() => parseFhirBase('http://127.0.0.1.evil.com/fhir')).toThrow(/^FHIR_INSECURE/);
    expect(() => parseFhirBase('http://localhost.evil.com/fhir')).toThrow(/^FHIR_INSECURE/);
  });
});

describe('links that stay', () => {
  test.each([
    ['the bare base, as HAPI pages', 'https://fhir.good.org/baseR4?_getpages=a', 'https://fhir.good.org/baseR4?_getpages=a'],
    ['below the base', 'https://fhir.good.org/baseR4/Patient?page=2', 'https://fhir.good.org/baseR4/Patient?page=2'],
    ['relative query', '?_getpages=a', 'https://fhir.good.org/baseR4/Patient/_search?_getpages=a'],
    ['relative path', '/baseR4/Patient?page=2', 'https://fhir.good.org/baseR4/Patient?page=2'],
    ['upper case and default port', 'HTTPS://FHIR.GOOD.ORG:443/baseR4?a=1', 'https://fhir.good.org/baseR4?a=1'],
    ['a fragment is dropped', 'https://fhir.good.org/baseR4?a=1#top', 'https://fhir.good.org/baseR4?a=1'],
    [
      'a slash in the query',
      '?_getpages=a%2Fb&u=https%3A%2F%2Fevil',
      'https://fhir.good.org/baseR4/Patient/_search?_getpages=a%2Fb&u=https%3A%2F%2Fevil',
    ],
    ['dots that stay inside', 'https://fhir.good.org/baseR4/x/../Patient', 'https://fhir.good.org/baseR4/Patient'],
  ])('%s', (_title, link, expected) => {
    expect(follow(link)).toBe(expected);
  });
});

describe('links that leave', () => {
  test.each([
    ['another host', 'https://evil.org/baseR4?a=1'],
    ['a suffix of the host', 'https://fhir.good.org.evil.com/baseR4'],
    ['the host as user name', 'https://fhir.good.org@evil.org/baseR4'],
    ['a user at the right host', 'https://user@fhir.good.org/baseR4'],
    ['a password at the right host', 'https://:pw@fhir.good.org/baseR4'],
    ['user and password at the right host', 'https://user:pw@fhir.good.org/baseR4'],
    ['another port', 'https://fhir.good.org:8443/baseR4'],
    ['http after https', 'http://fhir.good.org/baseR4'],
    ['another scheme', 'file:///baseR4/etc/passwd'],
    ['javascript', 'javascript:alert(1)'],
    ['no scheme', '//evil.org/baseR4'],
    ['backslashes', 'https:\\\\evil.org\\baseR4'],
    ['a backslash before the at sign', 'https://evil.org\\@fhir.good.org/baseR4'],
    ['a tab in the host', 'https://fhir.good.org\t.evil.org/baseR4'],
    ['a newline in the scheme', 'ht\ntps://evil.org/baseR4'],
    ['a leading space', ' https://fhir.good.org/baseR4'],
    ['IPv4 as IPv6', 'https://[::ffff:127.0.0.1]/baseR4'],
    ['a decimal address', 'https://2130706433/baseR4'],
    ['an octal address', 'https://0177.0.0.1/baseR4'],
    ['the metadata service', 'http://169.254.169.254/latest'],
    ['a look-alike in punycode', 'https://fhir.gооd.org/baseR4'],
    ['a trailing dot', 'https://fhir.good.org./baseR4'],
    ['another path', 'https://fhir.good.org/admin'],
    ['a path that only begins alike', 'https://fhir.good.org/baseR4evil'],
    ['dots that climb out', 'https://fhir.good.org/baseR4/../admin'],
    ['encoded dots that climb out', 'https://fhir.good.org/baseR4/%2e%2e/admin'],
    ['encoded slashes', 'https://fhir.good.org/baseR4/..%2fadmin'],
    ['encoded backslashes', 'https://fhir.good.org/baseR4/..%5cadmin'],
    ['nothing', ''],
  ])('%s', (_title, link) => {
    expect(() => follow(link)).toThrow(/^FHIR_(CROSS_ORIGIN|LINK)/);
  });

  test('the message names hosts and the remedy, not the query', () => {
    expect(() => follow('http://localhost:8080/fhir?_getpages=p-123')).toThrow(/http:\/\/localhost:8080/);
    expect(() => follow('http://localhost:8080/fhir?_getpages=p-123')).toThrow(
      /set server_address on HAPI or use --rewrite-origin/,
    );
    expect(() => follow('http://localhost:8080/fhir?_getpages=p-123')).not.toThrow(/p-123/);
  });
});

describe('rewriteOrigin', () => {
  test('keeps path and query, never the host', () => {
    expect(follow('http://localhost:8080/baseR4?_getpages=a&x=%2F', true)).toBe('https://fhir.good.org/baseR4?_getpages=a&x=%2F');
  });
  test('does not open other paths', () => {
    expect(() => follow('https://evil.org//evil.org/baseR4?a', true)).toThrow(/^FHIR_CROSS_ORIGIN/);
    expect(() => follow('http://localhost:8080/admin', true)).toThrow(/^FHIR_CROSS_ORIGIN/);
    expect(() => follow('http://u:p@localhost:8080/baseR4', true)).toThrow(/^FHIR_LINK/);
  });
});
