import {
  emptyHook,
  type HookDraft,
  hookDraftOf,
  hookOf,
  newWebhookSecret,
  pairsOf,
} from "@homeslice/dashboard/hooks/hookDraft.ts";
import { noTargets } from "@homeslice/dashboard/starts/targetDraft.ts";
import { Action } from "@homeslice/protocol/actions.ts";
import { Hook, NewHook } from "@homeslice/protocol/hooks.ts";
import { expect, test } from "vitest";

const at = "2026-11-21T00:00:00.000Z";
const action = Action.parse({
  action_id: crypto.randomUUID(),
  name: "restart",
  operation: { type: "shell_command", argv: ["/bin/restart", "{{unit}}"] },
  parameters: { unit: { type: "string", default: "nginx" }, wait: { type: "integer", required: false } },
  version: 1,
  metadata: { created_at: at, created_by: "ada", updated_at: at, usage_count: 0 },
});
const hook = Hook.parse({
  hook_id: crypto.randomUUID(),
  name: "down",
  description: "",
  source: "alertmanager",
  enabled: true,
  match: { alertname: "Down", query: "a=b" },
  action_template_id: action.action_id,
  parameters: { wait: 3 },
  parameters_from: { unit: "unit" },
  targets: { tags: ["web"] },
  dry_run: false,
  starts_per_hour: 5,
  cool_down_seconds: 60,
  version: 4,
  owner: "ada",
  metadata: { created_at: at, created_by: "ada", updated_at: at },
});

test("the fields of a hook say the hook again, without the secret that nobody is shown", () => {
  const { hook_id: _id, version: _version, owner: _owner, metadata: _metadata, ...held } = hook;
  expect(NewHook.parse(hookOf(hookDraftOf(hook, action.parameters), action.parameters, hook))).toEqual(held);
});

test("a secret is given as it is, or by the name of one that is kept, which is shown again", () => {
  const sent = (secret: HookDraft["secret"]) => hookOf({ ...emptyHook, secret }, action.parameters);
  expect(sent({ value: " whsec_a ", secretName: "" })).toMatchObject({ secret: "whsec_a" });
  expect(sent({ value: "", secretName: "hook" })).toMatchObject({ secret: { secret_name: "hook" } });
  expect(sent({ value: " ", secretName: "" })).not.toHaveProperty("secret");
  const named = Hook.parse({ ...hook, secret: { secret_name: "hook" } });
  expect(hookOf(hookDraftOf(named), undefined, named)).toMatchObject({ secret: { secret_name: "hook" } });
});

test("a parameter that comes from a label is not sent as a fixed one as well", () => {
  const draft = { ...emptyHook, parameters: { unit: "nginx" }, parametersFrom: "unit = service" };
  expect(hookOf(draft, action.parameters)).toMatchObject({ parameters: {}, parameters_from: { unit: "service" } });
});

test("a hook that starts a workflow says so again, and leaves where to the steps", () => {
  const { action_template_id: _action, targets: _targets, ...rest } = hook;
  const starts = { ...rest, workflow_id: crypto.randomUUID(), parameters: { unit: "nginx" }, parameters_from: {} };
  const { parameters } = action;
  const draft = {
    ...hookDraftOf(Hook.parse(starts), parameters),
    targets: { ...noTargets, tags: "web" },
    dryRun: true,
  };
  const sent = NewHook.parse(hookOf(draft, parameters));
  expect(sent).toMatchObject({ workflow_id: starts.workflow_id, parameters: { unit: "nginx" }, dry_run: false });
  expect(sent).not.toHaveProperty("targets");
});

test("a secret that is made is one that the API takes", () => {
  const secret = newWebhookSecret((bytes) => crypto.getRandomValues(bytes));
  expect(NewHook.shape.secret.safeParse(secret).success).toBe(true);
  expect(newWebhookSecret((bytes) => crypto.getRandomValues(bytes))).not.toBe(secret);
});

test("pairs keep what stands behind the first equals sign", () => {
  expect(pairsOf("a=b=c\n\n d = e \nf")).toEqual({ a: "b=c", d: "e", f: "" });
});
