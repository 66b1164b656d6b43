import { type Action, NewAction } from "@homeslice/protocol/actions.ts";
import { parseDocument, stringify } from "yaml";
import { z } from "zod";
import type { Definition, Json } from "./definition.ts";

/** Characters of a file that are read: what is larger is no definition of an action. */
const MOST = 262_144;
const TOO_LARGE = { fault: `more than ${MOST / 1_024} KiB` };
const Document = z.strictObject({
  kind: z.literal("Action"),
  name: z.string(),
  spec: z.record(z.string(), z.json()),
});

/** A definition as a file that `homeslice apply` takes. */
export function yamlOf({ name, ...spec }: Definition): string {
  return stringify({ kind: "Action", name: name ?? "", spec }, { lineWidth: 0 });
}

/** The definition in a file. @returns what is wrong with it in place of one that cannot be read */
export function definitionFrom(text: string): { definition: Definition } | { fault: string } {
  if (text.length > MOST) return TOO_LARGE;
  const document = parseDocument(text, { schema: "core", merge: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) return { fault: error.message };
  try {
    const { name, spec } = Document.parse(document.toJS({ maxAliasCount: 20 }));
    return { definition: { name, ...spec } };
  } catch (failure) {
    return { fault: failure instanceof z.ZodError ? z.prettifyError(failure) : String(failure) };
  }
}

/** The definition of an action in a file that somebody has chosen, with its text. @returns what is wrong with it in place of any other */
export async function actionInFile(file: Blob): Promise<{ definition: Definition; text: string } | { fault: string }> {
  if (file.size > MOST) return TOO_LARGE;
  const text = await file.text();
  if (text.includes("\ufffd")) return { fault: "it is no text in UTF-8" };
  const read = definitionFrom(text);
  if ("fault" in read) return read;
  const { error } = NewAction.safeParse(read.definition);
  return error ? { fault: z.prettifyError(error) } : { ...read, text };
}

/** What somebody said of an action: without what is as it would be anyway. */
export function definitionOf(action: Action | NewAction): Definition {
  const { name, operation, ...rest } = NewAction.strip().parse(action);
  const defaults: Readonly<Record<string, unknown>> = NewAction.parse({ name, operation });
  const said = Object.entries(rest).filter(([key, value]) => JSON.stringify(defaults[key]) !== JSON.stringify(value));
  const json: Json = z.json().parse({ name, operation, ...Object.fromEntries(said) });
  return z.record(z.string(), z.json()).parse(json);
}
