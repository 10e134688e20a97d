/** A wrong option or a missing piece that the caller can mend; told without a stack. */
export class UsageError extends Error {}
