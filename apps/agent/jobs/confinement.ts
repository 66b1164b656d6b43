import { basename, join } from "node:path";
import { type Hidden, lookAt, lookAtOwn } from "../sandbox/hidden.ts";
import type { Confined, Confinement } from "../sandbox/sandbox.ts";
import type { Workshop } from "./workshop.ts";

/** What nothing sees that runs here. */
export async function hiddenBy({ ownPaths, policy }: Workshop): Promise<Hidden[]> {
  const forbidden = Promise.all(policy().forbiddenPaths.map(lookAt));
  return [...ownPaths.map(lookAtOwn), ...(await forbidden)];
}

/**
 * Makes the sandbox of an attempt, or says why there is none to be had.
 * @param hidden as it is now
 */
export async function confineIn(
  directory: string,
  shop: Workshop,
  { limits, isolate }: Pick<Confined, "limits" | "isolate">,
  hidden: readonly Hidden[],
): Promise<Confinement | { readonly refusal: string }> {
  return await shop.sandbox.confine({
    directory,
    attempt: basename(directory),
    work: join(directory, "work"),
    hidden,
    shown: [shop.vault.directoryOf(basename(directory))],
    policy: shop.policy(),
    limits,
    isolate,
  });
}
