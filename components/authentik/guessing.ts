import * as authentik from "@homeslice/provider";
import type * as pulumi from "@pulumi/pulumi";

/** In the flow by which Authentik logs people in: after the name, which is at 10, and before the password, at 20. */
const BEFORE_THE_PASSWORD = 15;

/**
 * Asks no password of an address, or for a name, of which too many logins have failed of late: guesses that come slowly
 * enough for the edge not to ban whoever makes them.
 */
export function refuseGuesses(
  label: string,
  { failedLogins, loginFlow }: { readonly failedLogins: number; readonly loginFlow: pulumi.Output<string> },
  options: pulumi.CustomResourceOptions,
): void {
  const name = "homeslice-guesses";
  const policy = new authentik.ReputationPolicy(`${label}-guesses`, { name, threshold: -failedLogins }, options);
  const denyMessage = "Too many logins have failed. Try again tomorrow, or ask an administrator.";
  const refusal = new authentik.DenyStage(`${label}-guesses-refusal`, { name, denyMessage }, options);
  const binding = { target: loginFlow, stage: refusal.id, order: BEFORE_THE_PASSWORD, policies: [policy.id] };
  new authentik.FlowStageBinding(`${label}-guesses-check`, binding, options);
}
