import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { RealAgent } from "../../rig/realAgent.ts";
import { eventually } from "../../support/eventually.ts";
import { violations } from "./axe.ts";
import { type Stage, settled } from "./stage.ts";

/** From nothing to output: what somebody does on the first day, guided by the pages alone. */
export function describeRunning(stage: () => Stage): void {
  describe("running something", () => {
    test("one enrols a server, builds an action, and runs it on several servers", async () => {
      await stage().visit("/servers", async (page) => {
        await settled(page);
        await enrol(page, stage());
        await build(page);
        await tryOut(page);
        await run(page, stage());
      });
    }, 240_000);

    test("filters are in the address, and a view that was kept shows them again", async () => {
      await stage().visit("/servers", async (page) => {
        await settled(page);
        await page.getByLabel("Environment").selectOption("prod");
        await page.getByLabel("Tag", { exact: true }).selectOption("cold");
        await page.getByRole("row", { name: /cellar/ }).waitFor();
        await page.waitForURL(/environment=prod/);
        expect(await page.getByRole("row", { name: /kitchen/ }).count()).toBe(0);
        await page.getByRole("button", { name: "Save this view" }).click();
        await page.getByLabel("Name of the view").fill("cold ones");
        await page.keyboard.press("Enter");
        await page.goto("/servers");
        await page.getByRole("row", { name: /kitchen/ }).waitFor();
        await page.getByRole("button", { name: "cold ones", exact: true }).click();
        await page.waitForURL(/tag=cold/);
        await page.getByRole("row", { name: /kitchen/ }).waitFor({ state: "detached" });
      });
    });
  });
}

async function enrol(page: Page, { installation, orchestrator, client }: Stage): Promise<void> {
  const opener = page.getByRole("button", { name: "Enrol a server" }).first();
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "Enrol a server" });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  await opener.click();
  await dialog.getByLabel("Host name").fill("garage");
  await dialog.getByLabel("Group").fill("not a group!");
  await dialog.getByRole("button", { name: "Register" }).click();
  await dialog.getByLabel("Group").and(page.locator("[aria-invalid=true]")).waitFor();
  await dialog.getByLabel("Group").fill("outside");
  await dialog.getByRole("button", { name: "Register" }).click();
  await dialog.getByText("Waiting for garage").waitFor();
  expect(await violations(page)).toEqual([]);
  const token = /--token (\S+)/.exec(await dialog.locator("pre").innerText())?.[1] ?? "";
  const { items } = await client.call("listServers", { query: { hostname: "garage" } });
  await RealAgent.enrolWith(token, items[0]?.server_id ?? "", installation, orchestrator.url, { name: "garage" });
  await dialog.getByText("garage is connected.").waitFor();
  await dialog.getByRole("link", { name: "Go to the server" }).click();
  await page.getByRole("heading", { name: "garage" }).waitFor();
}

async function build(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Actions" }).click();
  await page.getByRole("link", { name: "New action" }).click();
  await page.getByLabel("Name", { exact: true }).fill("wish");
  await page.getByLabel("Program and arguments").fill("echo\ngood\n{{what}}");
  await page.getByText('there is no parameter "what"').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Add a parameter" }).click();
  await page.getByLabel("Name", { exact: true }).last().fill("what");
  await page.keyboard.press("Tab");
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  const yaml = page.getByLabel("YAML", { exact: true });
  expect(await yaml.inputValue()).toContain("what:\n      type: string");
  await yaml.fill((await yaml.inputValue()).replace("- good", "- very good"));
  await eventually(
    async () => (await page.getByLabel("Program and arguments").inputValue()) === "echo\nvery good\n{{what}}",
    "the fields follow the YAML",
  );
  await yaml.fill("kind: Action\nname: [");
  await yaml.and(page.locator("[aria-invalid=true]")).waitFor();
  await page
    .getByLabel(/^Description/)
    .first()
    .fill("Wishes");
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "wish" }).waitFor();
}

async function tryOut(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "what", exact: true }).fill("night");
  const row = page.getByRole("row", { name: /garage/ });
  await row.getByText("echo 'very good' night").waitFor();
  expect(await violations(page)).toEqual([]);
}

async function run(page: Page, { client }: Stage): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Run", exact: true }).click();
  await page.getByRole("heading", { name: "Run" }).waitFor();
  await page.getByRole("textbox", { name: "what", exact: true }).fill("morning");
  for (const name of ["kitchen", "garage"]) {
    await page.getByLabel(/^Server \(/).fill(name);
    await page.getByRole("button", { name: "Add", exact: true }).click();
  }
  await page.getByRole("heading", { name: "2 servers" }).waitFor();
  await page.getByRole("button", { name: "Review and start" }).click();
  const dialog = page.getByRole("dialog", { name: "Run this on 2 servers?" });
  await dialog.getByRole("row", { name: /garage/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Type 2 to confirm").fill("3");
  await page.keyboard.press("Enter");
  await dialog.getByText("That is not 2.").waitFor();
  await dialog.getByLabel("Type 2 to confirm").fill("2");
  await page.context().setOffline(true);
  await page.keyboard.press("Enter");
  await dialog.getByText("You are offline").waitFor();
  const started = async () => (await client.call("listExecutions", { query: { limit: 1_000 } })).items.length;
  const before = await started();
  await page.context().setOffline(false);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/executions\//);
  expect(await started()).toBe(before + 1);
  const execution_id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await eventually(async () => {
    const { status } = await client.call("getExecution", { params: { execution_id } });
    return status.overall === "succeeded";
  }, "it succeeds on both");
  await page.getByText("very good morning").first().waitFor();
}
