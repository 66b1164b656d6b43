import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { violations } from "./axe.ts";
import { download } from "./download.ts";
import type { Stage } from "./stage.ts";

/** What people do with actions that are there. */
export function describeActions(stage: () => Stage): void {
  describe("the actions", () => {
    test("an older version of an action is restored after its difference was shown; it is saved as a file, and changed by one", async () => {
      const { client } = stage();
      const body = (argv: [string, ...string[]]) => ({
        name: "knock",
        operation: { type: "shell_command" as const, argv },
      });
      const { action_id, version } = await client.call("createAction", { body: body(["/bin/echo", "once"]) });
      const params = { action_id };
      await client.call("updateAction", { params, version, body: body(["/bin/echo", "twice"]) });
      await stage().visit(`/actions/${action_id}?tab=versions`, async (page) => {
        const change = page
          .getByRole("table", { name: "What differs" })
          .getByRole("row", { name: /Operation › Program and arguments/ });
        await change.getByText("once").waitFor();
        await page.getByRole("button", { name: "Restore version 1" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
        await page.getByText("Version 3 is as version 1 was.").waitFor();
        expect(await client.call("getAction", { params })).toMatchObject({
          version: 3,
          ...body(["/bin/echo", "once"]),
        });
        await changeByFile(page);
      });
      expect(await client.call("getAction", { params })).toMatchObject({
        version: 4,
        ...body(["/bin/echo", "thrice"]),
      });
    });

    test("samples are added, and none of them a second time", async () => {
      const { client } = stage();
      const actions = async () => (await client.call("listActions", { query: { limit: 1_000 } })).items;
      const before = new Set((await actions()).map(({ action_id }) => action_id));
      await stage().visit("/actions", async (page) => {
        await page.getByRole("button", { name: "Add samples" }).click();
        await page.getByText(/^\d+ samples were added/).waitFor();
        await page.getByRole("link", { name: "Database answers" }).waitFor();
        await page.getByRole("button", { name: "Add samples" }).click();
        await page.getByText("All samples are there.").waitFor();
      });
      const added = (await actions()).filter(({ action_id }) => !before.has(action_id));
      expect(added.length).toBeGreaterThan(1);
      for (const { action_id, version } of added) await client.call("deleteAction", { params: { action_id }, version });
    });
  });
}

/** Saves the action of a page as a file, and takes it back: as it was, from files that are none, and changed. */
async function changeByFile(page: Page): Promise<void> {
  const save = () => page.getByRole("button", { name: "Export YAML" }).click();
  const { name, content } = await download(page, save);
  expect(name).toBe("knock.yaml");
  const text = content.toString();
  expect(parse(text)).toEqual({
    kind: "Action",
    name: "knock",
    spec: { operation: { type: "shell_command", argv: ["/bin/echo", "once"] } },
  });
  await page.getByRole("link", { name: "Edit" }).click();
  const words = page.getByLabel("Program and arguments");
  const take = async (file: string, what: string) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Import YAML").click()]);
    await chooser.setFiles({ name: file, mimeType: "application/yaml", buffer: Buffer.from(what) });
  };
  await take(name, text);
  await page.getByText("knock.yaml says what stands here already.").waitFor();
  await words.fill("/bin/echo\nwritten since");
  for (const [file, what] of [
    ["broken.yaml", "kind: ["],
    ["hook.yaml", "kind: Hook\nname: knock\nspec: {}"],
    ["magic.yaml", text.replace("shell_command", "magic")],
    ["picture.yaml", "\ufffd"],
  ] as const) {
    await take(file, what);
    await page.getByText(`${file} was not taken, and nothing has changed:`).waitFor();
    expect(await words.inputValue()).toBe("/bin/echo\nwritten since");
  }
  expect(await violations(page)).toEqual([]);
  await take(name, text.replace("once", "thrice"));
  await page.getByText("knock.yaml was read.").waitFor();
  expect(await words.inputValue()).toBe("/bin/echo\nthrice");
  await page.getByText("The orchestrator finds nothing wrong.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("knock is stored as version 4.").waitFor();
}
