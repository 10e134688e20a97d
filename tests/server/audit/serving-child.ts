/** The command `serve` as a process of its own over a small model, to be killed; and clients that remember what they were answered. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { writeModelFolder } from '../../../src/model/index.ts';
import { tinyMetrics, tinyModel } from '../support/tiny-model.ts';

export interface ServingChild {
  readonly url: string;
  readonly pid: number;
  /** Standard error so far. */
  errors(): string;
  /** Resolves when the process is gone, with its exit code; null where the signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export async function writeTinyModel(dir: string): Promise<void> {
  await writeModelFolder(dir, { model: tinyModel(), metrics: tinyMetrics, card: { name: 'tiny' }, cardMarkdown: '# tiny' });
}

/** @param fileKilobytes  no file of the process may grow longer (ulimit -f) */
export async function startServing(options: {
  model: string;
  state: string;
  fileKilobytes?: number;
  /** A module to be run first. */
  before?: string;
  /** Further options of the command. */
  more?: readonly string[];
}): Promise<ServingChild> {
  const command = process.env['READMISSION_TEST_COMMAND'];
  if (command === undefined) throw new Error('expected the compiled command of the global set-up, found none');
  const limit = options.fileKilobytes === undefined ? '' : `ulimit -f ${options.fileKilobytes}; `;
  const serve = [
    command,
    'serve',
    '--model',
    options.model,
    '--port',
    '0',
    '--state',
    options.state,
    '--json',
    ...(options.more ?? []),
  ];
  const child = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...serve], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.before === undefined ? process.env : { ...process.env, NODE_OPTIONS: `--import=${options.before}` },
  });
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const gone = new Promise<number | null>((resolve) => void child.once('close', (code) => resolve(code)));
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  return {
    url,
    pid: child.pid as number,
    errors: () => errors,
    kill: async (signal) => {
      child.kill(signal);
      return gone;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    child.stderr?.on('data', (part: Buffer) => (err += part.toString()));
    child.stdout?.on('data', (part: Buffer) => {
      out += part.toString();
      if (out.includes('\n')) resolve(out);
    });
    child.once('exit', (code) => reject(new Error(`expected the server to start, found exit code ${code}: ${err}`)));
  });
}

export interface Load {
  /** Request ids of scores that arrived whole, with status 200. */
  readonly answered: string[];
  /** Statuses of all answers that arrived whole. */
  readonly statuses: Map<number, number>;
  /** Resolves when every client has lost its connection, or was stopped. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Clients that ask for scores by features, each its next as soon as it has an answer, until the server is gone. */
export function load(url: string, clients: number): Load {
  const answered: string[] = [];
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped) {
      const answer = await ask(url, agent).catch(() => null);
      if (answer === null) return;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 200) answered.push(answer.requestId);
    }
  };
  const ended = Promise.all(Array.from({ length: clients }, client)).finally(() => agent.destroy());
  return { answered, statuses, ended, stop: () => void (stopped = true) };
}

function ask(url: string, agent: Agent): Promise<{ status: number; requestId: string }> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ features: { age_years: 70 } });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const asked = request(`${url}/v1/score`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('close', () => {
        if (!response.complete) return reject(new Error('cut'));
        JSON.parse(text);
        resolve({ status: response.statusCode as number, requestId: response.headers['x-request-id'] as string });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
