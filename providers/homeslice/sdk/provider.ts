import { output, ProviderResource, type ResourceOptions, secret } from "@pulumi/pulumi";
import type { configArgs } from "../config.ts";
import type { ProgramArgs } from "./types.ts";

/** Where Authentik is, and who asks. */
export type ProviderArgs = ProgramArgs<typeof configArgs>;

/**
 * The connection to one Authentik server, which the resources of a program are given as `{ provider }`.
 *
 * @example
 * const provider = new authentik.Provider("authentik", { url: "https://auth.example.org", token });
 */
export class Provider extends ProviderResource {
  constructor(name: string, args: ProviderArgs, options?: ResourceOptions) {
    const { url, token, caCert, ...rest } = args;
    const others = Object.entries(rest).map(([key, value]) => [key, asText(value)]);
    super("homeslice", name, { url, token: secret(token), caCert, ...Object.fromEntries(others) }, options);
  }
}

/** The protocol carries all settings of a provider as texts. */
function asText(value: unknown) {
  return value === undefined ? undefined : output(value).apply((known) => JSON.stringify(known));
}
