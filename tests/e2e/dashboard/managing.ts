import { createClient } from "@homeslice/protocol";
import type { Page, WebSocketRoute } from "playwright-core";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { violations } from "./axe.ts";
import type { Stage } from "./stage.ts";

/** What people do on the pages that look after schedules, approvals, locks, tokens and hooks. */
export function describeManaging(stage: () => Stage): void {
  describe("looking after schedules, approvals, locks, tokens and hooks", () => {
    test("one makes a schedule, sees when it is due while writing, and is told at its field what is wrong", async () => {
      await stage().visit("/schedules", async (page) => {
        await page.getByRole("button", { name: "New schedule" }).click();
        const form = page.getByRole("dialog", { name: "New schedule" });
        await form.getByLabel("Name", { exact: true }).fill("tidy up");
        const expression = form.getByLabel("Cron expression");
        await expression.fill("0 4 * *");
        await form.getByRole("radio", { name: "A command" }).check();
        await form.getByRole("button", { name: "Create" }).click();
        await form.getByText("use five fields").waitFor();
        expect(await expression.getAttribute("aria-invalid")).toBe("true");
        expect(await expression.evaluate((field) => field === document.activeElement)).toBe(true);
        await expression.fill("0 4 * * *");
        await form.getByLabel("Time zone").fill("UTC");
        const due = form.getByRole("region", { name: "Due next" }).getByRole("listitem");
        await due.first().waitFor();
        expect(await due.count()).toBe(5);
        await form.getByLabel("Command", { exact: true }).fill("/bin/echo 'two words'");
        await form.getByLabel("Server", { exact: false }).last().fill("kitchen");
        await form.getByRole("button", { name: "Add", exact: true }).click();
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("heading", { level: 1, name: "tidy up" }).waitFor();
        await page.getByRole("button", { name: "Pause tidy up" }).click();
        await page.getByRole("button", { name: "Resume tidy up" }).waitFor();
      });
      const { items } = await stage().client.call("listSchedules", { query: { search: "tidy up" } });
      expect(items).toMatchObject([
        { paused: true, execution: { operation: { argv: ["/bin/echo", "two words"] } }, timing: { time_zone: "UTC" } },
      ]);
    });

    test("what is chosen to run can be planned instead, with the same parameters and servers", async () => {
      const { actionId, serverId } = stage().seed;
      await stage().visit(`/run?action=${actionId}&servers=${serverId}`, async (page) => {
        await page.getByLabel("who", { exact: true }).fill("the night");
        await page.getByRole("radio", { name: "Again and again" }).check();
        await page.getByRole("heading", { name: "1 server" }).waitFor();
        await page.getByRole("button", { name: "Review and schedule" }).click();
        const name = page.getByLabel("Name", { exact: true }).and(page.locator("[aria-invalid=true]"));
        await name.fill("good night");
        await page.getByLabel("Cron expression").fill("0 23 * * *");
        await page.getByLabel("Time zone").fill("UTC");
        await page.getByRole("button", { name: "Review and schedule" }).click();
        const dialog = page.getByRole("dialog", { name: "Schedule good night?" });
        await dialog.getByText("0 23 * * * · UTC").waitFor();
        await dialog.getByRole("row", { name: /kitchen/ }).waitFor();
        expect(await violations(page)).toEqual([]);
        await dialog.getByRole("button", { name: "Schedule" }).click();
        await page.getByRole("heading", { level: 1, name: "good night" }).waitFor();
      });
      const { items } = await stage().client.call("listSchedules", { query: { search: "good night" } });
      const execution = { action_template_id: actionId, parameters: { who: "the night" }, target_servers: [serverId] };
      expect(items).toMatchObject([{ timing: { expression: "0 23 * * *" }, execution }]);
    });

    test("a schedule starts a workflow that is chosen from those there are", async () => {
      await stage().visit("/schedules", async (page) => {
        await page.getByRole("button", { name: "New schedule" }).click();
        const form = page.getByRole("dialog", { name: "New schedule" });
        await form.getByLabel("Name", { exact: true }).fill("nightly steps");
        await form.getByRole("radio", { name: "A workflow" }).check();
        await form.getByRole("combobox", { name: "Workflow" }).selectOption("greet and ask");
        expect(await violations(page)).toEqual([]);
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("heading", { level: 1, name: "nightly steps" }).waitFor();
        await page.getByRole("definition").getByText("greet and ask").waitFor();
      });
      const { items } = await stage().client.call("listSchedules", { query: { search: "nightly steps" } });
      expect(items).toMatchObject([{ workflow: { workflow_id: stage().seed["workflowId"] } }]);
    });

    test("a run of a workflow is followed without asking again, also after a connection broke and after it is resumed", async () => {
      const run_id = await startBreaking(stage());
      const asked: string[] = [];
      const sockets: WebSocketRoute[] = [];
      const prepare = async (page: Page) => {
        page.on("request", (request) => asked.push(request.url()));
        await page.routeWebSocket(`**/ws/workflow-runs/${run_id}`, (socket) => {
          sockets.push(socket);
          socket.connectToServer();
        });
      };
      const act = async (page: Page) => {
        await page.getByRole("heading", { name: "ask waits for a decision" }).waitFor();
        await eventually(() => sockets.length === 1, "it is followed");
        await sockets[0]?.close({ code: 1006 });
        await eventually(() => sockets.length === 2, "it is followed again");
        const params = { run_id, step: "ask" };
        await stage().client.call("decideGate", { params, body: { decision: "approve", reason: "so be it" } });
        const steps = page.getByRole("region", { name: "Table: Steps" });
        await steps.getByText("Failed", { exact: true }).waitFor();
        expect(asked.filter((url) => url.endsWith(`/api/v1/workflow-runs/${run_id}`)).length).toBe(1);
        await page.getByRole("button", { name: "Resume" }).click();
        await steps.getByRole("cell", { name: "2", exact: true }).waitFor();
        const earlier = page.getByRole("region", { name: "Table: Earlier attempts" });
        await earlier.getByText("Failed", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Resume" }).waitFor();
        await steps.getByText("Failed", { exact: true }).waitFor();
        expect(await violations(page)).toEqual([]);
      };
      await stage().visit(`/workflow-runs/${run_id}`, act, { prepare });
    });

    test("a workflow is built of fields and of text, each following the other, and is checked and drawn meanwhile", async () => {
      await stage().visit("/workflows", async (page) => {
        await page.getByRole("button", { name: "New workflow" }).click();
        const form = page.getByRole("dialog", { name: "New workflow" });
        await form.getByLabel("Name", { exact: true }).fill("tidy and ask");
        const first = form.getByRole("group", { name: "Step step_1" });
        await first.getByRole("radio", { name: "A command" }).check();
        await first.getByLabel("Command", { exact: true }).fill("/bin/true");
        await first.getByRole("checkbox", { name: "dev" }).check();
        await form.getByText("The orchestrator finds nothing wrong with it.").waitFor();
        await form.getByRole("button", { name: "Add a step" }).click();
        const second = form.getByRole("group", { name: "Step step_2" });
        await second.getByRole("radio", { name: "A person decides" }).check();
        await form.getByText("Steps › 2 › Gate › Message").waitFor();
        await second.getByLabel("What is to be decided").fill("Is it tidy?");
        await first.getByLabel("Name of the step").fill("tidy");
        await form.getByRole("img", { name: /tidy\..*step_2 after tidy/ }).waitFor();
        const text = form.getByLabel("Definition (JSON)");
        await text.fill((await text.inputValue()).replace('"step_2"', '"ask"').replace("Is it tidy?", "Tidy?"));
        await form.getByRole("group", { name: "Step ask" }).getByLabel("What is to be decided").waitFor();
        await form.getByText("The orchestrator finds nothing wrong with it.").waitFor();
        expect(await violations(page)).toEqual([]);
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("heading", { level: 1, name: "tidy and ask" }).waitFor();
      });
      const { items } = await stage().client.call("listWorkflows", { query: { search: "tidy and ask" } });
      const steps = [{ name: "tidy" }, { name: "ask", needs: ["tidy"], gate: { message: "Tidy?" } }];
      expect(items).toMatchObject([{ steps }]);
    });

    test("a dry run says what would be done, and does nothing", async () => {
      await stage().visit(`/run?servers=${stage().seed["serverId"]}`, async (page) => {
        await page.getByRole("radio", { name: "A command" }).check();
        await page.getByLabel("Command", { exact: true }).fill("/bin/echo for nothing");
        await page.getByLabel("Dry run: each agent says").check();
        await page.getByRole("button", { name: "Review and start" }).click();
        await page.getByRole("dialog").getByText("Dry run: nothing is done.").waitFor();
        await page.getByRole("dialog").getByRole("button", { name: "Start the dry run" }).click();
        await page.waitForURL(/\/executions\//);
        await page.locator("header.page-head").getByText("Succeeded").waitFor();
      });
    });

    test("a parameter that is a secret is chosen by its name", async () => {
      const { secretActionId, serverId } = stage().seed;
      await stage().visit(`/run?action=${secretActionId}&servers=${serverId}`, async (page) => {
        await page.getByLabel("login", { exact: true }).selectOption("db-password");
        const preview = page.getByRole("region", { name: "What would happen" });
        await preview.getByText("db-password").waitFor();
        await preview.getByRole("heading", { name: "1 server" }).waitFor();
      });
    });

    test("U5: that others are asked first is said before it starts, with nothing in disguise; UF10: asked for twice, it starts once, and leads to them", async () => {
      const { client } = stage();
      const { items } = await client.call("listServers", { query: { hostname: "cellar" } });
      const action = await disguised(client);
      await stage().visit(`/run?action=${action}&servers=${items[0]?.server_id}`, async (page) => {
        await page.route("**/api/v1/executions/preview", async (route) => {
          const answer = await route.fetch();
          await route.fulfill({
            response: answer,
            body: (await answer.text()).replaceAll("cellar", "c\u0435llar\u202e"),
          });
        });
        const notice = /It waits until somebody else has approved it \(.*night⟨U\+202E⟩ly.*\)/;
        await page.getByRole("region", { name: "What would happen" }).getByText(notice).waitFor();
        await page.getByRole("button", { name: "Review and start" }).click();
        const dialog = page.getByRole("dialog", { name: "Run this on 1 server?" });
        await dialog.getByText(notice).waitFor();
        await dialog.getByText("Look closely").waitFor();
        const words = dialog.getByRole("list", { name: "Words of the command" }).getByRole("listitem");
        expect(await words.allInnerTexts()).toEqual(["/bin/echo", ...DISGUISED.map(({ shown }) => shown)]);
        await dialog.getByRole("row", { name: "c\u0435⟨U+0435⟩llar⟨U+202E⟩ prod" }).waitFor();
        expect(await violations(page)).toEqual([]);
        await dialog.getByLabel("Type 1 to confirm").fill("1");
        const held = Promise.withResolvers<void>();
        let sent = 0;
        await page.route("**/api/v1/executions", async (route) => {
          sent++;
          await held.promise;
          await route.continue();
        });
        await page.keyboard.press("Enter");
        await dialog.locator("button[aria-disabled=true]").waitFor();
        await page.keyboard.press("Enter");
        held.resolve();
        await page.getByRole("link", { name: "Go to the approval" }).click();
        expect(sent).toBe(1);
        const card = page.getByRole("article");
        await card.getByRole("listitem").filter({ hasText: "safe⟨U+202E⟩fdp.sh" }).waitFor();
        expect(await card.count()).toBe(1);
        await page.getByText("Somebody else has to decide").waitFor();
        expect(await violations(page)).toEqual([]);
      });
    });

    test("somebody else sees exactly what would run, and approves it with a reason", async () => {
      const { client } = stage();
      const waiting = (await client.call("listApprovals", { query: { status: "pending" } })).items.at(-1);
      const params = { execution_id: waiting?.execution_id ?? "" };
      await stage().visit("/approvals", async (page) => {
        const card = page.locator("article", { has: page.locator(`a[href$="${params.execution_id}"]`) });
        await card.getByText("Exactly this would run on 2 servers:").waitFor();
        await card.getByRole("button", { name: "Approve" }).click();
        await card.getByText("Say why, in a few words.").waitFor();
        await card.getByLabel("Reason").fill("the backup is there");
        await card.getByRole("button", { name: "Approve" }).click();
        await card.waitFor({ state: "detached" });
      });
      expect(await client.call("getApproval", { params })).toMatchObject({
        status: "approved",
        votes: [{ by: "ada", decision: "approve", reason: "the backup is there" }],
      });
    });

    test("what is refused does not run; who looks after rules makes and deletes one", async () => {
      const { client, seed } = stage();
      const { items } = await client.call("listServers", { query: { hostname: "cellar" } });
      const operation = { type: "shell_command" as const, argv: ["/bin/echo", "no"] satisfies [string, ...string[]] };
      const target_servers = [seed["serverId"] ?? "", items[0]?.server_id ?? ""];
      const params = await client.call("startExecution", { body: { operation, target_servers } });
      await stage().visit("/approvals", async (page) => {
        const card = page.locator("article", { has: page.locator(`a[href$="${params.execution_id}"]`) });
        await card.getByLabel("Reason").fill("not today");
        await card.getByRole("button", { name: "Refuse" }).click();
        await card.waitFor({ state: "detached" });
        await page.getByRole("tab", { name: "Rules" }).click();
        await page.getByRole("button", { name: "New rule" }).click();
        const form = page.getByRole("dialog", { name: "New rule" });
        await form.getByRole("button", { name: "Create" }).click();
        await form.getByLabel("Name", { exact: true }).and(page.locator("[aria-invalid=true]")).fill("two eyes more");
        await form.getByRole("checkbox", { name: "preprod" }).check();
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("row", { name: /^two eyes more preprod/ }).waitFor();
        await page.getByRole("button", { name: "Delete two eyes more" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await page.getByRole("row", { name: /^two eyes more/ }).waitFor({ state: "detached" });
      });
      expect(await client.call("getApproval", { params })).toMatchObject({ status: "refused" });
      expect((await client.call("getExecution", { params })).status.overall).toBe("cancelled");
    });

    test("all work is kept from beginning, with a reason for everybody to see, until it may begin again", async () => {
      await stage().visit("/locks", async (page) => {
        const queue = page.getByRole("region", { name: "Queue" });
        await queue.getByRole("button", { name: "Drain the queue" }).click();
        const dialog = page.getByRole("dialog", { name: "Drain the queue" });
        await dialog.getByLabel("Reason").fill("the power goes off");
        await dialog.getByRole("button", { name: "Drain the queue" }).click();
        await queue.getByText("Drained: nothing begins").waitFor();
        await queue.getByText("the power goes off").waitFor();
        expect(await stage().client.call("getQueue")).toMatchObject({ draining: true });
        await queue.getByRole("button", { name: "Let work begin again" }).click();
        await queue.getByText("Work begins", { exact: true }).waitFor();
      });
      expect(await stage().client.call("getQueue")).toMatchObject({ draining: false });
    });

    test("a lock of somebody else is released by force, with a reason that is kept", async () => {
      await stage().visit("/locks", async (page) => {
        const row = page.getByRole("row", { name: /^cellar/ });
        await row.getByRole("button", { name: /^Release by force/ }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByLabel("Reason").fill("the disk is in");
        await dialog.getByRole("button", { name: "Release by force" }).click();
        await row.waitFor({ state: "detached" });
      });
      const { items } = await stage().client.call("listLocks", { query: { status: "force_released" } });
      expect(items[0]).toMatchObject({ ended: { by: "ada", reason: "the disk is in" } });
    });

    test("a token is shown once, lets its program in, and no more when it is revoked", async () => {
      await stage().visit("/tokens", async (page) => {
        await page.getByRole("button", { name: "New token" }).click();
        const form = page.getByRole("dialog", { name: "New token" });
        await form.getByLabel("Name").fill("inventory");
        await form.getByRole("button", { name: "Create" }).click();
        const token = await page.getByRole("textbox", { name: "Token", exact: true }).inputValue();
        const program = createClient({ url: stage().orchestrator.url, token });
        expect((await program.call("listServers", { query: {} })).items).not.toEqual([]);
        await page.getByRole("button", { name: "I have kept it" }).click();
        await page.getByRole("dialog").waitFor({ state: "detached" });
        expect(await page.content()).not.toContain(token);
        await page.getByRole("button", { name: "Revoke inventory" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
        await page.getByRole("button", { name: "Revoke inventory" }).waitFor({ state: "detached" });
      });
      const { items } = await stage().client.call("listApiTokens", { query: { search: "inventory" } });
      expect(items).toEqual([]);
    });

    test("a group of the identity provider is given a role, another one, and none", async () => {
      const bindings = async () => (await stage().client.call("listRoleBindings", { query: {} })).items;
      await stage().visit("/accounts", async (page) => {
        await page.getByRole("button", { name: "New role of a group" }).click();
        const form = page.getByRole("dialog");
        await form.getByRole("button", { name: "Create" }).click();
        expect(await form.getByLabel("Group").getAttribute("aria-invalid")).toBe("true");
        await form.getByLabel("Group").fill("night-shift");
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("button", { name: "Edit night-shift" }).click();
        await form.getByLabel("Role").selectOption("operator");
        await form.getByRole("button", { name: "Save" }).click();
        await page.getByRole("row", { name: /^night-shift Operator/ }).waitFor();
        expect(await bindings()).toMatchObject([{ name: "night-shift", role: "operator" }]);
        await page.getByRole("button", { name: "Delete night-shift" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await page.getByText("No group has a role from here").waitFor();
      });
      expect(await bindings()).toEqual([]);
    });

    test("UF4: what was shown too early is taken back when it is refused, and the focus is kept", async () => {
      await stage().visit("/hooks", async (page) => {
        await page.route("**/api/v1/hooks/*", (route) => route.fulfill({ status: 403, json: refusal }));
        await page.getByRole("button", { name: "Turn off alerts" }).click();
        await page.getByText("you may not").waitFor();
        const off = page.getByRole("button", { name: "Turn off alerts" });
        await off.waitFor();
        expect(await off.evaluate((button) => button === document.activeElement)).toBe(true);
        await page.unroute("**/api/v1/hooks/*");
        await page.getByRole("button", { name: "Turn off alerts" }).click();
        await page.getByRole("button", { name: "Turn on alerts" }).waitFor();
        await page.getByText("alerts is off: it starts nothing").waitFor();
      });
      const { items } = await stage().client.call("listHooks", { query: {} });
      expect(items).toMatchObject([{ name: "alerts", enabled: false }]);
    });
  });
}

/** Words that look like others, and what is to be seen of each. */
const DISGUISED = [
  { word: "safe\u202efdp.sh", shown: "safe⟨U+202E⟩fdp.sh" },
  { word: "p\u0430yroll", shown: "p\u0430⟨U+0430⟩yroll" },
  { word: "rm all\recho kind", shown: "rm all⟨U+000D⟩echo kind" },
  { word: "\u001b]0;rm all\u0007echo", shown: "⟨U+001B⟩]0;rm all⟨U+0007⟩echo" },
] as const;

/** An action that is not what it looks like, and a rule of such a name for it. */
async function disguised(client: Stage["client"]): Promise<string> {
  const argv = ["/bin/echo", ...DISGUISED.map(({ word }) => word)] satisfies [string, ...string[]];
  const operation = { type: "shell_command" as const, argv };
  const { action_id } = await client.call("createAction", { body: { name: "p\u0430y", operation } });
  const rule = { name: "night\u202ely", action_template_ids: [action_id] };
  await client.call("createApprovalRule", { body: rule });
  return action_id;
}

const refusal = {
  type: "/problems/not_permitted",
  title: "no",
  status: 403,
  code: "not_permitted",
  detail: "you may not",
};

/** Starts a workflow that waits at a gate, and fails behind it. */
async function startBreaking({ client, seed }: Stage): Promise<string> {
  const operation = { type: "shell_command" as const, argv: ["/bin/false"] satisfies [string] };
  const execution = { operation, target_servers: [seed["serverId"] ?? ""] };
  const steps = [
    { name: "ask", gate: { message: "Shall it break?", by_others: false } },
    { name: "break", needs: ["ask"], execution },
  ];
  const { workflow_id } = await client.call("createWorkflow", { body: { name: "breaks", steps } });
  const { run_id } = await client.call("startWorkflow", { params: { workflow_id }, body: {} });
  return run_id;
}
