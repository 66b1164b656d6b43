import type { Secret, SecretSource } from "@homeslice/protocol/secrets.ts";

/** What stands in the fields of a secret. */
export interface SecretDraft {
  readonly name: string;
  readonly description: string;
  readonly type: SecretSource["type"];
  readonly value: string;
  readonly variable: string;
  readonly path: string;
}

/** The fields of a secret that is there, without its value; of a new one without it. */
export function secretDraftOf(secret?: Secret): SecretDraft {
  const source = secret?.source;
  return {
    name: secret?.name ?? "",
    description: secret?.description ?? "",
    type: source?.type ?? "value",
    value: "",
    variable: source?.type === "environment" ? source.variable : "",
    path: source?.type === "file" ? source.path : "",
  };
}

/** The secret that the fields say, as it is sent. A value goes as it was written, with its spaces. */
export function secretOf({ name, description, type, value, variable, path }: SecretDraft): object {
  const sources = {
    value: { type, value },
    environment: { type, variable: variable.trim() },
    file: { type, path: path.trim() },
  };
  return { name: name.trim(), description, source: sources[type] };
}
