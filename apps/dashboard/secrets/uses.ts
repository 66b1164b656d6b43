import type { Action } from "@homeslice/protocol/actions.ts";
import { SecretReference } from "@homeslice/protocol/secretReference.ts";

/** The actions that ask for a secret by its name, or let whoever starts them choose it. */
export function usesOf(secret: string, actions: readonly Action[]): Action[] {
  return actions.filter(({ operation, parameters }) => {
    const named = operation.type === "shell_command" ? (operation.secrets ?? []) : [];
    if (named.some(({ name, from }) => from === "orchestrator" && name === secret)) return true;
    return Object.values(parameters).some(
      (parameter) =>
        parameter.type === "secret" &&
        (parameter.default === secret || parameter.validation.one_of?.includes(secret) === true),
    );
  });
}

/** Whether one of the fields of a hook, or of where a channel goes, names a secret in place of its value. */
export function isNamedIn(fields: object, secret: string): boolean {
  return Object.values(fields).some((value) => SecretReference.safeParse(value).data?.secret_name === secret);
}
