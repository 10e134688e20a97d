/**
 * The peer of the load work: what Express alone can do on one process, one route with one JSON answer.
 *
 * Out    its address as a JSON line; GET / is the answer, GET /metrics its CPU time and memory. Ends when its standard input does
 */
import express from 'express';
import { collectDefaultMetrics, register } from 'prom-client';

collectDefaultMetrics();
const app = express();
app.get('/', (_request, response) => response.json({ hello: 'world' }));
app.get('/metrics', async (_request, response) => response.type(register.contentType).send(await register.metrics()));
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
