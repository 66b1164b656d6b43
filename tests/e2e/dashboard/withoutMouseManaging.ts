import type { Locator, Page } from "playwright-core";
import { describe, test } from "vitest";
import { Keyboard } from "./keyboard.ts";
import { type Stage, settled } from "./stage.ts";

/** What one does now and then, by keys alone: the focus is visible at each stop, and returns from each dialog. */
export function describeWithoutMouseManaging(stage: () => Stage): void {
  const flow = (path: string, act: (keys: Keyboard, page: Page) => Promise<void>) => async () => {
    await stage().visit(path, async (page) => {
      await settled(page);
      const keys = new Keyboard(page);
      await keys.skip();
      await act(keys, page);
    });
  };

  describe.concurrent("by the keyboard alone, one looks after", () => {
    test("a schedule", flow("/schedules", schedule));
    test("a hook", flow("/hooks", hook));
    test("a channel", flow("/notifications", channel));
    test("an account", flow("/accounts", account));
    test("a token", flow("/tokens", token));
    test("a secret", flow("/secrets", secret));

    test("a workflow", flow("/workflows", workflow));

    test("locks, one's own and those of others", async () => {
      const { client } = stage();
      const register = async (hostname: string) =>
        (await client.call("registerServer", { body: { hostname, environment: "uat" } })).server.server_id;
      await register("vault");
      const lock = { lock_type: "emergency" as const, reason: "a leak", server_id: await register("safe") };
      await client.call("acquireLock", { body: lock });
      await flow("/locks", locks)();
    });

    test("what waits for an approval", async () => {
      const { client, agent } = stage();
      const { items } = await client.call("listServers", { query: { hostname: "cellar" } });
      const target_servers = [agent.serverId, ...items.map(({ server_id }) => server_id)];
      const operation = { type: "shell_command" as const, argv: ["echo", "keys"] satisfies [string, ...string[]] };
      const { execution_id } = await client.call("startExecution", { body: { operation, target_servers } });
      await flow("/approvals", (keys, page) => approve(keys, page, execution_id))();
    });
  });
}

const button = (within: Page | Locator, name: string) => within.getByRole("button", { name, exact: true });

/** Fills in the form that a button opens. @returns once it was taken */
async function make(keys: Keyboard, page: Page, title: string, fill: (form: Locator) => Promise<void>): Promise<void> {
  const form = page.getByRole("dialog", { name: title, exact: true });
  await keys.open(button(page.getByRole("main"), title), form);
  await fill(form);
  await form.waitFor({ state: "detached" });
}

/** Asks for something that has to be confirmed; what it was asked of is gone then, and the focus is not. */
async function confirm(keys: Keyboard, page: Page, name: string, deed: string): Promise<void> {
  const opener = button(page.getByRole("main"), name);
  const dialog = page.getByRole("dialog", { name });
  await keys.open(opener, dialog);
  await keys.enter(button(dialog, deed));
  await keys.keptWithout(opener);
}

/** Looks into a form, and leaves it as it is. */
async function lookInto(keys: Keyboard, page: Page, name: string, title = name): Promise<void> {
  const opener = button(page.getByRole("main"), name);
  await keys.open(opener, page.getByRole("dialog", { name: title }));
  await keys.press("Escape");
  await keys.backAt(opener, page.getByRole("dialog", { name: title }));
}

async function schedule(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New schedule", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by keys");
    await keys.write(form.getByLabel("Cron expression"), "@yearly");
    await keys.to(form.getByRole("radio", { name: "An action" }));
    await keys.press("ArrowRight");
    await keys.write(form.getByLabel("Command", { exact: true }), "echo keys");
    await keys.write(form.getByLabel(/^Host name/), "kitchen");
    await keys.enter(button(form, "Create"));
  });
  await page.getByRole("heading", { level: 1, name: "by keys" }).waitFor();
  await keys.enter(button(page, "Pause by keys"));
  await button(page, "Resume by keys").waitFor();
  await lookInto(keys, page, "Edit", "Edit by keys");
  await confirm(keys, page, "Delete by keys", "Delete");
}

async function hook(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New hook", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by keys");
    await keys.choose(form.getByLabel("Called by"), "A program (Standard Webhooks)");
    await keys.enter(button(form, "Generate"));
    await keys.choose(form.getByLabel("Action", { exact: true }), "greet");
    await keys.write(form.getByLabel(/^who/), "keys");
    await keys.write(form.getByLabel(/^Host name/), "kitchen");
    await keys.enter(button(form, "Create"));
  });
  await page.getByRole("heading", { level: 1, name: "by keys" }).waitFor();
  await keys.enter(button(page, "Turn off by keys"));
  await button(page, "Turn on by keys").waitFor();
  await nameSecret(keys, page);
  await lookInto(keys, page, "Edit", "Edit by keys");
  await confirm(keys, page, "Delete by keys", "Delete");
}

/** Has a hook take its secret from those that are kept: it is chosen by its name, and is known there by the hook. */
async function nameSecret(keys: Keyboard, page: Page): Promise<void> {
  const edit = button(page.getByRole("main"), "Edit");
  const form = page.getByRole("dialog", { name: "Edit by keys" });
  const chosen = form.getByLabel(/^Secret, by the name of a secret/);
  await keys.enter(edit);
  await keys.choose(chosen, "db-password");
  await form.getByLabel("Secret (optional)", { exact: true }).waitFor({ state: "detached" });
  await keys.enter(button(form, "Save"));
  await keys.backAt(edit, form);
  await page.getByRole("definition").getByText("db-password").waitFor();
  const secrets = await page.context().newPage();
  await secrets.goto("/secrets");
  await secrets.getByRole("row", { name: /^db-password .*hook by keys/ }).waitFor();
  await secrets.close();
}

async function channel(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New channel", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by keys");
    await keys.choose(form.getByLabel("Kind"), "Browsers");
    await keys.to(form.getByLabel(/^To/));
    await keys.press("Enter");
  });
  await keys.enter(button(page, "Test by keys"));
  const test = page.getByRole("dialog", { name: "Test by keys" });
  await test.getByText(/The message was (not )?taken/).waitFor();
  await keys.press("Escape");
  await keys.backAt(button(page, "Test by keys"), test);
  await lookInto(keys, page, "Edit by keys");
  await confirm(keys, page, "Delete by keys", "Delete");
  await keys.to(page.getByRole("tab", { name: "Channels" }), "Shift+Tab");
  await keys.press("End");
  await page.getByRole("tab", { name: "This browser", selected: true }).waitFor();
}

async function account(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New account", async (form) => {
    await keys.write(form.getByLabel("User name"), "keys");
    await keys.write(form.getByLabel("Password"), "a password of keys");
    await keys.choose(form.getByLabel("Role"), "Operator");
    await keys.enter(button(form, "Create"));
  });
  await page.getByRole("row", { name: /keys.*Operator/ }).waitFor();
  await keys.enter(button(page, "Keep out keys"));
  await button(page, "Let in keys").waitFor();
  await lookInto(keys, page, "Edit keys");
  await confirm(keys, page, "Delete keys", "Delete");
}

async function token(keys: Keyboard, page: Page): Promise<void> {
  const shown = page.getByRole("dialog", { name: "The new token" });
  await make(keys, page, "New token", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by keys");
    await keys.press("Enter");
  });
  await shown.waitFor();
  await keys.enter(button(shown, "I have kept it"));
  await keys.backAt(button(page, "New token"), shown);
  await confirm(keys, page, "Revoke by keys", "Revoke");
}

async function secret(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New secret", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by-keys");
    await keys.write(form.getByLabel("Value"), "long enough");
    await keys.press("Enter");
  });
  await lookInto(keys, page, "Replace by-keys");
  await confirm(keys, page, "Delete by-keys", "Delete");
}

async function workflow(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "New workflow", async (form) => {
    await keys.write(form.getByLabel("Name", { exact: true }), "by keys");
    const first = form.getByRole("group", { name: "Step step_1" });
    await keys.to(first.getByRole("radio", { name: "An action" }));
    await keys.press("ArrowRight");
    await keys.write(first.getByLabel("Command", { exact: true }), "/bin/true");
    await keys.write(first.getByLabel(/^Host name/), "kitchen");
    await keys.enter(button(form, "Add a step"));
    const second = form.getByRole("group", { name: "Step step_2" });
    await keys.to(second.getByRole("radio", { name: "Runs something" }));
    await keys.press("ArrowRight");
    await keys.write(second.getByLabel("What is to be decided"), "Shall it end?");
    const text = form.getByLabel("Definition (JSON)");
    // Who has started it may decide here, too.
    const whole = await text.inputValue();
    await keys.write(text, whole.replace('"message"', '"by_others": false, "message"'));
    await form.getByText("The orchestrator finds nothing wrong with it.").waitFor();
    await keys.enter(button(form, "Create"));
  });
  await page.getByRole("heading", { level: 1, name: "by keys" }).waitFor();
  const start = page.getByRole("dialog", { name: "Start by keys" });
  await keys.open(button(page.getByRole("main"), "Start"), start);
  await keys.enter(button(start, "Start"));
  const gate = page.getByRole("region", { name: "step_2 waits for a decision" });
  await gate.waitFor();
  await keys.write(gate.getByLabel("Reason"), "asked for by keys");
  await keys.enter(button(gate, "Approve"));
  await keys.keptWithout(gate);
  await page.getByRole("status").getByText("Succeeded").first().waitFor();
}

async function locks(keys: Keyboard, page: Page): Promise<void> {
  await make(keys, page, "Take a lock", async (form) => {
    await keys.write(form.getByLabel("Server", { exact: true }), "vault");
    await keys.choose(form.getByLabel("Type"), "Emergency");
    await keys.write(form.getByLabel("Reason"), "by keys");
    await keys.write(form.getByLabel("Minutes"), "30");
    await keys.enter(button(form, "Take a lock"));
  });
  await keys.enter(button(page, "Hold the lock of vault one hour more"));
  await page.getByRole("row", { name: /^vault.*extended 1 of/ }).waitFor();
  await confirm(keys, page, "Release the lock of vault", "Release");
  const force = button(page.getByRole("main"), "Release by force: the lock of safe");
  const dialog = page.getByRole("dialog", { name: "Release by force: the lock of safe" });
  await keys.open(force, dialog);
  await keys.write(dialog.getByLabel("Reason"), "it is dry again");
  await keys.enter(button(dialog, "Release by force"));
  await keys.keptWithout(force);
}

async function approve(keys: Keyboard, page: Page, executionId: string): Promise<void> {
  const card = page.getByRole("article").filter({ has: page.locator(`a[href$="${executionId}"]`) });
  await keys.enter(button(card, "Approve"));
  await card.getByText("Say why, in a few words.").waitFor();
  await keys.to(card.getByLabel("Reason"), "Shift+Tab");
  await page.keyboard.type("asked for by keys");
  await keys.enter(button(card, "Approve"));
  await keys.keptWithout(card);
}
