import { type Action, NewAction } from "@homeslice/protocol/actions.ts";
import { ParameterDefinition } from "@homeslice/protocol/parameters.ts";
import { parseDocument, stringify, type YAMLError } from "yaml";
import { z } from "zod";
import { complaint } from "../forms/complaint.ts";
import { schemaFaults } from "../forms/faults.ts";
import type { Messages } from "../i18n/en/index.ts";
import { type Definition, isObject, type Json } from "./definition.ts";

/** Characters of a file that are read: what is larger is no definition of an action. */
const MOST = 262_144;
/** In what language it is said what is wrong. */
type Texts = Pick<Messages, "actions" | "complaints">;
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
export function definitionFrom(text: string, texts: Texts): { definition: Definition } | { fault: string } {
  const { yamlFaults } = texts.actions;
  if (text.length > MOST) return { fault: yamlFaults.tooLarge(MOST / 1_024) };
  const document = parseDocument(text, { schema: "core", merge: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) return { fault: syntaxFault(error, yamlFaults) };
  const value = contentOf(document);
  if (value === undefined) return { fault: yamlFaults.aliases };
  const { data, error: refusal } = Document.safeParse(value, complaintsIn(texts));
  return data ? { definition: { name: data.name, ...data.spec } } : { fault: faultsIn(refusal) };
}

/** The definition of an action in a file that somebody has chosen, with its text. @returns what is wrong with it in place of any other */
export async function actionInFile(
  file: Blob,
  texts: Texts,
): Promise<{ definition: Definition; text: string } | { fault: string }> {
  const { yamlFaults } = texts.actions;
  if (file.size > MOST) return { fault: yamlFaults.tooLarge(MOST / 1_024) };
  const text = await file.text();
  if (text.includes("\ufffd")) return { fault: yamlFaults.noText };
  const read = definitionFrom(text, texts);
  if ("fault" in read) return read;
  const { error } = NewAction.safeParse(read.definition, complaintsIn(texts));
  return error ? { fault: faultsIn(error) } : { ...read, text };
}

/** What somebody said of an action: without what is as it would be anyway. */
export function definitionOf(action: Action | NewAction): Definition {
  const { name, operation, parameters, ...rest } = NewAction.strip().parse(action);
  const { operation: _said, ...defaults } = NewAction.parse({ name, operation });
  const said = beyond({ operation, ...rest }, defaults);
  if (Object.keys(parameters).length === 0) return { name, ...said };
  const named = Object.entries(parameters).map(([key, parameter]) => {
    const { type, items } = parameter;
    return [key, { type, ...beyond(parameter, ParameterDefinition.parse({ type, ...(items && { items: {} }) })) }];
  });
  return { name, ...said, parameters: Object.fromEntries(named) };
}

/** What of an object is not as by default, however deep. */
function beyond(value: object, defaults: object): Definition {
  const [said, anyway] = [value, defaults].map((one) => Document.shape.spec.parse(one));
  return changesOf(said ?? {}, anyway ?? {});
}

function changesOf(said: Definition, defaults: Definition): Definition {
  const changed = Object.entries(said).filter(([key, value]) => !isSame(value, defaults[key]));
  return Object.fromEntries(
    changed.map(([key, value]) => {
      const anyway = defaults[key];
      return [key, isObject(value) && isObject(anyway) ? changesOf(value, anyway) : value];
    }),
  );
}

function isSame(one: Json, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function complaintsIn({ complaints }: Texts): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => complaint(issue, complaints) };
}

function faultsIn(error: z.ZodError): string {
  return Object.entries(schemaFaults(error))
    .map(([place, message]) => `${place}: ${message}`)
    .join(" ");
}

function syntaxFault({ code, linePos }: YAMLError, texts: Texts["actions"]["yamlFaults"]): string {
  const what = texts.syntax[code] ?? texts.noYaml;
  return linePos ? texts.at(linePos[0].line, linePos[0].col, what) : what;
}

/** What a document says; undefined when its aliases stand for too much. */
function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (failure) {
    if (failure instanceof ReferenceError) return undefined;
    throw failure;
  }
}
