/**
 * The page in a headless Chromium, watched: what it asks of whom, what it complains of, whether a dialog or a script that is not its own ran.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { fixtureServer, type Answers, type FixtureServer } from './fixture-server.ts';

const path = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((candidate) => candidate !== '' && existsSync(candidate));
const axeSource = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

let browser: Browser | undefined;

interface Watched {
  readonly page: Page;
  readonly server: FixtureServer;
  /** Requests that went elsewhere than to the server. */
  readonly foreign: string[];
  /** Errors of scripts, refusals of the content policy, dialogs. */
  readonly complaints: string[];
  /** All addresses asked for and shown. */
  readonly addresses: string[];
  close(): Promise<void>;
}

/** For a file of tests: opens the page, and closes it after each test, however that ended. */
export function opener(): typeof open {
  let opened: Watched[] = [];
  afterEach(async () => {
    for (const { close } of opened) await close();
    opened = [];
  });
  afterAll(async () => {
    await browser?.close();
    browser = undefined;
  });
  return async (...given) => {
    const watched = await open(...given);
    opened.push(watched);
    return watched;
  };
}

/** @param url  of a server that runs already; one over the fixtures by default */
async function open(answers: Answers = {}, options: BrowserContextOptions = {}, at = '/', url?: string): Promise<Watched> {
  if (path === undefined) throw new Error('expected a Chromium, found none; say where in CHROMIUM_PATH');
  browser ??= await chromium.launch({ executablePath: path, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  const server =
    url === undefined
      ? await fixtureServer(answers)
      : { url, asked: [], answer: () => undefined, close: () => Promise.resolve() };
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const [foreign, complaints, addresses] = [[] as string[], [] as string[], [] as string[]];
  page.on('request', (request) => {
    addresses.push(request.url());
    if (!request.url().startsWith(server.url) && !request.url().startsWith(`blob:${server.url}`)) foreign.push(request.url());
  });
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // A refusal by the server is what a test asked for; the browser notes it.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(server.url + at);
  return {
    page,
    server,
    foreign,
    complaints,
    addresses,
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/** Opens a patient of the worklist by its place, and waits for the risk. */
export async function openPatient(page: Page, place = 0): Promise<string> {
  const link = page.locator('.ranked .link').nth(place);
  await link.waitFor();
  const name = (await link.textContent()) ?? '';
  await link.click();
  await page.locator('[data-risk]').waitFor();
  return name;
}

/** What axe finds that is serious or critical. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

/** Text of the whole page, attributes left out. */
export function shownText(page: Page): Promise<string> {
  return page.evaluate('document.body.innerText') as Promise<string>;
}
