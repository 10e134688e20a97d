/**
 * Connections at their edges: what the HTTP parser cannot read, and the end of a server without a lost answer.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refusalOf, RequestRefusal, type ServerCode } from './operation-outcome.ts';

/**
 * Closes the server once its answers are out: a kept connection is idle only then, and can be closed without losing anything.
 *
 * @param answers  under way
 * @param drainMs  after which what is left is cut, milliseconds
 */
export function drain(server: Server, answers: ReadonlySet<ServerResponse>, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    for (const answer of answers) if (!answer.headersSent) answer.setHeader('Connection', 'close');
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const lingerMs = 1000;

/** Answers of each connection that are not out yet, in their order. */
const underWay = new WeakMap<Socket, ServerResponse[]>();

/** Keeps what `refuseUnreadable` has to know of a connection. */
export function noteAnswer({ socket }: IncomingMessage, answer: ServerResponse): void {
  const answers = underWay.get(socket) ?? [];
  underWay.set(socket, answers);
  answers.push(answer);
  answer.once('close', () => answers.splice(answers.indexOf(answer), 1));
}

/** What Node's parser refuses never reaches the app; the answer has the same form. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [answer] = underWay.get(socket) ?? [];
  if (answer?.headersSent === true) {
    // Into half an answer nothing may be put; behind a last one nothing more is said.
    if (!answer.writableEnded) return void socket.destroy();
    if (answer.getHeader('Connection') === 'close') return;
  }
  const code: ServerCode =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'SERVER_HEADERS_TOO_LARGE'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'SERVER_REQUEST_TIMEOUT'
        : 'SERVER_HEADER';
  const { problem } = refusalOf(
    new RequestRefusal(code, 'the request is malformed, too large or too slow; send it again as HTTP/1.1'),
    randomUUID(),
  );
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${problem.requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that is still sending may read the answer; it does not hold the connection for longer.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
