import type { Hook } from "@homeslice/protocol/hooks.ts";
import { wholeNumber } from "../forms/number.ts";
import { type CredentialDraft, credentialDraftOf, credentialOf, noCredential } from "../starts/credentialDraft.ts";
import { type Definitions, draftOf, type ParameterDraft, parametersOf } from "../starts/parameterDraft.ts";
import { noTargets, selectorOf, type TargetDraft, targetDraftOf } from "../starts/targetDraft.ts";

/** What stands in the fields of a hook. */
export interface HookDraft {
  readonly name: string;
  readonly description: string;
  readonly source: Hook["source"];
  readonly secret: CredentialDraft;
  readonly enabled: boolean;
  /** Labels with their values: `alertname=InstanceDown`, one a line. */
  readonly match: string;
  readonly starts: "execution" | "workflow";
  readonly actionId: string;
  readonly workflowId: string;
  /** Of the action or of the workflow. */
  readonly parameters: ParameterDraft;
  /** Parameters with the label each is taken from: `unit=unit`, one a line. */
  readonly parametersFrom: string;
  readonly targets: TargetDraft;
  readonly hostFrom: string;
  readonly dryRun: boolean;
  readonly startsPerHour: string;
  readonly coolDown: string;
}

export const emptyHook: HookDraft = {
  name: "",
  description: "",
  source: "alertmanager",
  secret: noCredential,
  enabled: true,
  match: "",
  starts: "execution",
  actionId: "",
  workflowId: "",
  parameters: {},
  parametersFrom: "",
  targets: noTargets,
  hostFrom: "instance",
  dryRun: false,
  startsPerHour: "10",
  coolDown: "900",
};

/** The fields of a hook that is there; its secret is not shown, but where it is named, its name is. @param definitions of what it starts, where that is there */
export function hookDraftOf(hook: Hook, definitions: Definitions = {}): HookDraft {
  return {
    name: hook.name,
    description: hook.description,
    source: hook.source,
    secret: credentialDraftOf(hook.secret),
    enabled: hook.enabled,
    match: pairsText(hook.match),
    starts: hook.workflow_id === undefined ? "execution" : "workflow",
    actionId: hook.action_template_id ?? "",
    workflowId: hook.workflow_id ?? "",
    parameters: draftOf(definitions, hook.parameters),
    parametersFrom: pairsText(hook.parameters_from),
    targets: targetDraftOf({ ...(hook.targets && { targets: hook.targets }) }),
    hostFrom: hook.host_from ?? "",
    dryRun: hook.dry_run,
    startsPerHour: String(hook.starts_per_hour),
    coolDown: String(hook.cool_down_seconds),
  };
}

/** The hook that the fields say, as it is sent. @param definitions of what it starts, where that is there */
export function hookOf(draft: HookDraft, definitions: Definitions | undefined, before?: Hook): object {
  const fixed = definitions ? parametersOf(definitions, draft.parameters) : (before?.parameters ?? {});
  const parameters_from = pairsOf(draft.parametersFrom);
  const secret = credentialOf(draft.secret);
  const parameters = Object.fromEntries(
    Object.entries(fixed).filter(([name]) => !Object.hasOwn(parameters_from, name)),
  );
  return {
    name: draft.name.trim(),
    description: draft.description,
    source: draft.source,
    ...(secret !== undefined && { secret }),
    enabled: draft.enabled,
    match: pairsOf(draft.match),
    ...(draft.starts === "execution" ? executionOf(draft, before) : workflowOf(draft)),
    parameters,
    parameters_from,
    starts_per_hour: wholeNumber(draft.startsPerHour),
    cool_down_seconds: wholeNumber(draft.coolDown),
  };
}

function executionOf({ actionId, targets, hostFrom, dryRun }: HookDraft, before?: Hook): object {
  const selector = selectorOf(targets, before?.targets);
  return {
    ...(actionId !== "" && { action_template_id: actionId }),
    ...(selector && { targets: selector }),
    ...(hostFrom !== "" && { host_from: hostFrom.trim() }),
    dry_run: dryRun,
  };
}

/** The steps of a workflow say themselves where they run. */
function workflowOf({ workflowId }: HookDraft): object {
  return workflowId === "" ? {} : { workflow_id: workflowId };
}

/** A secret by which a caller proves itself: 32 random bytes, as Standard Webhooks writes them. */
export function newWebhookSecret(random: (bytes: Uint8Array) => Uint8Array): string {
  return `whsec_${btoa(String.fromCharCode(...random(new Uint8Array(32))))}`;
}

/** `name=value`, one a line; a line without `=` is a name without a value. */
export function pairsOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

function pairsText(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}
