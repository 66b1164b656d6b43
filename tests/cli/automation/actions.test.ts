import { ActionTemplates } from "@homeslice/cli/automation/actions/actions.ts";
import { actionTable, historyTable } from "@homeslice/cli/automation/actions/table.ts";
import { UserError } from "@homeslice/config/errors.ts";
import { expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";

const { client } = await startInstallation();
const templates = new ActionTemplates(client);

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
