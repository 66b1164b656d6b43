import { ClientError, type Parameters } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { startInstallation } from "./harness.ts";

const { installation, url, client } = await startInstallation();

/** A change the way an HTTP client sends it, with the version that it is meant for. */
async function put(path: string, body: object, ifMatch?: string) {
  const headers = new Headers({
    authorization: `Bearer ${await installation.token("admin")}`,
    "content-type": "application/json",
  });
  if (ifMatch !== undefined) headers.set("if-match", ifMatch);
  const response = await fetch(url + path, { method: "PUT", headers, body: JSON.stringify(body) });
  return { status: response.status, etag: response.headers.get("etag") };
}

const codeOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ClientError ? error.problem.code : String(error)),
  );

const template = (name: string, ...argv: [string, ...string[]]) => ({
  name,
  operation: { type: "shell_command" as const, argv },
});

describe("changing a server", () => {
  test("replaces what people say of it, and nothing that its agent says", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "old", tags: ["a"] } });
    const params = { server_id: server.server_id };
    const changed = await client.call("updateServer", { params, body: { hostname: "new", environment: "prod" } });
    expect(changed).toMatchObject({ hostname: "new", environment: "prod", tags: [], version: 2 });
    expect(changed.credentials).toEqual(server.credentials);
  });

  test("of a version that is not there any more is refused, and changes nothing", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "one" } });
    const path = `/api/v1/servers/${server.server_id}`;
    expect(await put(path, { hostname: "two" }, '"1"')).toEqual({ status: 200, etag: '"2"' });
    expect(await put(path, { hostname: "three" }, '"1"')).toEqual({ status: 412, etag: null });
    expect(await put(path, { hostname: "three" }, "W/1")).toEqual({ status: 400, etag: null });
    expect(await put(path, { hostname: "four" }, "*")).toEqual({ status: 200, etag: '"3"' });
    expect((await client.call("getServer", { params: { server_id: server.server_id } })).hostname).toBe("four");
  });

  test("of two changes for the same version, sent at the same time, one wins", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "race" } });
    const path = `/api/v1/servers/${server.server_id}`;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put(path, { hostname: `host-${n}` }, '"1"')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
  });

  test("that is not there is answered so", async () => {
    const params = { server_id: crypto.randomUUID() };
    expect(await codeOf(client.call("updateServer", { params, body: { hostname: "x" } }))).toBe("not_found");
  });
});

describe("changing an action", () => {
  test("makes a new version, and leaves what was started from the old one alone", async () => {
    const { action_id } = await client.call("createAction", { body: template("Changing", "echo", "old") });
    const { server } = await client.call("registerServer", { body: { hostname: "box" } });
    const start = { target_servers: [server.server_id], action_template_id: action_id };
    const { execution_id } = await client.call("startExecution", { body: start });
    const body = template("Changing", "echo", "new");
    expect(await client.call("updateAction", { params: { action_id }, body })).toMatchObject({ version: 2 });
    const execution = await client.call("getExecution", { params: { execution_id } });
    expect(execution.operation).toMatchObject({ argv: ["echo", "old"] });
    expect(await put(`/api/v1/actions/${action_id}`, body, '"1"')).toEqual({ status: 412, etag: null });
  });

  test("to a name that is taken, or to what cannot work, is refused", async () => {
    await client.call("createAction", { body: template("Taken", "true") });
    const { action_id } = await client.call("createAction", { body: template("Mine", "true") });
    const change = (body: ReturnType<typeof template>) => client.call("updateAction", { params: { action_id }, body });
    expect(await codeOf(change(template("Taken", "true")))).toBe("conflict");
    expect(await codeOf(change(template("Mine", "echo", "{{missing}}")))).toBe("invalid_request");
    expect(await client.call("getAction", { params: { action_id } })).toMatchObject({ name: "Mine", version: 1 });
  });

  test("by deleting it frees its name and keeps its executions", async () => {
    const { action_id } = await client.call("createAction", { body: template("Short-lived", "true") });
    const { server } = await client.call("registerServer", { body: { hostname: "box" } });
    const start = { target_servers: [server.server_id], action_template_id: action_id };
    const { execution_id } = await client.call("startExecution", { body: start });
    await client.call("deleteAction", { params: { action_id } });
    expect(await codeOf(client.call("getAction", { params: { action_id } }))).toBe("not_found");
    expect(await codeOf(client.call("deleteAction", { params: { action_id } }))).toBe("not_found");
    expect(await codeOf(client.call("startExecution", { body: start }))).toBe("not_found");
    expect((await client.call("getExecution", { params: { execution_id } })).action_template_id).toBe(action_id);
    expect(await codeOf(client.call("createAction", { body: template("Short-lived", "true") }))).toBe("no error");
  });
});

describe("trying an action", () => {
  test("shows exactly what would run, and runs nothing", async () => {
    const body = { ...template("Preview", "df", "{{path}}"), parameters: { path: { type: "string" as const } } };
    const { action_id } = await client.call("createAction", { body });
    const params = { action_id };
    expect(await client.call("validateAction", { params })).toEqual({ valid: true, errors: [] });
    const { operation } = await client.call("previewAction", { params, body: { parameters: { path: "/; rm -rf" } } });
    expect(operation).toEqual({ type: "shell_command", argv: ["df", "/; rm -rf"] });
    expect(await codeOf(client.call("previewAction", { params, body: {} }))).toBe("invalid_request");
    expect((await client.call("getAction", { params })).metadata.usage_count).toBe(0);
  });
});

describe("sample actions", () => {
  test("are added once, leave what has their names alone, and can run as they are", async () => {
    const samples = await installation.client(url, "admin", "samples");
    await samples.call("createAction", { body: template("Disk usage", "du") });
    const { items } = await samples.call("addSampleActions");
    expect(items.length).toBeGreaterThan(30);
    expect(items.map(({ name }) => name)).not.toContain("Disk usage");
    expect((await samples.call("addSampleActions")).items).toEqual([]);
    const values: Parameters = {
      unit: "nginx.service",
      url: "https://example.org/",
      path: "/srv/data",
      into: "/srv/backups",
      host: "web-1",
      node: "node-1",
      container: "web",
      user: "backup",
      database: "shop",
      password: "shop-database",
      paths: ["/etc/hosts"],
      packages: ["curl"],
    };
    for (const { action_id, parameters } of items) {
      const needed = Object.keys(parameters).filter((name) => name in values);
      const body = { parameters: Object.fromEntries(needed.map((name) => [name, values[name] ?? ""])) };
      expect(await samples.call("validateAction", { params: { action_id } })).toEqual({ valid: true, errors: [] });
      expect((await samples.call("previewAction", { params: { action_id }, body })).summary).not.toContain("{{");
    }
    const tagged = await samples.call("listActions", { query: { tag: "sample" } });
    expect(tagged.items).toHaveLength(items.length);
  });
});

describe("trying an action on servers", () => {
  test("shows what would run on each that it applies to, on those that are named, and on no other", async () => {
    const add = async (hostname: string, ...tags: string[]) =>
      (await client.call("registerServer", { body: { hostname, tags, environment: "uat" } })).server.server_id;
    const [one, two, plain] = [await add("one", "db"), await add("two", "db"), await add("plain")];
    const body = { ...template("Per server", "df", "{{path}}"), applicable_server_tags: ["db"] };
    const parameters = { path: { type: "string" as const } };
    const { action_id } = await client.call("createAction", { body: { ...body, parameters } });
    const tried = async (more: object = {}) => {
      const request = { parameters: { path: "/a b" }, ...more };
      return (await client.call("previewAction", { params: { action_id }, body: request })).servers;
    };
    expect(await tried()).toEqual(
      [
        { server_id: one, hostname: "one" },
        { server_id: two, hostname: "two" },
      ].map((server) => ({ ...server, environment: "uat", status: "unreachable", command: "run df '/a b'" })),
    );
    expect((await tried({ target_servers: [two] })).map(({ hostname }) => hostname)).toEqual(["two"]);
    expect((await tried({ targets: { environments: ["uat"] } })).map(({ server_id }) => server_id)).toEqual([one, two]);
    expect(await codeOf(tried({ target_servers: [plain] }))).toBe("invalid_request");
    expect(await codeOf(tried({ target_servers: [crypto.randomUUID()] }))).toBe("not_found");
    const params = { action_id };
    expect((await client.call("getAction", { params })).metadata.usage_count).toBe(0);
  });
});

describe("starting with an idempotency key", () => {
  const start = (server_id: string, idempotencyKey: string, ...argv: [string, ...string[]]) => {
    const operation = { type: "shell_command" as const, argv };
    return client.call("startServerExecution", { params: { server_id }, body: { operation }, idempotencyKey });
  };
  const newServer = async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "box" } });
    return server.server_id;
  };
  const countOf = async (server_id: string) =>
    (await client.call("listExecutions", { query: { server_id } })).items.length;

  test("R8: starts once, however often and at the same time it is asked for", async () => {
    const server = await newServer();
    const key = crypto.randomUUID();
    const answers = await Promise.all(Array.from({ length: 100 }, () => start(server, key, "true")));
    expect(new Set(answers.map(({ execution_id }) => execution_id)).size).toBe(1);
    expect(await countOf(server)).toBe(1);
  });

  test("S49: is refused for another request, and is each caller's own", async () => {
    const server = await newServer();
    const key = crypto.randomUUID();
    await start(server, key, "true");
    expect(await codeOf(start(server, key, "false"))).toBe("idempotency_key_reused");
    const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
    const request = { params: { server_id: server }, body: { operation }, idempotencyKey: key };
    const other = await installation.client(url, "operator");
    expect(await codeOf(other.call("startServerExecution", request))).toBe("no error");
    expect(await countOf(server)).toBe(2);
  });

  test("that failed can be tried again with the same key", async () => {
    const key = crypto.randomUUID();
    expect(await codeOf(start(crypto.randomUUID(), key, "true"))).toBe("not_found");
    expect(await codeOf(start(await newServer(), key, "true"))).toBe("no error");
  });

  test("that is no key is refused with its place", async () => {
    const server = await newServer();
    expect(await codeOf(start(server, "short", "true"))).toBe("invalid_request");
  });
});
