/**
 * Symmetric positive definite systems, the way Newton's method meets them: factor once, solve for many right-hand sides.
 *
 * In   n x n matrix as one array, row after row; only the lower triangle is read
 * Out  its Cholesky factor, lower triangular, in the same layout; solutions of A x = b
 * Source  Golub and Van Loan 2013, Matrix Computations, algorithm 4.2.1 (row version)
 */

/** @returns  L with A = L Lᵀ; undefined where A is not positive definite to working precision */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k += 1) sum -= factor[i * n + k]! * factor[j * n + k]!;
      if (j < i) factor[i * n + j] = sum / factor[j * n + j]!;
      else if (sum > 0) factor[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

/** @param factor  of choleskyFactor  @returns  x with L Lᵀ x = right, length n */
export function choleskySolve(factor: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const x = right.slice();
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= factor[i * n + k]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    x[i]! /= factor[i * n + i]!;
    for (let k = 0; k < i; k += 1) x[k]! -= factor[i * n + k]! * x[i]!;
  }
  return x;
}
