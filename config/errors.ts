/** What a user can act on: which problem, where it is, and what to do about it. */
export interface Complaint {
  /** Stable identifier, `area.problem`, for scripts and the troubleshooting guide. */
  readonly code: string;
  /** What happened, in one sentence. */
  readonly what: string;
  /** The file, option, setting or component it happened in. */
  readonly where?: string;
  /** What to do next. */
  readonly fix?: string;
}

/**
 * A mistake or a condition that the user can mend. The command line prints `message` without a stack trace and exits
 * with code 2; anything else that is thrown is a defect of Homeslice and keeps its stack.
 */
export class UserError extends Error implements Complaint {
  override readonly name = "UserError";
  readonly code: string;
  readonly what: string;
  readonly where?: string;
  readonly fix?: string;

  constructor(complaint: Complaint, options?: ErrorOptions) {
    const { code, what, where, fix } = complaint;
    super([where ? `${where}: ${what}` : what, fix].filter(Boolean).join("\n"), options);
    this.code = code;
    this.what = what;
    if (where !== undefined) this.where = where;
    if (fix !== undefined) this.fix = fix;
  }
}
