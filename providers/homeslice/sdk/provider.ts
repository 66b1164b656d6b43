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
 * @example In a cluster, by its API server alone:
 * const provider = new authentik.Provider("authentik", { namespace: "homeslice-prod", token });
 */
export class Provider extends ProviderResource {
  constructor(name: string, args: ProviderArgs, options?: ResourceOptions) {
    const texts = Object.entries(args).map(([key, value]) => [key, asText(value)]);
    super("homeslice", name, { ...Object.fromEntries(texts), token: secret(args.token) }, options);
  }
}

/** The protocol carries all settings of a provider as texts. */
function asText(value: unknown) {
  if (value === undefined || typeof value === "string") return value;
  return output(value).apply((known) => (typeof known === "string" ? known : JSON.stringify(known)));
}
