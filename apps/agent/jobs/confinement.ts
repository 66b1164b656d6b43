import { basename, join } from "node:path";
import type { Confined, Confinement } from "../sandbox/sandbox.ts";
import type { Workshop } from "./workshop.ts";

/** The paths that nothing sees which runs here. */
export function hiddenFrom({ ownPaths, policy }: Workshop): string[] {
  return [...ownPaths, ...policy().forbiddenPaths];
}

/** Makes the sandbox of an attempt, or says why there is none to be had. */
export async function confineIn(
  directory: string,
  shop: Workshop,
  { limits, isolate }: Pick<Confined, "limits" | "isolate">,
): Promise<Confinement | { readonly refusal: string }> {
  return await shop.sandbox.confine({
    directory,
    attempt: basename(directory),
    work: join(directory, "work"),
    hidden: hiddenFrom(shop),
    shown: [shop.vault.directoryOf(basename(directory))],
    policy: shop.policy(),
    limits,
    isolate,
  });
}
