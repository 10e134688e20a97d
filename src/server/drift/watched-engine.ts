/**
 * An engine whose answers are noted, whoever asked for them.
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { ScoreEngine } from '../model-source.ts';

/** @param note  told every answer once it is made */
export function watchedEngine(engine: ScoreEngine, note: (answer: ScoreAnswer) => void): ScoreEngine {
  const noted = (answer: ScoreAnswer): ScoreAnswer => {
    note(answer);
    return answer;
  };
  return {
    ...engine,
    scoreFeatures: (request, call) => {
      const answer = engine.scoreFeatures(request, call);
      return answer instanceof Promise ? answer.then(noted) : noted(answer);
    },
    scoreBundle: async (request, call) => noted(await engine.scoreBundle(request, call)),
    explainBundle: async (request, questions, call) => {
      const explanation = await engine.explainBundle(request, questions, call);
      note(explanation.answer);
      return explanation;
    },
  };
}
