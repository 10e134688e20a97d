/**
 * The last answers of a model, held against its training rows: do the discharges of now still look as they did?
 *
 * In      answers, as they are given; the distributions of the training rows that metrics.json keeps
 * Out     stability index of the risk and of every feature, share missing now and then
 * Choice  counts per bin of the last answers, whoever they were about: nothing of a patient is kept. A discharge that is asked about twice counts
 *         twice, which a study of the records (readmission monitor) does not do
 * Choice  values are known of answers that were explained; the risk of all
 * Choice  with few answers an index is large by chance alone: what chance makes on average is told beside it
 */
import { z } from 'zod';
import type { ScoreAnswer } from '../../scoring/index.ts';
import { binOf, stabilityIndex } from '../../util/stability-index.ts';

const referenceSchema = z.object({
  rows: z.int().positive(),
  edges: z.array(z.number()).max(64),
  counts: z.array(z.int().nonnegative()),
  missing: z.int().nonnegative(),
});
const referencesSchema = z.object({ risk: referenceSchema, features: z.record(z.string(), referenceSchema) });
type Reference = z.infer<typeof referenceSchema>;

/** Answers looked at, the last ones. */
export const windowAnswers = 2000;

interface Stability {
  /** null where the model keeps no distribution of its training rows, or nothing was answered. */
  readonly psi: number | null;
  /** What an unchanged population gives on average. */
  readonly byChance: number | null;
}

export interface DriftReport {
  readonly answers: number;
  readonly explained: number;
  readonly risk: Stability & { readonly mean: number | null };
  readonly features: readonly (Stability & {
    readonly name: string;
    readonly missing: number | null;
    readonly missingThen: number | null;
  })[];
}

export class DriftWindow {
  readonly #names: readonly string[];
  readonly #risk: Column;
  readonly #features: readonly Column[];
  readonly #risks: Ring = new Ring(Float64Array);

  /** @param references  as in metrics.json; anything else is read as none */
  constructor(names: readonly string[], references: unknown) {
    const known = referencesSchema.safeParse(references);
    this.#names = names;
    this.#risk = new Column(known.data?.risk);
    this.#features = names.map((name) => new Column(known.data?.features[name]));
  }

  add({ risk, attributions }: Pick<ScoreAnswer, 'risk' | 'attributions'>): void {
    this.#risk.add(risk);
    this.#risks.add(risk);
    // In the order of the model's features; none where no explanation was asked for.
    if (attributions.length !== this.#features.length) return;
    for (const [c, column] of this.#features.entries()) column.add(attributions[c]?.value ?? null);
  }

  report(): DriftReport {
    const answers = this.#risk.rows;
    return {
      answers,
      explained: this.#features[0]?.rows ?? 0,
      risk: { ...this.#risk.stability(), mean: answers === 0 ? null : this.#risks.sum() / answers },
      features: this.#features.map((column, c) => ({
        name: this.#names[c] as string,
        ...column.stability(),
        ...column.missing(),
      })),
    };
  }
}

/** The last numbers, oldest out first. */
class Ring {
  readonly #values: Float64Array | Uint8Array;
  #next = 0;
  rows = 0;

  constructor(kind: Float64ArrayConstructor | Uint8ArrayConstructor) {
    this.#values = new kind(windowAnswers);
  }

  /** The one that goes out for it; undefined while there is room. */
  add(value: number): number | undefined {
    const out = this.rows === windowAnswers ? (this.#values[this.#next] as number) : undefined;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % windowAnswers;
    this.rows = Math.min(this.rows + 1, windowAnswers);
    return out;
  }

  sum(): number {
    let total = 0;
    for (let i = 0; i < this.rows; i += 1) total += this.#values[i] as number;
    return total;
  }
}

/** One column: how many of the last values lie in each bin of its training rows, the missing in the last. */
class Column {
  readonly #reference: Reference | undefined;
  readonly #counts: Int32Array;
  readonly #bins: Ring = new Ring(Uint8Array);

  constructor(reference: Reference | undefined) {
    this.#reference = reference;
    this.#counts = new Int32Array((reference?.edges.length ?? 0) + 2);
  }

  get rows(): number {
    return this.#bins.rows;
  }

  add(value: number | null): void {
    const last = this.#counts.length - 1;
    const bin = value === null ? last : binOf(this.#reference?.edges ?? [], value);
    const out = this.#bins.add(bin);
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    if (out !== undefined) this.#counts[out] = (this.#counts[out] as number) - 1;
  }

  stability(): Stability {
    const reference = this.#reference;
    if (reference === undefined || this.rows === 0) return { psi: null, byChance: null };
    const then = { counts: [...reference.counts, reference.missing], rows: reference.rows };
    const { psi, bins } = stabilityIndex({ counts: this.#counts, rows: this.rows }, then);
    // The mean of its distribution, chi-squared with bins - 1 degrees of freedom.
    return { psi, byChance: Math.max(0, bins - 1) * (1 / this.rows + 1 / reference.rows) };
  }

  missing(): { missing: number | null; missingThen: number | null } {
    const reference = this.#reference;
    return {
      missing: this.rows === 0 ? null : (this.#counts.at(-1) as number) / this.rows,
      missingThen: reference === undefined ? null : reference.missing / reference.rows,
    };
  }
}
