import type { Change } from "./difference.ts";
import type { Values } from "./values.ts";

/** What every call about a resource carries. */
export interface ResourceCall {
  readonly urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Name of the resource in the program. */
  readonly name: string;
  /** Shows a message to the user, attached to the resource. */
  readonly log: (severity: "info" | "warning", message: string) => void;
}

export interface CheckCall extends ResourceCall {
  readonly oldInputs: Values;
  readonly inputs: Values;
  /** Seed for names, the same in preview and update. */
  readonly seed: Uint8Array;
}

export interface CheckResult {
  readonly inputs: Values;
  readonly failures?: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffCall extends ResourceCall {
  readonly id: string;
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
  readonly inputs: Values;
}

export interface DiffResult {
  readonly changes: readonly Change[];
  /** Whether a change needs a new resource. */
  readonly replaces: (path: string) => boolean;
  readonly deleteBeforeReplace?: boolean;
}

export interface CreateCall extends ResourceCall {
  readonly inputs: Values;
  readonly preview: boolean;
  /** Milliseconds, undefined when the program sets none. */
  readonly timeoutMs: number | undefined;
}

export interface UpdateCall extends CreateCall {
  readonly id: string;
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
}

export interface ReadCall extends ResourceCall {
  readonly id: string;
  /** Empty when the resource is being imported. */
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
}

export interface ReadResult {
  /** The id to keep, when an import named the resource by something else. */
  readonly id?: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

export interface DeleteCall extends ResourceCall {
  readonly id: string;
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
  readonly timeoutMs: number | undefined;
}

export interface InvokeCall {
  /** Function token, such as `homeslice:authentik:getGroup`. */
  readonly token: string;
  readonly args: Values;
  readonly preview: boolean;
}

export interface InvokeResult {
  readonly outputs: Values;
  readonly failures?: CheckResult["failures"];
}

/** The part of the plugin protocol that resources need, in terms of plain values. */
export interface Provider {
  readonly version: string;
  /** Validates the provider's own inputs; without it they are taken as they are. */
  checkConfig?(config: Values): Promise<CheckResult>;
  /** Called once with the provider's own inputs before anything else. */
  configure(config: Values): Promise<void>;
  /** Properties of the provider whose change means that all its resources live elsewhere now. */
  configReplaces(oldConfig: Values, config: Values): readonly string[];
  check(call: CheckCall): Promise<CheckResult>;
  diff(call: DiffCall): Promise<DiffResult>;
  create(call: CreateCall): Promise<{ readonly id: string; readonly outputs: Values }>;
  /** Resolves to undefined when the resource is gone. */
  read(call: ReadCall): Promise<ReadResult | undefined>;
  update(call: UpdateCall): Promise<Values>;
  delete(call: DeleteCall): Promise<void>;
  /** Answers a look-up. */
  invoke?(call: InvokeCall): Promise<InvokeResult>;
  /** Ends what is under way as soon as that is possible without losing track of anything. */
  cancel(): void;
}

/** The resource exists (again) but does not work: it enters the state, and the operation fails. */
export class InitializationError extends Error {
  override readonly name = "InitializationError";
  readonly id: string;
  readonly outputs: Values;
  readonly reasons: readonly string[];

  constructor(message: string, failed: { id: string; outputs: Values; reasons: readonly string[] }) {
    super(message);
    this.id = failed.id;
    this.outputs = failed.outputs;
    this.reasons = failed.reasons;
  }
}
