import { execFile, spawnSync } from "node:child_process";
import { mkdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { TASK_FILE } from "@homeslice/agent/operations/checks/task.ts";
import { offeredOperations } from "@homeslice/agent/operations/index.ts";
import type { Operation } from "@homeslice/protocol/operations/index.ts";
import { Operation as OperationSchema } from "@homeslice/protocol/operations/index.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
import { Bench, eventually } from "./harness.ts";

const run = promisify(execFile);

let bench: Bench;
const closing: (() => void)[] = [];
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await bench.close();
});

async function check(given: z.input<typeof OperationSchema>, timeout_seconds = 60) {
  const operation: Operation = OperationSchema.parse(given);
  const job = bench.peer.job(["true"], { operation, timeout_seconds });
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job));
  return { finish, text: bench.peer.text(job) };
}

async function listen(answer: (path: string) => { status: number; body: string } | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const found = answer(request.url ?? "");
    if (found !== undefined) response.writeHead(found.status).end(found.body);
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

/** Lets a server listen until the test ends. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
  return port;
}

describe("a file validation", () => {
  beforeEach(async () => {
    await bench.agent();
  });

  it("passes when all is as expected, and tells size and age", async () => {
    const path = bench.path("backup");
    await writeFile(path, Buffer.alloc(2_097_152));
    const { finish, text } = await check({
      type: "file_validation",
      path,
      readable: true,
      size_gt_mb: 1,
      modified_within: 3_600,
    });
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(finish.result).toMatchObject({ type: "file_validation", passed: true, kind: "file", size_bytes: 2_097_152 });
    expect(text).toContain("ok      size_gt_mb: 2.000 MiB\n");
  });

  it("fails with everything that is not as expected", async () => {
    const path = bench.path("old");
    await writeFile(path, "x");
    await utimes(path, 0, 0);
    const { finish } = await check({ type: "file_validation", path, size_gt_mb: 1, modified_within: 60 });
    expect(finish.exit_code).toBe(1);
    const failed = finish.result?.checks.filter(({ passed }) => !passed).map((one) => one.check);
    expect(failed).toEqual(["size_gt_mb", "modified_within"]);
  });

  it("may expect that there is nothing", async () => {
    const path = bench.path("none");
    expect((await check({ type: "file_validation", path, exists: false })).finish.exit_code).toBe(0);
    expect((await check({ type: "file_validation", path })).finish).toMatchObject({
      exit_code: 1,
      result: { passed: false, size_bytes: null },
    });
  });

  it("never looks into the agent's own directories or at what is forbidden, whatever leads there", async () => {
    await mkdir(bench.path("closed"));
    await writeFile(bench.path("closed/secret"), "x");
    await writeFile(bench.path("policy.yaml"), `commands: all\nforbidden_paths: [${bench.path("closed")}]\n`);
    await bench.reload();
    await symlink(bench.path("closed/secret"), bench.path("innocent"));
    for (const path of [bench.path("closed/secret"), bench.path("innocent"), join(bench.stateDir, "agent.key")]) {
      const { finish, text } = await check({ type: "file_validation", path });
      expect(finish, path).toMatchObject({ exit_code: 2 });
      expect(text).toContain("is out of bounds");
      expect(finish.result).toBeUndefined();
    }
  });

  it("is said and not made in a dry run", async () => {
    const { finish, text } = await check({ type: "file_validation", path: bench.path("none"), dry_run: true });
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(finish.result).toBeUndefined();
    expect(text).toMatch(/^dry run: would look at /);
  });
});

describe("a service health check", () => {
  beforeEach(async () => {
    await bench.agent();
  });

  it("passes when status and body are as expected, in time", async () => {
    const url = await listen(() => ({ status: 200, body: "all is well" }));
    const { finish } = await check({
      type: "service_health",
      probe: { kind: "http", url, body_contains: "is well" },
      max_latency_ms: 10_000,
    });
    expect(finish).toMatchObject({ exit_code: 0, result: { passed: true, status: "200" } });
    expect(finish.result?.checks.map((one) => one.check)).toEqual(["status", "body", "latency"]);
  });

  it("fails when the status is another or the body lacks the text, and follows no redirect", async () => {
    const url = await listen((path) => ({ status: path === "/moved" ? 302 : 503, body: "sorry" }));
    const found = await check({ type: "service_health", probe: { kind: "http", url, body_contains: "well" } });
    expect(found.finish).toMatchObject({ exit_code: 1, result: { passed: false, status: "503" } });
    const moved = await check({ type: "service_health", probe: { kind: "http", url: `${url}/moved` } });
    expect(moved.finish.result).toMatchObject({ passed: false, status: "302" });
  });

  it("that is never answered is ended by its time-out, and the agent goes on", async () => {
    const url = await listen(() => undefined);
    const waiting = check({ type: "service_health", probe: { kind: "http", url } }, 1);
    const file = await check({ type: "file_validation", path: "/" });
    expect(file.finish.exit_code).toBe(0);
    expect((await waiting).finish).toMatchObject({ outcome: "timed_out" });
  });

  it("trusts no certificate that nobody vouches for, unless it is told to", async () => {
    const [key, cert] = [bench.path("key.pem"), bench.path("cert.pem")];
    const files = ["-keyout", key, "-out", cert, "-subj", "/CN=localhost"];
    await run("openssl", ["req", "-x509", "-newkey", "ed25519", "-nodes", ...files]);
    const secure = createSecureServer({ key: await readFile(key), cert: await readFile(cert) }, (_, response) => {
      response.end("well");
    });
    const port = await portOf(secure);
    const probe = { kind: "http", url: `https://127.0.0.1:${port}/` } as const;
    const distrusted = await check({ type: "service_health", probe });
    expect(distrusted.finish).toMatchObject({ exit_code: 1, result: { passed: false, status: null } });
    expect(distrusted.text).toContain("self-signed certificate");
    const told = await check({ type: "service_health", probe: { ...probe, verify_certificate: false } });
    expect(told.finish).toMatchObject({ exit_code: 0, result: { passed: true, status: "200" } });
  });

  it("connects to a port", async () => {
    const url = new URL(await listen(() => undefined));
    const probe = { kind: "tcp", host: url.hostname, port: Number(url.port) } as const;
    expect((await check({ type: "service_health", probe })).finish.exit_code).toBe(0);
    const closed = await check({ type: "service_health", probe: { ...probe, port: 1 } });
    expect(closed.finish).toMatchObject({ exit_code: 1, result: { passed: false, latency_ms: null } });
    expect(closed.text).toContain("ECONNREFUSED");
  });
});

const bubblewrap = debianProgram("bwrap", "bubblewrap");
const runner = join(import.meta.dirname, "../../../apps/agent/operations/checks/runner.ts");

describe.skipIf("missing" in bubblewrap)("a unit of systemd", () => {
  /** What a check ends with, on a server that systemd runs or does not, whose systemctl says something. */
  async function ask(
    state: "active" | "inactive" | undefined,
    says: string,
    booted = ["--dir", "/run/systemd/system"],
  ) {
    const probe = { kind: "systemd", unit: "web.service", ...(state && { state }) } as const;
    const operation = OperationSchema.parse({ type: "service_health", probe });
    await writeFile(bench.path(TASK_FILE), JSON.stringify({ operation, secrets_dir: "/", forbidden_paths: [] }));
    const script = `#!/bin/sh\necho "$*" >"${bench.path("asked")}"\nprintf '${says}'\n`;
    await writeFile(bench.path("systemctl"), script, { mode: 0o755 });
    const sandbox = ["--dev-bind", "/", "/", "--tmpfs", "/run", ...booted, "--setenv", "PATH", bench.directory];
    const args = [...sandbox, process.execPath, runner, bench.directory];
    const program = "path" in bubblewrap ? bubblewrap.path : "";
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    return { code: status, said: stdout + stderr };
  }

  it.each([
    [undefined, "LoadState=loaded\\nActiveState=active\\n", 0, "ok      state: active"],
    [undefined, "LoadState=loaded\\nActiveState=failed\\n", 1, "FAILED  state: expected active, found failed"],
    ["inactive", "LoadState=loaded\\nActiveState=inactive\\n", 0, "ok      state: inactive"],
    ["inactive", "LoadState=not-found\\nActiveState=inactive\\n", 1, "expected inactive, found not-found"],
  ] as const)("that is to be %s, of which systemd says %j, ends the check with %i", async (state, says, code, said) => {
    expect(await ask(state, says)).toEqual({ code, said: expect.stringContaining(said) });
    expect(await readFile(bench.path("asked"), "utf8")).toBe("show --property=LoadState,ActiveState -- web.service\n");
  });

  it("cannot be asked for where systemd does not run", async () => {
    const said = expect.stringContaining("systemd does not run this server");
    expect(await ask(undefined, "", [])).toEqual({ code: 2, said });
  });
});

it("without a handler for every operation, an agent does not start", () => {
  expect(offeredOperations()).toContain("database_query");
  const missing = "operations without a handler: file_validation, service_health, database_query";
  expect(() => offeredOperations({ shell_command: () => undefined })).toThrow(missing);
});

describe("the owner of a server", () => {
  it("says which checks are made", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: all\noperations: [service_health]\n");
    await bench.agent();
    const { finish } = await check({ type: "file_validation", path: "/" });
    expect(finish).toMatchObject({ outcome: "refused", exit_code: 126 });
    expect(finish.error).toMatch(/file_validation is not allowed on this server: its owner can add it to "operations"/);
  });
});
