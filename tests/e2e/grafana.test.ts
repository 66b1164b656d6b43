import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as grafana from "@pulumiverse/grafana";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GrafanaDouble } from "../doubles/grafana/double.ts";
import { createStack, type TestStack } from "../standins/stack.ts";

const PASSWORD = "administrator-password-in-clear";
const SOURCE_PASSWORD = "observer-password-in-clear";

let dir: string;
let double: GrafanaDouble;
let stack: TestStack;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "homeslice-grafana-"));
  double = await GrafanaDouble.start({ password: PASSWORD });
  stack = await createStack(dir);
});

afterEach(async () => {
  await double.stop();
  rmSync(dir, { recursive: true });
});

interface Changes {
  readonly title?: string;
  readonly folder?: string;
  readonly settings?: grafana.ProviderArgs;
}

/** One object of every kind, tied together as in a real platform. */
function contents({ title = "First", folder = "platform", settings = {} }: Changes = {}) {
  return async () => {
    const auth = pulumi.secret(`admin:${PASSWORD}`);
    const provider = new grafana.Provider("grafana", { url: double.url, auth, retryWait: 0, ...settings });
    const options = { provider };
    const team = new grafana.oss.Team("staff", { name: title }, options);
    const holder = new grafana.oss.Folder("folder", { uid: folder, title, preventDestroyIfNotEmpty: true }, options);
    const permissions = [
      { role: "Viewer", permission: "View" },
      { teamId: team.teamId.apply(String), permission: "Edit" },
    ];
    new grafana.oss.FolderPermission("permissions", { folderUid: holder.uid, permissions }, options);
    new grafana.oss.DataSource(
      "postgresql",
      {
        uid: "postgresql",
        name: "PostgreSQL",
        type: "grafana-postgresql-datasource",
        url: `${title.toLowerCase()}:5432`,
        jsonDataEncoded: JSON.stringify({ sslmode: "disable" }),
        secureJsonDataEncoded: pulumi.secret(JSON.stringify({ password: SOURCE_PASSWORD })),
      },
      options,
    );
    const configJson = JSON.stringify({ uid: "overview", title, panels: [] });
    new grafana.oss.Dashboard("overview", { configJson, folder: holder.uid, overwrite: true }, options);
  };
}

const OBJECTS = 5; // stack and provider come on top
const everything = () => [
  ...double.datasources.uids,
  ...double.folders.uids,
  ...double.dashboards.uids,
  ...["First", "Second"].filter((name) => double.teams.named(name)),
];

async function up(changes: Changes = {}) {
  stack.use(contents(changes));
  return (await stack.stack.up()).summary.resourceChanges;
}

async function failure(operation: Promise<unknown>): Promise<string> {
  return operation.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}

describe("a program with every kind of content", () => {
  test("previews, creates, finds nothing to change, and destroys without leaving anything", async () => {
    stack.use(contents());
    expect((await stack.stack.preview()).changeSummary).toEqual({ create: OBJECTS + 2 });
    expect(double.requests).toEqual([]);
    expect(await up()).toEqual({ create: OBJECTS + 2 });
    expect(double.folders.permissionsOf("platform")).toEqual([
      { builtInRole: "Viewer", permission: "View" },
      { teamId: double.teams.named("First")?.id, permission: "Edit" },
    ]);
    expect(double.datasources.find("postgresql")?.secureJsonData).toEqual({ password: SOURCE_PASSWORD });
    expect(double.dashboards.find("overview")).toMatchObject({ folderUid: "platform", title: "First" });
    expect(await up()).toEqual({ same: OBJECTS + 2 });
    expect((await stack.stack.refresh()).summary.resourceChanges).toEqual({ same: OBJECTS + 2 });
    expect(await up()).toEqual({ same: OBJECTS + 2 });
    await stack.stack.destroy();
    expect(everything()).toEqual([]);
  });

  test("shows no secret in state, preview or output", async () => {
    stack.use(contents());
    const shown = [(await stack.stack.preview({ diff: true })).stdout, (await stack.stack.up({ diff: true })).stdout];
    shown.push((await stack.stack.refresh()).stdout, stack.state());
    for (const secret of [PASSWORD, SOURCE_PASSWORD]) {
      expect(shown.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  test("updates in place what can be changed, and makes anew what cannot", async () => {
    await up();
    expect(await up({ title: "Second" })).toEqual({ same: 3, update: 4 });
    expect(double.dashboards.find("overview")).toMatchObject({ title: "Second", version: 2 });
    expect(double.datasources.find("postgresql")).toMatchObject({ url: "second:5432" });
    expect(await up({ title: "Second", folder: "elsewhere" })).toMatchObject({ replace: 2 });
    expect(everything()).toEqual(["postgresql", "elsewhere", "overview", "Second"]);
    expect(await up({ title: "Second", folder: "elsewhere" })).toEqual({ same: OBJECTS + 2 });
  });

  test("finds by refresh what somebody else has changed or deleted, and puts it right", async () => {
    await up();
    double.datasources.change("postgresql", { url: "elsewhere:5432" });
    double.dashboards.deleteIn("platform");
    double.teams.join("First", "ada@example.org");
    const { stdout, summary } = await stack.stack.refresh();
    expect(summary.resourceChanges).toMatchObject({ update: 1, delete: 1 });
    expect(stdout).toMatch(/postgresql .*url/);
    expect(await up()).toMatchObject({ update: 1, create: 1 });
    expect(double.datasources.find("postgresql")).toMatchObject({ url: "first:5432" });
    expect(await up()).toEqual({ same: OBJECTS + 2 });
  });

  test("is imported by ids into another stack, without a change in Grafana", async () => {
    await up();
    const known = stack.ids();
    stack = await createStack(join(dir, "other"));
    stack.use(async () => {
      await pulumi.runtime.registerResourceTransform(({ type, name, props, opts }) => {
        const id = known.get(`${type} ${name}`);
        // What is secret, and what is said to the provider alone, no import can tell.
        const ignoreChanges = ["secureJsonDataEncoded", "preventDestroyIfNotEmpty", "overwrite"];
        return type.startsWith("grafana:oss/") && id
          ? { props, opts: { ...opts, import: id, ignoreChanges } }
          : undefined;
      });
      return contents()();
    });
    const writes = double.writes().length;
    const { resourceChanges } = (await stack.stack.up()).summary;
    expect(resourceChanges).toEqual({ create: 2, import: OBJECTS });
    expect(double.writes().length).toBe(writes);
  });
});

describe("mistakes and trouble", () => {
  test("what exists already is refused in the words of Grafana", async () => {
    await up();
    stack = await createStack(join(dir, "other"));
    stack.use(contents());
    // Otherwise the first that is refused may keep the others from being tried.
    const message = await failure(stack.stack.up({ continueOnError: true }));
    expect(message).toContain("[POST /folders][409]");
    expect(message).toContain("data source with the same name already exists");
    expect(message).toContain("Team name taken");
  });

  test("a folder that others use is not deleted with what they keep in it", async () => {
    await up();
    const theirs = { dashboard: { uid: "theirs", title: "Theirs" }, folderUid: "platform" };
    const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
    const request = { method: "POST", headers: { authorization }, body: JSON.stringify(theirs) };
    expect((await fetch(`${double.url}/api/dashboards/db`, request)).status).toBe(200);
    expect(await failure(stack.stack.destroy())).toContain("folder platform is not empty");
    expect(double.dashboards.uids).toEqual(["theirs"]);
  });

  test("inputs that the provider does not accept are refused before anything is created", async () => {
    const mistaken = (create: (options: pulumi.CustomResourceOptions) => unknown) => {
      stack.use(async () => {
        const provider = new grafana.Provider("grafana", { url: double.url, auth: `admin:${PASSWORD}` });
        create({ provider });
      });
      return failure(stack.stack.up());
    };
    const args = { uid: "no spaces here", title: "A" };
    expect(await mistaken((options) => new grafana.oss.Folder("folder", args, options))).toContain(
      "can only be alphanumeric, dashes, or underscores",
    );
    const text = { configJson: "{" };
    expect(await mistaken((options) => new grafana.oss.Dashboard("overview", text, options))).toContain("is no JSON");
    expect(double.requests).toEqual([]);
  });

  test("a server that is starting, busy, failing and dropping connections is survived", async () => {
    await double.stop();
    double = await GrafanaDouble.start({ password: PASSWORD, starting: true });
    double.faults.inject({ kind: "reset" }, { method: "POST", path: "/teams" });
    double.faults.inject({ kind: "status", status: 429, retryAfter: "1" }, { path: "/folders" });
    double.faults.inject({ kind: "status", status: 502 }, { path: "/datasources", times: 2 });
    const watch = setInterval(() => {
      if (double.requests.length > 5) double.ready();
    }, 20);
    const changes = await up({ settings: { retries: 60, retryWait: 1 } });
    clearInterval(watch);
    expect(changes).toEqual({ create: OBJECTS + 2 });
  });

  test("a wrong password is told as it is", async () => {
    stack.use(contents({ settings: { auth: "admin:wrong" } }));
    expect(await failure(stack.stack.up())).toContain("Invalid username or password");
  });
});
