import { SecretReference } from "@homeslice/protocol/secretReference.ts";

/** What stands in the fields of something secret: itself, or the name of a secret of the orchestrator that has it. */
export interface CredentialDraft {
  readonly value: string;
  readonly secretName: string;
}

export const noCredential: CredentialDraft = { value: "", secretName: "" };

/** The fields of what is held: its name, where it is named; anything else nobody is shown. */
export function credentialDraftOf(held: unknown): CredentialDraft {
  const { data } = SecretReference.safeParse(held);
  return { value: "", secretName: data?.secret_name ?? "" };
}

/** What the fields say, as it is sent; undefined where they say nothing. */
export function credentialOf({ value, secretName }: CredentialDraft): string | SecretReference | undefined {
  if (secretName !== "") return { secret_name: secretName };
  return value.trim() || undefined;
}
