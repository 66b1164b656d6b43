import { snapshotsIn } from "@homeslice/cli/cluster/backups/commands.ts";
import { jobFrom } from "@homeslice/cli/cluster/backups/templates.ts";
import { expect, it } from "vitest";

it("reads the snapshots of every service out of what the job printed, among whatever else it printed", () => {
  const snapshot = { short_id: "1234abcd", time: "2026-11-21T02:15:00Z", tags: ["scheduled"], hostname: "x" };
  const log = ["created new cache", `["orchestrator",${JSON.stringify([snapshot])}]`, '["authentik",null]', ""].join(
    "\n",
  );
  expect(snapshotsIn(log)).toEqual([
    { service: "orchestrator", id: "1234abcd", time: "2026-11-21T02:15:00Z", tag: "scheduled" },
  ]);
});

it("makes a job of a template with the variables that were asked for, and leaves the others as they are", () => {
  const container = (name: string, env: readonly { name: string; value: string }[]) => ({ name, env: [...env] });
  const job = jobFrom(
    {
      metadata: { name: "backup-orchestrator-restore", uid: "1234" },
      spec: {
        schedule: "0 0 1 1 *",
        suspend: true,
        jobTemplate: {
          metadata: { labels: { a: "b" } },
          spec: {
            backoffLimit: 0,
            template: {
              spec: {
                initContainers: [container("fetch", [{ name: "SNAPSHOT", value: "latest" }])],
                containers: [container("load", [{ name: "STAGING", value: "/staging" }])],
              },
            },
          },
        },
      },
    },
    { SNAPSHOT: "1234abcd" },
  );
  expect(job).toMatchObject({
    metadata: {
      generateName: "backup-orchestrator-restore-",
      labels: { a: "b" },
      ownerReferences: [{ uid: "1234", controller: true }],
    },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          initContainers: [{ name: "fetch", env: [{ name: "SNAPSHOT", value: "1234abcd" }] }],
          containers: [{ name: "load", env: [{ name: "STAGING", value: "/staging" }] }],
        },
      },
    },
  });
});
