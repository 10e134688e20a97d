/**
 * A worker of the page: attaches to the forest it is sent and answers the rows that come with it.
 */
import { attachForest } from '../../src/forest/shared-forest.ts';
import type { Answers, Question } from './shared-report.ts';

const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: Question }) => void;
  postMessage: (answers: Answers) => void;
};

scope.onmessage = ({ data: { shared, rows } }) => {
  const forest = attachForest(shared);
  scope.postMessage({
    outputs: rows.map((row) => forest.predict(row)),
    values: rows.map((row) => Array.from(forest.explain(row).values)),
    pairs: Array.from(forest.interactions(rows[0]!).values),
  });
};
