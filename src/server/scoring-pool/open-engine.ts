/**
 * A model made ready to answer: scores of features in this thread, everything that takes longer in threads of its own.
 *
 * Choice  a score of features without its explanation takes microseconds and stays here; sending it away would take longer than making it
 * Choice  the forest lies once in memory that all threads share
 */
import { availableParallelism } from 'node:os';
import { shareForest, type FlatForest, type SharedForest } from '../../forest/index.ts';
import { ForestError, UsageError } from '../../errors.ts';
import { requireRecordModel, type ModelFolder } from '../../model/index.ts';
import { createScorer, type Scorer } from '../../scoring/index.ts';
import type { ScoreEngine } from '../model-source.ts';
import { warmUp } from '../warm-up.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { ScoringCalls, ScoringWorkerData } from './scoring-worker.ts';
import { ThreadPool, type CallOptions } from './thread-pool.ts';

export interface EngineOptions {
  readonly featureFolders?: readonly string[] | undefined;
  /** Threads that score; 0 scores in the caller's own. One less than there are cores, at least one. */
  readonly workers?: number | undefined;
  /** Scores that may wait for a thread; 64. */
  readonly queue?: number | undefined;
  /** Longest time of one score in its thread, milliseconds; 30,000. */
  readonly deadlineMs?: number | undefined;
  readonly watch: PoolWatch;
}

export interface OpenEngine extends ScoreEngine {
  /** Resolves when it is warm. Rejects with what a thread threw while it was made ready. */
  readonly ready: Promise<void>;
  /** Another model answers from now on: what it holds is given back when nobody has asked for a while. */
  retire(): void;
  close(): Promise<void>;
}

const fromSource = import.meta.url.endsWith('.ts');
const entry = new URL(fromSource ? './scoring-worker-source.mjs' : './scoring-worker.js', import.meta.url);

const defaultWorkers = Math.max(1, availableParallelism() - 1);

/**
 * Resolves when the model is checked; its threads are being made ready then.
 *
 * @throws {ModelError}, {FeatureError} as createScorer; {UsageError} SERVER_OPTION
 */
export async function openEngine(folder: ModelFolder, options: EngineOptions): Promise<OpenEngine> {
  const { featureFolders = [], workers = defaultWorkers, queue = 64, deadlineMs = 30_000, watch } = options;
  if (!Number.isInteger(workers) || workers < 0 || workers > 256) {
    throw new UsageError('SERVER_OPTION', 'workers: expected a whole number from 0 to 256, found another value');
  }
  if (workers === 0) return inThisThread(folder, featureFolders);
  const shared = { ...folder, model: { ...folder.model, forest: inSharedMemory(folder.model.forest) } };
  const forest = sharedForest(shared.model.forest);
  const own = await createScorer(shared, { featureFolders, forest, records: false });
  const workerData: ScoringWorkerData = { folder: shared, forest, featureFolders };
  const pool = new ThreadPool({ entry, workerData, workers, queue, deadlineMs, watch });
  const run = <Name extends keyof ScoringCalls>(
    name: Name,
    args: Parameters<ScoringCalls[Name]>,
    call: CallOptions | undefined,
  ): Promise<Awaited<ReturnType<ScoringCalls[Name]>>> =>
    pool.run(name, args, call) as Promise<Awaited<ReturnType<ScoringCalls[Name]>>>;
  const ofRecords = (): void => requireRecordModel(own.model.header);
  return {
    ...identityOf(own),
    scoreFeatures: (request, call) =>
      request.explain === false ? own.scoreFeatures(request) : run('scoreFeatures', [request], call),
    scoreBundle: async (request, call) => {
      ofRecords();
      return run('scoreBundle', [request], call);
    },
    explainBundle: async (request, questions, call) => {
      ofRecords();
      return run('explainBundle', [request, questions], call);
    },
    lastInpatientEncounter: async (request, call) => {
      ofRecords();
      return run('lastInpatientEncounter', [request], call);
    },
    ready: pool.ready,
    retire: () => pool.retire(),
    close: () => pool.close(),
  };
}

/** Closes the database of a scorer that nobody can ask any more: SQLite's memory is not the collector's to give back. */
const abandoned = new FinalizationRegistry<Scorer>((scorer) => scorer.close());

async function inThisThread(folder: ModelFolder, featureFolders: readonly string[]): Promise<OpenEngine> {
  const scorer = await createScorer(folder, { featureFolders });
  const ready = warmUp(scorer);
  ready.catch(() => undefined);
  // Reached by the calls alone, so that it goes with the last who holds one of them.
  const held = { scorer };
  abandoned.register(held, scorer);
  return {
    ...identityOf(scorer),
    scoreFeatures: (request) => held.scorer.scoreFeatures(request),
    scoreBundle: (request) => held.scorer.scoreBundle(request),
    explainBundle: (request, questions) => held.scorer.explainBundle(request, questions),
    lastInpatientEncounter: (request) => held.scorer.lastInpatientEncounter(request),
    ready,
    retire: () => undefined,
    close: async () => held.scorer.close(),
  };
}

type Identity = Pick<ScoreEngine, 'model' | 'modelSha256' | 'features' | 'definition' | 'mapping'>;

function identityOf({ model, modelSha256, features, definition, mapping }: Identity): Identity {
  return { model, modelSha256, features, definition, mapping };
}

/** undefined where the forest cannot be shared: each thread prepares its own then. */
function sharedForest(forest: FlatForest): SharedForest | undefined {
  try {
    return shareForest(forest);
  } catch (error) {
    if (error instanceof ForestError && error.code === 'FOREST_NOT_SHAREABLE') return undefined;
    throw error;
  }
}

/** The same forest in memory that threads do not copy. */
function inSharedMemory(forest: FlatForest): FlatForest {
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value, cover } = forest;
  const int32 = (from: Int32Array): Int32Array => copied(from, new Int32Array(new SharedArrayBuffer(from.byteLength)));
  const float64 = (from: Float64Array): Float64Array => copied(from, new Float64Array(new SharedArrayBuffer(from.byteLength)));
  return {
    featureCount,
    treeStart: int32(treeStart),
    feature: int32(feature),
    threshold: float64(threshold),
    missingLeft: copied(missingLeft, new Uint8Array(new SharedArrayBuffer(missingLeft.byteLength))),
    left: int32(left),
    right: int32(right),
    value: float64(value),
    cover: float64(cover),
  };
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
