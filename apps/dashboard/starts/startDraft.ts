import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewExecution } from "@homeslice/protocol/executions.ts";
import { commandText, commandWords } from "../run/commandWords.ts";
import { draftOf, type ParameterDraft, parametersOf } from "./parameterDraft.ts";
import { noTargets, selectorOf, type TargetDraft, targetDraftOf } from "./targetDraft.ts";

/** What stands in the fields that say what is started, and where. */
export interface StartDraft {
  readonly kind: "action" | "command" | "other";
  readonly actionId: string;
  readonly parameters: ParameterDraft;
  /** As somebody writes it. @see commandWords */
  readonly command: string;
  readonly targets: TargetDraft;
}

export const noStart: StartDraft = { kind: "action", actionId: "", parameters: {}, command: "", targets: noTargets };

/** What the fields show of a start that is there already; the fields of its parameters need the action. */
export function startDraftOf(execution: NewExecution, action: Action | undefined): StartDraft {
  const { operation, action_template_id, parameters } = execution;
  return {
    kind: operation === undefined ? "action" : operation.type === "shell_command" ? "command" : "other",
    actionId: action_template_id ?? "",
    parameters: draftOf(action?.parameters ?? {}, parameters),
    command: operation?.type === "shell_command" ? commandText(operation.argv) : "",
    targets: targetDraftOf(execution),
  };
}

/** What is sent: the fields, and of the start before what no field shows. */
export function startOf(draft: StartDraft, action: Action | undefined, before?: NewExecution): object {
  const { operation, action_template_id: _action, parameters: given, targets: selected, ...kept } = before ?? {};
  const targets = selectorOf(draft.targets, selected);
  const where = { ...kept, target_servers: draft.targets.servers, ...(targets && { targets }) };
  switch (draft.kind) {
    case "action": {
      // Without the action at hand, what was given for it stays.
      const parameters = action ? parametersOf(action.parameters, draft.parameters) : (given ?? {});
      return { ...where, ...(draft.actionId !== "" && { action_template_id: draft.actionId }), parameters };
    }
    case "command": {
      const options = operation?.type === "shell_command" ? operation : { type: "shell_command" };
      return { ...where, operation: { ...options, argv: argvOf(draft.command) } };
    }
    case "other":
      return { ...where, operation, parameters: given ?? {} };
  }
}

/** Without a word there is a program without a name, which is refused at its field. */
function argvOf(command: string): string[] {
  const words = commandWords(command) ?? [];
  return words.length > 0 ? words : [""];
}
