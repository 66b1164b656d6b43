import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { paths } from "@homeslice/cli/agent/files.ts";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { RealAgent } from "../../rig/realAgent.ts";
import { eventually } from "../../support/eventually.ts";
import { violations } from "./axe.ts";
import { LOGGED_OUT, logIn } from "./login.ts";
import { PICTURE, picture } from "./pictures.ts";
import { type Stage, settled } from "./stage.ts";
import { expectReport } from "./walkReport.ts";

const CLI = join(import.meta.dirname, "../../../cli/main.ts");
const ACTION = "wait for backup";
const SHEDS = Array.from({ length: 9 }, (_, index) => `shed-${index + 1}`);
const SERVERS = ["garage", ...SHEDS];
/** Says so again and again until a file is there. */
const SCRIPT = 'until [ -e "$1" ]; do echo "$1 is not there yet"; sleep 1; done; echo "$1 is there"';

/** What somebody does on the first day, guided by what the pages say alone; with a picture of each step for the manual. */
export function describeWalk(stage: () => Stage): void {
  describe("the first day", () => {
    const visit = { ...LOGGED_OUT, viewport: PICTURE };

    test("one logs in, enrols a server, builds an action, runs it on ten servers, watches it, and exports the report", async () => {
      const { installation, orchestrator } = stage();
      const backup = mkdtempSync("/var/tmp/backup-");
      const flag = join(backup, "done");
      const enrolShed = async (name: string) =>
        await RealAgent.enrol(installation, orchestrator.url, { name, group: "outside" });
      const act = async (page: Page) => {
        await page.getByRole("dialog", { name: "Log in to Homeslice" }).waitFor();
        await picture(page, "walk-login");
        await logIn(page);
        await settled(page);
        await enrol(page, stage());
        await Promise.all([build(page), ...SHEDS.map(enrolShed)]);
        await tryOut(page, flag);
        await run(page, stage(), flag);
        await watch(page, flag);
        await expectReport(page, { action: ACTION, servers: SERVERS });
      };
      await stage()
        .visit("/", act, visit)
        .finally(() => rmSync(backup, { recursive: true }));
    }, 240_000);
  });
}

async function enrol(page: Page, { installation, client }: Stage): Promise<void> {
  await page.getByRole("button", { name: "Enrol a server" }).click();
  const dialog = page.getByRole("dialog", { name: "Enrol a server" });
  await dialog.getByLabel("Host name").fill("garage");
  await dialog.getByLabel("Group").fill("not a group!");
  await dialog.getByRole("button", { name: "Register" }).click();
  await dialog.getByLabel("Group").and(page.locator("[aria-invalid=true]")).waitFor();
  await dialog.getByLabel("Group").fill("outside");
  await dialog.getByRole("button", { name: "Register" }).click();
  await dialog.getByText("Waiting for garage").waitFor();
  expect(await violations(page)).toEqual([]);
  const root = installation.path("garage");
  await install(await dialog.getByText("homeslice agent install").innerText(), root);
  await dialog.getByText(paths.policy).waitFor();
  writeFileSync(join(root, paths.policy), "commands: all\n");
  const { items } = await client.call("listServers", { query: { hostname: "garage" } });
  await RealAgent.installed(root, items[0]?.server_id ?? "", installation, "garage");
  await dialog.getByText("garage is connected.").waitFor();
  await picture(page, "walk-enrol", dialog);
  await dialog.getByRole("link", { name: "Go to the server" }).click();
  await page.getByRole("heading", { name: "garage" }).waitFor();
}

/** Runs the command that the page shows, below a directory of its own in place of the whole machine. */
async function install(command: string, root: string): Promise<void> {
  const [sudo, program, ...words] = command.split(" ");
  expect([sudo, program]).toEqual(["sudo", "./homeslice"]);
  // What the launcher hands over to: by itself it might install other dependencies under the running tests.
  await promisify(execFile)(process.execPath, [CLI, ...words, "--root", root]);
}

async function build(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Actions" }).click();
  await page.getByRole("link", { name: "New action" }).click();
  await page.getByLabel("Name", { exact: true }).fill(ACTION);
  const words = page.getByLabel("Program and arguments");
  await words.fill(`sh\n-c\n${SCRIPT}\nsh\n{{file}}`);
  await page.getByText('there is no parameter "file"').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Add a parameter" }).click();
  await page.getByLabel("Name", { exact: true }).last().fill("file");
  await page.keyboard.press("Tab");
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  await picture(page, "walk-parameter");
  const yaml = page.getByLabel("YAML", { exact: true });
  expect(await yaml.inputValue()).toContain("file:\n      type: string");
  await yaml.fill((await yaml.inputValue()).replace("is not there yet", "is still not there"));
  await eventually(async () => (await words.inputValue()).includes("is still not there"), "the fields follow the YAML");
  await yaml.fill("kind: Action\nname: [");
  await yaml.and(page.locator("[aria-invalid=true]")).waitFor();
  await page
    .getByLabel(/^Description/)
    .first()
    .fill("Waits until the file of a backup is there");
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  await picture(page, "walk-build");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: ACTION }).waitFor();
}

async function tryOut(page: Page, flag: string): Promise<void> {
  await page.getByRole("textbox", { name: "file", exact: true }).fill(flag);
  await page
    .getByRole("row", { name: /garage/ })
    .getByText(flag)
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "walk-preview");
}

async function run(page: Page, { client }: Stage, flag: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Run", exact: true }).click();
  await page.getByRole("heading", { name: "Run" }).waitFor();
  await page.getByRole("textbox", { name: "file", exact: true }).fill(flag);
  await page.getByLabel(/^Groups/).fill("outside");
  await page.getByRole("heading", { name: "10 servers" }).waitFor();
  for (const name of SERVERS) await page.getByRole("row", { name: `${name} dev` }).waitFor();
  await picture(page, "walk-run");
  await page.getByRole("button", { name: "Review and start" }).click();
  const dialog = page.getByRole("dialog", { name: "Run this on 10 servers?" });
  for (const name of SERVERS) await dialog.getByRole("row", { name: `${name} dev` }).waitFor();
  expect(await violations(page)).toEqual([]);
  const count = dialog.getByLabel("Type 10 to confirm");
  await count.fill("9");
  await page.keyboard.press("Enter");
  await dialog.getByText("That is not 10.").waitFor();
  await count.fill("10");
  await page.context().setOffline(true);
  await page.keyboard.press("Enter");
  await dialog.getByText("You are offline").waitFor();
  const started = async () => (await client.call("listExecutions", { query: { limit: 1_000 } })).items.length;
  const before = await started();
  await page.context().setOffline(false);
  await picture(page, "walk-confirm");
  await dialog.getByRole("button", { name: "Run on 10 servers" }).click();
  await page.waitForURL(/\/executions\//);
  expect(await started()).toBe(before + 1);
}

async function watch(page: Page, flag: string): Promise<void> {
  const main = page.getByRole("main");
  const log = page.getByRole("log");
  const seen = new Set<string>();
  await eventually(async () => {
    const shown = await log.innerText();
    for (const name of SERVERS) if (new RegExp(`${name}\\s*${flag} is still not there`).test(shown)) seen.add(name);
    return seen.size === SERVERS.length;
  }, "what each of the servers prints is seen");
  await main.getByText("0 of 10 finished").waitFor();
  await picture(page, "walk-watch");
  writeFileSync(flag, "");
  await main.getByText("10 of 10 finished").waitFor();
  await page.getByRole("tab", { name: "Servers" }).click();
  for (const name of SERVERS) await page.getByRole("row", { name: new RegExp(`${name} .*Succeeded`) }).waitFor();
  await picture(page, "walk-servers");
}
