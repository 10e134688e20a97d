import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openModel, type BrowserAnswer, type BrowserModel } from '../../src/browser.ts';
import { featureRows } from '../../tests/browser-rows.ts';
import { bundleOf } from './bundle.ts';
import type { PageReport } from './report.ts';
import { visit, type Served } from './visit.ts';

const bytes = readFileSync('models/planted/model.bin');
const rows = (model: BrowserModel): Record<string, number | null>[] => featureRows(model.header, 40, true);
let bundle = '';
let inNode: BrowserModel;

/** @param before  script that the page runs first */
async function answersOf(before: string): Promise<PageReport> {
  const html = (body: string): Served => ({ type: 'text/html', body: `<!doctype html><meta charset="utf-8">${body}` });
  return (await visit(
    {
      '/': html(`<script>${before}</script><script type="module" src="/page.js"></script>`),
      '/page.js': { type: 'text/javascript', body: bundle },
      '/model.bin': { type: 'application/octet-stream', body: bytes },
      '/rows.json': { type: 'application/json', body: JSON.stringify(rows(inNode)) },
    },
    120_000,
  )) as PageReport;
}

function withoutRisk(answers: readonly BrowserAnswer[]): Omit<BrowserAnswer, 'risk'>[] {
  return answers.map(({ risk: _risk, ...rest }) => rest);
}

function expectSameRisks(found: readonly BrowserAnswer[], expected: readonly BrowserAnswer[]): void {
  found.forEach(({ risk }, r) => expect(Math.abs(risk / expected[r]!.risk - 1)).toBeLessThan(1e-14));
}

beforeAll(async () => {
  inNode = await openModel(bytes);
  bundle = await bundleOf('tests-slow/browser/page.ts');
});

test('the bundle is one file without anything of Node', () => {
  expect(bundle.length).toBeGreaterThan(50_000);
  expect(bundle.length).toBeLessThan(1_000_000);
  expect(bundle).not.toMatch(/from"node:|require\(/);
});

describe('a page in Chromium', () => {
  test('answers what Node answers, to the bit, in WebAssembly', async () => {
    const found = await answersOf('');
    expect(found).toMatchObject({ hasKernel: true, sha256: inNode.sha256 });
    expect(found.agent).toContain('Chrome');
    expect(found.answers.length).toBe(40);
    const expected = rows(inNode).map((row) => inNode.score(row));
    // All that the forest computes. A risk also goes through exp and log, whose last bit is the browser's own.
    expect(withoutRisk(found.answers)).toEqual(withoutRisk(expected));
    expectSameRisks(found.answers, expected);
    expect(found.interactions).toEqual(inNode.interactions(rows(inNode)[0]!).map((values) => Array.from(values)));
  });

  test('answers the same to rounding where there is no WebAssembly', async () => {
    const found = await answersOf('delete globalThis.WebAssembly');
    expect(found).toMatchObject({ hasKernel: false, hasSharedKernel: false });
    const expected = rows(inNode).map((row) => inNode.score(row));
    expectSameRisks(found.answers, expected);
    expect(found.answers.map(({ forestOutput }) => forestOutput)).toEqual(expected.map(({ forestOutput }) => forestOutput));
    expected.forEach(({ attributions }, r) => {
      attributions.forEach(({ attribution }, f) => {
        expect(Math.abs(found.answers[r]!.attributions[f]!.attribution - attribution)).toBeLessThan(1e-13);
      });
    });
  });
});
