import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActionTemplates } from "@homeslice/cli/automation/actions/actions.ts";
import { actionTable, historyTable } from "@homeslice/cli/automation/actions/table.ts";
import { apply } from "@homeslice/cli/automation/apply.ts";
import { UserError } from "@homeslice/config/errors.ts";
import { NewSecret } from "@homeslice/protocol/secrets.ts";
import { expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";

const { client } = await startInstallation();
const templates = new ActionTemplates(client);

const documentation = (page: string) => readFileSync(join(import.meta.dirname, "../../../docs", page), "utf8");
const blocks = (page: string, language: string) =>
  [...documentation(page).matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, text = ""]) => text,
  );

const operation = { type: "shell_command" as const, argv: ["df"] satisfies [string] };

test("actions are listed, their versions shown and compared, and an older one is restored, by name", async () => {
  const { action_id } = await client.call("createAction", { body: { name: "Disk", operation, description: "old" } });
  await client.call("updateAction", { params: { action_id }, body: { name: "Disk", operation, description: "new" } });
  expect(actionTable(await templates.list())).toMatch(/NAME +VERSION +USED .*\nDisk +2 +0 +system +execution +new\n/);
  expect(await templates.compare("Disk", undefined, undefined)).toEqual({
    from: 1,
    to: 2,
    changes: [{ path: "description", before: '"old"', after: '"new"' }],
  });
  expect(await templates.restore("Disk", "1")).toMatchObject({ version: 3, description: "old" });
  expect((await templates.compare(action_id, "1", "3")).changes).toEqual([]);
  expect(historyTable(await templates.history("Disk"))).toMatch(/^VERSION.*\n3 .* 1 +Disk\n2 .*\n1 .*\n$/);
});

test("an unknown action, and a version that is none, are refused with what to do", async () => {
  await expect(templates.history("Dusk")).rejects.toThrow('there is no action named "Dusk"');
  await expect(templates.restore("Disk", "first")).rejects.toThrow("is no version");
  const missing = await templates.restore("Disk", "9").catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(UserError);
  expect(missing).toMatchObject({ message: expect.stringContaining("has no version 9") });
});

test("the examples of the documentation work as they stand", async () => {
  const [request = ""] = blocks("secrets.md", "console");
  const body = NewSecret.parse(JSON.parse(/-d '(\{[\s\S]*\})'/.exec(request)?.[1] ?? ""));
  await client.call("createSecret", { body });
  const directory = mkdtempSync(join(tmpdir(), "homeslice-examples-"));
  try {
    const files = ["actions.md", "secrets.md"].flatMap((page) =>
      blocks(page, "yaml").filter((text) => /^kind:/.test(text)),
    );
    writeFileSync(join(directory, "examples.yaml"), files.join("---\n"));
    const { steps } = await apply(client, { directory, dryRun: false, prune: false });
    expect(steps.map(({ action, name }) => [action, name])).toEqual([
      ["create", "ping a server"],
      ["create", "dump the shop"],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
  const { server } = await client.call("registerServer", { body: { hostname: "db.example.org", tags: ["network"] } });
  const preview = async (name: string, parameters: object) => {
    const { items } = await client.call("listActions", { query: { search: name } });
    const params = { action_id: items[0]?.action_id ?? "" };
    const body = { parameters: { host: server.server_id, ...parameters }, target_servers: [server.server_id] };
    return (await client.call("previewAction", { params, body })).summary;
  };
  expect(await preview("ping a server", { more: ["a", "b"] })).toBe("run echo ping -c 3 -- db.example.org a b");
  expect(await preview("dump the shop", {})).toContain("pg_dump --host db.example.org");
  await expect(preview("dump the shop", { password: "another" })).rejects.toThrow("do not fit");
});
