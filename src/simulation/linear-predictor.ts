/**
 * The linear predictors of a process and the probabilities they give: compiled once, then asked for each discharge.
 *
 * In      a checked definition; covariates by name, NaN where not recorded
 * Out     eta per outcome without intercept and frailty; probabilities of unplanned, death, planned (the rest is none)
 * Choice  a covariate that is absent, rather than NaN, is a defect of the caller and refused: a misspelt name would pass as no effect
 */
import { SimulationError } from '../errors.ts';
import { outcomes, type CovariateForm, type Intercepts, type ProcessDefinition, type Term } from './process.ts';

/** Probabilities of unplanned, death and planned; none is what remains. */
export type Probabilities = readonly [unplanned: number, death: number, planned: number];
export type CovariateValues = Readonly<Record<string, number>>;

export interface Process {
  readonly definition: ProcessDefinition;
  /** Covariates that any term reads, sorted. */
  readonly covariates: readonly string[];
  /**
   * Sum of the terms per outcome, in log odds against no event.
   *
   * @returns  length 3, order unplanned, death, planned; fresh
   * @throws {SimulationError} SIM_COVARIATE_MISSING
   */
  predictors(covariates: CovariateValues): Float64Array;
  /** @param b  the patient's frailty, in log odds */
  probabilities(eta: Float64Array, b: number, intercepts: Intercepts): Probabilities;
}

/** A term ready to be valued: coefficient times the forms of its one or two covariates. */
export interface CompiledTerm {
  readonly term: Term;
  /** Number of the outcome the term belongs to. */
  readonly outcome: number;
  /** Positions in the process's list of covariates; second is -1 but for a product. */
  readonly first: number;
  readonly second: number;
  /** @param x @param y  values of the covariates; y is ignored but for a product */
  value(x: number, y: number): number;
}

/**
 * @param known  covariates that can be asked for; a term that reads another one is refused
 * @throws {SimulationError} SIM_COVARIATE_UNKNOWN
 */
export function createProcess(definition: ProcessDefinition, known?: readonly string[]): Process {
  const { covariates, terms } = compileTerms(definition);
  const unknown = known === undefined ? [] : covariates.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SimulationError(
      'SIM_COVARIATE_UNKNOWN',
      `${definition.name}: expected covariates this build computes, found ${unknown.join(', ')}; see the README of src/simulation`,
      { details: { covariates: unknown } },
    );
  }
  const x = new Float64Array(covariates.length);
  const { unplanned: loadingU, death: loadingD, planned: loadingP } = definition.frailty.loadings;
  return {
    definition,
    covariates,
    predictors(values) {
      readCovariates(values, covariates, x);
      const eta = new Float64Array(3);
      for (const { outcome, first, second, value } of terms) eta[outcome]! += value(x[first]!, second < 0 ? NaN : x[second]!);
      return eta;
    },
    probabilities(eta, b, intercepts) {
      return softmax(
        intercepts.unplanned + eta[0]! + loadingU * b,
        intercepts.death + eta[1]! + loadingD * b,
        intercepts.planned + eta[2]! + loadingP * b,
      );
    },
  };
}

/** Terms in the order of the document, with the sorted list of the covariates they read. */
export function compileTerms(definition: ProcessDefinition): { covariates: string[]; terms: CompiledTerm[] } {
  const covariates = [...new Set(definition.terms.flatMap((term) => term.covariates))].sort();
  const position = new Map(covariates.map((name, i) => [name, i] as const));
  const terms = definition.terms.map((term): CompiledTerm => {
    const [first, second] = term.covariates.map((name) => position.get(name) as number);
    const common = { term, outcome: outcomes.indexOf(term.outcome), first: first as number, second: second ?? -1 };
    const { form, coefficient } = term;
    if (form.kind !== 'product') {
      const f = compileForm(form);
      return { ...common, value: (x) => coefficient * f(x) };
    }
    const [f, g] = (form.of ?? [{ kind: 'flag' }, { kind: 'flag' }]).map(compileForm) as [FormValue, FormValue];
    return { ...common, value: (x, y) => coefficient * f(x) * g(y) };
  });
  return { covariates, terms };
}

/** @throws {SimulationError} SIM_COVARIATE_MISSING */
export function readCovariates(values: CovariateValues, names: readonly string[], into: Float64Array): void {
  for (let i = 0; i < names.length; i += 1) {
    const value = values[names[i]!];
    if (value === undefined) {
      throw new SimulationError(
        'SIM_COVARIATE_MISSING',
        `expected a value of ${names[i]} (NaN where not recorded), found none; the covariates and the process disagree`,
        { details: { covariate: names[i]! } },
      );
    }
    into[i] = value;
  }
}

/** Stable for any size of the arguments; the fourth outcome, none, has 0. */
export function softmax(u: number, d: number, p: number): Probabilities {
  const top = Math.max(u, d, p, 0);
  const eu = Math.exp(u - top);
  const ed = Math.exp(d - top);
  const ep = Math.exp(p - top);
  const sum = eu + ed + ep + Math.exp(-top);
  return [eu / sum, ed / sum, ep / sum];
}

type FormValue = (x: number) => number;

/** Every comparison is written so that NaN gives 0. */
function compileForm(form: CovariateForm): FormValue {
  switch (form.kind) {
    case 'flag':
      return (x) => (x > 0 ? 1 : 0);
    case 'linear': {
      const { centre, per, min = -Infinity, max = Infinity } = form;
      return (x) => (x !== x ? 0 : (Math.min(Math.max(x, min), max) - centre) / per);
    }
    case 'below': {
      const { at, per, cap = Infinity } = form;
      return (x) => (x < at ? Math.min((at - x) / per, cap) : 0);
    }
    case 'above': {
      const { at, per, cap = Infinity } = form;
      return (x) => (x > at ? Math.min((x - at) / per, cap) : 0);
    }
    case 'steps': {
      const { from, values } = form;
      return (x) => {
        let value = 0;
        for (let i = 0; i < from.length && x >= from[i]!; i += 1) value = values[i]!;
        return value;
      };
    }
  }
}
