import { SecretSource } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { SealBroken } from "../sealing.ts";
import { readSource, SecretUnavailable } from "./sources.ts";

/** The value of a secret as it is stored. @throws SecretUnavailable */
export async function openSecret(
  { sealing, secretPlaces }: Pick<Context, "sealing" | "secretPlaces">,
  { name, sealed }: { readonly name: string; readonly sealed: Buffer },
): Promise<string> {
  try {
    return await readSource(SecretSource.parse(JSON.parse(sealing.unseal(sealed))), secretPlaces);
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new SecretUnavailable(`the secret "${name}" cannot be opened: ${cause.message}`, { cause });
  }
}
