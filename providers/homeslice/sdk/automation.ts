import type { KindName, kinds } from "@homeslice/protocol/definitions/kinds.ts";
import {
  CustomResource,
  type CustomResourceOptions,
  type Input,
  type Inputs,
  output,
  ProviderResource,
  type ResourceOptions,
  secret,
} from "@pulumi/pulumi";
import type { z } from "zod";
import { type ConnectionArgs, SETTING } from "../automation/connection.ts";
import { definitionType } from "../automation/definition.ts";
import type { DeepInput } from "./types.ts";

/** Where an orchestrator is, and who asks it. */
export type OrchestratorConnectionArgs = { readonly [Key in keyof ConnectionArgs]: Input<ConnectionArgs[Key]> };

/**
 * The connection to one orchestrator, which definitions are given as `{ provider }`.
 *
 * @example
 * const provider = new OrchestratorConnection("orchestrator", { url: "https://orchestrator.example.org", token });
 * @example In a cluster, by its API server alone:
 * const provider = new OrchestratorConnection("orchestrator", { namespace: "homeslice-prod", key });
 */
export class OrchestratorConnection extends ProviderResource {
  constructor(name: string, args: OrchestratorConnectionArgs, options?: ResourceOptions) {
    const settings = output(args).apply((known) => JSON.stringify(known));
    super("homeslice", name, { [SETTING]: secret(settings) }, options);
  }
}

/** What definitions can say, by kind and name: as in files, with the types of the API. */
export type Definitions = {
  readonly [Kind in KindName]?: Readonly<Record<string, z.input<(typeof kinds)[Kind]["schema"]>>>;
};

/** Arguments of a definition: its name, and what its kind says. */
export type DefinitionArgs<Kind extends KindName> = {
  readonly [Key in keyof z.input<(typeof kinds)[Kind]["schema"]>]: DeepInput<
    z.input<(typeof kinds)[Kind]["schema"]>[Key]
  >;
} & {
  readonly name: Input<string>;
  /** Take over a definition of this name that exists already, instead of failing. @default false */
  readonly adopt?: Input<boolean>;
};

type DefinitionOptions = CustomResourceOptions & { readonly provider: OrchestratorConnection };

/** A definition of whichever kind, as files have them: the provider checks what it says. */
export class AnyDefinition extends CustomResource {
  constructor(
    kind: KindName,
    name: string,
    args: Inputs & { readonly name: Input<string> },
    options: DefinitionOptions,
  ) {
    super(definitionType(kind), name, args, options);
  }
}

/**
 * Something that an orchestrator runs by itself or keeps in mind: an action, a workflow, a schedule, a hook, a rule.
 *
 * @example
 * const timing = { type: "cron", expression: "30 2 * * *" } as const;
 * new Definition("Schedule", "nightly", { name: "every night", timing, execution: { action: "clean up", targets } }, { provider });
 */
export class Definition<Kind extends KindName> extends AnyDefinition {
  constructor(kind: Kind, name: string, args: DefinitionArgs<Kind>, options: DefinitionOptions) {
    super(kind, name, args, options);
  }
}
