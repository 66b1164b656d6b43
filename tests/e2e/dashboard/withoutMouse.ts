import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { download } from "./download.ts";
import { Keyboard } from "./keyboard.ts";
import { type Stage, settled } from "./stage.ts";

/** What one does every day, by keys alone: the focus is visible at each stop, and returns from each dialog. */
export function describeWithoutMouse(stage: () => Stage): void {
  const flow = (path: string, act: (keys: Keyboard, page: Page) => Promise<void>) => async () => {
    await stage().visit(stage().addressOf(path), async (page) => {
      await settled(page);
      const keys = new Keyboard(page);
      await keys.skip();
      await act(keys, page);
    });
  };

  describe.concurrent("by the keyboard alone", () => {
    test("one enrols a server", flow("/servers", enrol));
    test("one builds an action", flow("/actions/new", build));
    test("one runs a command", flow("/run", run));
    test("one looks through the history", flow("/history", lookBack));
    test("one reads and exports the audit log", flow("/audit", audit));
    test("one exports a report", flow("/reports", report));

    test("one searches and follows the output, ends an execution, and runs it again where it failed", async () => {
      const script = "seq -f 'line %.0f' 100; exec sleep 600";
      const operation = { type: "shell_command" as const, argv: ["sh", "-c", script] satisfies [string, ...string[]] };
      const target_servers = [stage().agent.serverId];
      const { execution_id } = await stage().client.call("startExecution", { body: { operation, target_servers } });
      await stage().visit(`/executions/${execution_id}`, async (page) => {
        await watch(new Keyboard(page), page);
        const again = new URL(page.url()).pathname.split("/").at(-1) ?? "";
        await stage().client.call("cancelExecution", { params: { execution_id: again } });
      });
    });
  });
}

async function enrol(keys: Keyboard, page: Page): Promise<void> {
  const opener = page.getByRole("button", { name: "Enrol a server" });
  const dialog = page.getByRole("dialog", { name: "Enrol a server" });
  await keys.open(opener, dialog);
  await keys.write(dialog.getByLabel("Host name"), "attic");
  await keys.choose(dialog.getByLabel("Environment"), "uat");
  await keys.enter(dialog.getByRole("button", { name: "Register" }));
  await keys.keptWithout(dialog.getByRole("button", { name: "Register" }));
  await keys.enter(dialog.getByRole("button", { name: "Copy" }));
  await dialog.getByText(/^Copied$|does not let this page copy/).waitFor();
  await keys.press("Escape");
  await keys.backAt(opener, dialog);
  await page.getByRole("row", { name: /attic.*uat/ }).waitFor();
}

async function build(keys: Keyboard, page: Page): Promise<void> {
  await keys.write(page.getByLabel("Name", { exact: true }), "say it");
  await keys.write(page.getByLabel("Program and arguments"), "echo\n{{what}}");
  await keys.enter(page.getByRole("button", { name: "Add a parameter" }));
  await page.getByText("parameter_1", { exact: true }).waitFor();
  await keys.to(page.getByLabel("Name", { exact: true }).last(), "Shift+Tab");
  await keys.press("ControlOrMeta+a");
  await page.keyboard.type("what");
  await keys.to(page.getByLabel("YAML", { exact: true }));
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  await keys.enter(page.getByRole("button", { name: "Create" }));
  await page.getByRole("heading", { level: 1, name: "say it" }).waitFor();
  await keys.to(page.getByRole("tab", { name: "Preview" }));
  await keys.press("ArrowRight");
  await page.getByRole("tab", { name: "Versions", selected: true }).waitFor();
}

async function run(keys: Keyboard, page: Page): Promise<void> {
  await keys.to(page.getByRole("radio", { name: "An action" }));
  await keys.press("ArrowRight");
  await keys.write(page.getByLabel("Command", { exact: true }), "echo 'by keys'");
  await keys.write(page.getByLabel(/^Server \(/), "kitchen");
  await keys.enter(page.getByRole("button", { name: "Add", exact: true }));
  await page.getByRole("heading", { name: "1 server" }).waitFor();
  const dialog = page.getByRole("dialog", { name: "Run this on 1 server?" });
  await keys.open(page.getByRole("button", { name: "Review and start" }), dialog);
  await keys.enter(dialog.getByRole("button", { name: "Run on 1 server" }));
  await page.waitForURL(/\/executions\//);
  await page.getByText("by keys").first().waitFor();
}

async function watch(keys: Keyboard, page: Page): Promise<void> {
  await page.locator(".log-line", { hasText: "line 100" }).waitFor();
  await keys.press("/");
  await page.keyboard.type("line 42");
  await page.getByText("1 line", { exact: true }).waitFor();
  await keys.press("Enter");
  await page.waitForURL(/line=[\w-]+\.42/);
  const follow = page.getByRole("checkbox", { name: "Follow" });
  await keys.to(follow);
  await keys.press("Space");
  expect(await follow.isChecked()).toBe(true);
  await keys.to(page.getByRole("tab", { name: "Output" }), "Shift+Tab");
  await keys.press("ArrowRight");
  await page.getByRole("row", { name: /kitchen.*Running/ }).waitFor();
  const end = page.getByRole("main").getByRole("button", { name: "End it" }).first();
  const ending = page.getByRole("dialog", { name: "End this execution?" });
  await keys.open(end, ending);
  await keys.enter(ending.getByRole("button", { name: "End it" }));
  await keys.keptWithout(end);
  const again = page.getByRole("dialog", { name: "Run it again?" });
  await keys.open(page.getByRole("button", { name: "Run again where it failed" }).first(), again);
  await again.getByText("kitchen").waitFor();
  const before = page.url();
  await keys.enter(again.getByRole("button", { name: "Run again where it failed" }));
  await page.waitForURL((url) => url.pathname !== new URL(before).pathname);
  await keys.keptWithout(again);
}

async function lookBack(keys: Keyboard, page: Page): Promise<void> {
  await keys.choose(page.getByLabel("Status"), "Succeeded");
  await page.waitForURL(/status=succeeded/);
  await keys.enter(page.getByRole("rowheader").getByRole("link").first());
  await page.waitForURL(/\/executions\//);
  await page.getByRole("main").getByText("1 of 1 finished").waitFor();
}

async function audit(keys: Keyboard, page: Page): Promise<void> {
  await keys.enter(page.getByRole("button", { name: "Check that nothing was altered" }));
  await page.getByText(/Intact: \d+ entries/).waitFor();
  await keys.choose(page.getByLabel("What", { exact: true }), "account.created");
  await keys.to(page.getByRole("searchbox", { name: "Kind of thing" }));
  await page.keyboard.type("account");
  await page.waitForURL(/type=account.created&resource=account$/);
  await keys.open(page.getByRole("button", { name: "account.created" }).first(), page.getByRole("dialog"));
  await keys.press("Escape");
  await keys.keptWithout(page.getByRole("dialog"));
  const { content } = await download(page, () => keys.enter(page.getByRole("link", { name: "Export as CSV" })));
  expect(content.toString()).toContain("account.created");
}

async function report(keys: Keyboard, page: Page): Promise<void> {
  await keys.to(page.getByLabel("From"));
  await page.keyboard.type("01012001");
  await page.waitForURL(/from=2001-01-01/);
  const { content } = await download(page, () => keys.enter(page.getByRole("link", { name: "CSV" }).first()));
  expect(content.toString()).toContain("server");
}
