/**
 * Acute admissions: how often, and for what, a person falls ill enough for a hospital bed.
 *
 * In      rates of stays per 100,000 person-years by cause and age band, sex ratios, ratios for chronic conditions (part of a process file)
 * Out     hazards per year by cause for one person at one time; the cause of a return
 * Choice  a published rate is that of an average person: with a condition held by a share p of people and a ratio r, who has it gets
 *         rate * r / (1 + p (r - 1)) and who has not rate / (1 + p (r - 1))
 * Choice  published rates count every stay; `firstShare` keeps those that are not a return within 30 days of another
 * Choice  a chronic condition counts from its first record on, whether or not it was later closed
 */
import { z } from 'zod';
import { readTerminology } from '../terminology/index.ts';
import { SimulationError } from '../errors.ts';
import type { RandomStream } from '../util/random.ts';
import type { PatientFacts } from './facts.ts';

const ratio = z.number().positive();
const causeRate = z.strictObject({
  /** Name of a cause of ./causes.json. */
  cause: z.string(),
  /** Stays per 100,000 person-years, one for each age band. */
  per100000: z.array(z.number().nonnegative()),
  /** Rate of men over rate of women. */
  maleRatio: ratio,
  /** Chronic conditions (names of value sets) that change the rate. */
  conditions: z.array(z.strictObject({ group: z.string(), ratio, prevalence: z.number().min(0).max(1) })),
  source: z.string(),
});

export const admissionsSchema = z
  .strictObject({
    /** Plant such admissions; where false, the rates only choose the causes of returns. */
    plant: z.boolean(),
    description: z.string(),
    /** Lower ends of the age bands in whole years; nobody below the first is admitted. */
    ageBands: z.array(z.int().min(0)).min(1),
    /** Share of published stays that are no return within 30 days of another. */
    firstShare: z.number().min(0).max(1),
    /** Chance that a return is for the cause of the stay before, by cause; "default" for the others. */
    sameCause: z.record(z.string(), z.number().min(0).max(1)),
    causes: z.array(causeRate).min(1),
  })
  .refine((a) => a.causes.every((c) => c.per100000.length === a.ageBands.length), 'one rate for each age band');

export type Admissions = z.infer<typeof admissionsSchema>;

/** Value-set names of a person's chronic conditions, with the instant (epoch ms) of the first record. */
export type ConditionOnsets = ReadonlyMap<string, number>;

export interface AdmissionModel {
  readonly plant: boolean;
  readonly causes: readonly string[];
  onsets(facts: PatientFacts): ConditionOnsets;
  /** Hazard per year of each cause, in the order of `causes`; zero below the first age band. Not to be written to. */
  hazards(ageYears: number, male: boolean, onsets: ConditionOnsets, atMs: number): Float64Array;
  /** Cause of a return after a stay for `index` (null: none of the causes); takes two numbers of the stream. */
  returnCause(index: string | null, hazards: Float64Array, stream: RandomStream): string;
}

export function createAdmissionModel(admissions: Admissions): AdmissionModel {
  const causes = admissions.causes.map((c) => c.cause);
  const wanted = new Set(admissions.causes.flatMap((c) => c.conditions.map((condition) => condition.group)));
  const sets = readTerminology().sets.filter((set) => wanted.has(set.name));
  for (const name of wanted) {
    if (sets.some((set) => set.name === name)) continue;
    throw new SimulationError(
      'SIM_PROCESS_INVALID',
      `admissions: expected value sets as conditions, found "${name}"; see src/terminology`,
    );
  }
  const groupsOf = new Map<string, string[]>();
  for (const set of sets) {
    for (const { system, code } of set.codes) {
      groupsOf.set(`${system}|${code}`, [...(groupsOf.get(`${system}|${code}`) ?? []), set.name]);
    }
  }
  const rates = admissions.causes.map((c) => ({
    ...c,
    scale: admissions.firstShare / 100_000 / c.conditions.reduce((all, k) => all * (1 + k.prevalence * (k.ratio - 1)), 1),
    byMale: [2 / (1 + c.maleRatio), (2 * c.maleRatio) / (1 + c.maleRatio)] as const,
  }));
  const hazardsOf = (band: number, male: boolean, has: (group: string) => boolean): Float64Array =>
    Float64Array.from(rates, (rate) => {
      if (band < 0) return 0;
      let hazard = (rate.per100000[band] as number) * rate.scale * rate.byMale[male ? 1 : 0];
      for (const condition of rate.conditions) if (has(condition.group)) hazard *= condition.ratio;
      return hazard;
    });
  // A person's months repeat the same few questions; a question is one number, with a power of two for each condition.
  const memory = new Map<number, Float64Array>();
  const powerOf = new Map([...wanted].map((group, k) => [group, 2 ** k] as const));
  return {
    plant: admissions.plant,
    causes,
    onsets(facts) {
      const onsets = new Map<string, number>();
      for (const condition of facts.conditions) {
        const at = condition.recorded ?? condition.onset;
        if (at === null) continue;
        for (const group of groupsOf.get(`${condition.system}|${condition.code}`) ?? []) {
          onsets.set(group, Math.min(at.latestMs, onsets.get(group) ?? Infinity));
        }
      }
      return onsets;
    },
    hazards(ageYears, male, onsets, atMs) {
      const band = admissions.ageBands.findLastIndex((from) => ageYears >= from);
      let present = 0;
      for (const [group, ms] of onsets) if (ms <= atMs) present += powerOf.get(group) as number;
      const key = (present * (admissions.ageBands.length + 1) + band + 1) * 2 + (male ? 1 : 0);
      let known = memory.get(key);
      if (known === undefined) {
        known = hazardsOf(band, male, (group) => (onsets.get(group) ?? Infinity) <= atMs);
        if (memory.size > 50_000) memory.clear();
        memory.set(key, known);
      }
      return known;
    },
    returnCause(index, hazards, stream) {
      const [u, v] = [stream.uniform(), stream.uniform()];
      const same = index === null ? 0 : (admissions.sameCause[index] ?? admissions.sameCause['default'] ?? 0);
      return index !== null && causes.includes(index) && u < same ? index : pickCause(causes, hazards, v);
    },
  };
}

/** One of the causes, with chances in proportion to the hazards; u in [0, 1). */
export function pickCause(causes: readonly string[], hazards: Float64Array, u: number): string {
  const total = hazards.reduce((sum, hazard) => sum + hazard, 0);
  let left = u * total;
  const found = hazards.findIndex((hazard) => (left -= hazard) < 0);
  return causes[found === -1 ? causes.length - 1 : found] as string;
}
