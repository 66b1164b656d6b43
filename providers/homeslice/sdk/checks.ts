import { CustomResource, type CustomResourceOptions, mergeOptions, ProviderResource, secret } from "@pulumi/pulumi";
import { DATA_SOURCE_CHECK, type dataSourceCheckArgs } from "../grafana/dataSourceCheck.ts";
import type { ProgramArgs } from "./types.ts";

/**
 * The provider of what needs no Authentik. It is given explicitly, for the engine would take the settings of the stack
 * for those of a provider that bears their name.
 */
export class Checks extends ProviderResource {
  constructor(name: string, options?: CustomResourceOptions) {
    super("homeslice", name, {}, options);
  }
}

/** Arguments of `DataSourceCheck`. */
export type DataSourceCheckArgs = ProgramArgs<typeof dataSourceCheckArgs>;

/** Asks Grafana whether a source of data can be reached, again whenever an argument changes, and fails when it cannot. */
export class DataSourceCheck extends CustomResource {
  constructor(name: string, args: DataSourceCheckArgs, options: CustomResourceOptions & { readonly provider: Checks }) {
    const inputs = { ...args, password: secret(args.password) };
    super(DATA_SOURCE_CHECK, name, inputs, mergeOptions({ additionalSecretOutputs: ["password"] }, options));
  }
}
