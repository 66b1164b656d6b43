import { z } from "zod";
import { emailAddress, variableName } from "../notations.ts";
import { secretText } from "./secret.ts";

/** Settings of the certificate of the domain. */
export function tls() {
  return z
    .strictObject({
      acme: z
        .strictObject({
          email: emailAddress.describe("Needed for ACME. Where the authority writes to when something is wrong."),
          provider: z
            .string()
            .regex(/^[a-z0-9]+$/, {
              error: ({ input }) =>
                `${JSON.stringify(input)} is not a DNS provider: use its code, for example cloudflare`,
            })
            .describe(
              "Needed for ACME. Who hosts the domain's DNS, by the provider's code in Traefik's documentation.",
            ),
          credentials: z
            .record(variableName, secretText)
            .default({})
            .describe("What the DNS provider asks for, by the variables of its documentation."),
          staging: z
            .boolean()
            .default(false)
            .describe("Ask the authority's test server, whose certificates nobody trusts and which has no limits."),
        })
        .optional()
        .describe("A wildcard certificate of Let's Encrypt, proven by DNS. Default: one of the stack's own authority."),
    })
    .prefault({});
}
