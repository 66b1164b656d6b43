import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type Server } from "node:tls";
import { promisify } from "node:util";
import { sampleActions } from "@homeslice/orchestrator/actions/samples/index.ts";
import { renderOperation } from "@homeslice/orchestrator/actions/template.ts";
import type { NewAction, Operation, Parameters } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.ts";
import { Bench, eventually } from "../agent/harness.ts";

const run = promisify(execFile);
const samples = new Map(sampleActions().map((sample) => [sample.name, sample]));

let bench: Bench;
let database: TestDatabase;
let web: HttpServer;
let tls: Server;
let directory: string;

const portOf = (server: { address(): AddressInfo | string | null }) => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "homeslice-samples-"));
  mkdirSync(join(directory, "deep/er"), { recursive: true });
  writeFileSync(join(directory, "deep/er/app.log"), "an old line\n");
  writeFileSync(join(directory, "deep/er/old.tmp"), "old");
  writeFileSync(join(directory, "deep/er/new.tmp"), "new");
  const old = new Date(Date.now() - 60 * 86_400_000);
  for (const name of ["app.log", "old.tmp"]) utimesSync(join(directory, "deep/er", name), old, old);
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "20"];
  await run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ed25519",
    "-nodes",
    "-keyout",
    key,
    "-out",
    certificate,
    ...subject,
  ]);
  tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => socket.end());
  tls.on("tlsClientError", () => {});
  web = createServer((_request, response) => response.end("ok"));
  for (const server of [tls, web]) await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  database = await createTestDatabase();
  bench = await Bench.open();
  const secrets = join(bench.stateDir, "secrets");
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  const { user, password, host, port, database: name } = database;
  writeFileSync(join(secrets, "database"), `postgres://${user}:${password}@${host}:${port}/${name}`);
  await bench.agent();
});

afterAll(async () => {
  await bench.close();
  await database.drop();
  tls.close();
  web.close();
  web.closeAllConnections();
  rmSync(directory, { recursive: true });
});

function sampleOf(name: string): NewAction {
  const sample = samples.get(name);
  if (sample === undefined) throw new Error(`there is no sample ${name}`);
  return sample;
}

/** Runs a sample by a real agent. */
async function onAgent(name: string, parameters: Parameters) {
  const job = bench.peer.job(["true"], { operation: renderOperation(sampleOf(name), parameters) });
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job), 30);
  await eventually(() => bench.peer.linesOf(job).length >= finish.last_seq, 30);
  return { code: finish.exit_code, said: `${bench.peer.text(job)}${finish.error ?? ""}` };
}

const at = (path: string) => join(directory, path);

/** What runs on every Linux, with what it has to say: nothing of it is a stand-in. */
const real: Record<string, () => [Parameters, number, RegExp]> = {
  "Disk usage": () => [{}, 0, /Filesystem.*Mounted on/],
  "Disk has room": () => [{ most_percent: 100 }, 0, /no file system is fuller than 100%/],
  "Largest directories": () => [{ path: directory, lines: 2 }, 0, /^\d+M\t\/[^\n]*\n\d+M\t[^\n]*\n$/],
  "Load and uptime": () => [{}, 0, /load average/],
  Memory: () => [{}, 0, /Mem:/],
  "Busiest processes": () => [{ by: "pmem", lines: 3 }, 0, /^ *PID USER.*\n(.*\n){3}$/],
  "File is there": () => [{ path: at("cert.pem") }, 0, /ok +exists/],
  "Checksum of files": () => [{ paths: [at("cert.pem"), at("key.pem")] }, 0, /^(\\?[0-9a-f]{64} {2}.*\n){2}$/],
  "Compress old logs": () => [{ path: at("deep"), days: 7 }, 0, /app\.log/],
  "Delete old files": () => [{ path: at("deep") }, 0, /^[^\n]*old\.tmp\n$/],
  "Restart is needed": () =>
    existsSync("/var/run/reboot-required") ? [{}, 1, /FAILED +exists/] : [{}, 0, /ok +exists/],
  "Back up a directory": () => [
    { path: at("deep"), into: at("backups/deep"), keep: 1 },
    0,
    /deep-\d{8}T\d{6}Z\.tar\.gz/,
  ],
  "Backup is fresh": () => [{ path: at("backups"), hours: 1 }, 0, /tar\.gz/],
  "Web page answers": () => [{ url: `http://127.0.0.1:${portOf(web)}/` }, 0, /ok +status/],
  "Port takes connections": () => [{ host: "127.0.0.1", port: portOf(web) }, 0, /takes connections at port/],
  "Name resolves": () => [{ host: "localhost" }, 0, /127\.0\.0\.1|::1/],
  "Open ports": () => [{}, 0, new RegExp(`127.0.0.1:${portOf(web)}`)],
  "Certificate of a host": () => [
    { host: "localhost", port: portOf(tls), days: 14 },
    0,
    /CN *= *localhost[\s\S]*will not expire/,
  ],
  "Certificate in a file": () => [{ path: at("cert.pem"), days: 30 }, 1, /will expire/],
  "Database answers": () => [{}, 0, /ok +scalar/],
  "Size of databases": () => [{}, 0, /^$/],
  "Long transactions": () => [{ minutes: 10_000 }, 0, /ok +row_count: 0/],
  "Database connections": () => [{}, 0, /ok +value/],
};

/** What is not on every machine, or changes it: the arguments that reach a stand-in of each tool, and what that says. */
const calls: Record<string, [Parameters, string[], string?]> = {
  "Trim the journal": [{ days: 7 }, ["journalctl --vacuum-time=7d"]],
  "Updates that are available": [{}, ["apt-get --simulate --quiet upgrade"], "Inst curl [1] (2)"],
  "Install updates": [
    {},
    ["apt-get --quiet update", "apt-get --quiet --yes -o Dpkg::Options::=--force-confold upgrade"],
  ],
  "Install packages": [
    { packages: ["curl", "jq"] },
    ["apt-get --quiet --yes --no-install-recommends install -- curl jq"],
  ],
  "Failed services": [{}, ["systemctl list-units --state=failed --plain --no-legend --no-pager"]],
  "Log of a service": [{ unit: "nginx.service", lines: 5 }, ["journalctl --no-pager --unit nginx.service --lines 5"]],
  "Restart a service": [{ unit: "nginx.service" }, ["systemctl restart nginx.service"]],
  "Reload a service": [{ unit: "nginx.service" }, ["systemctl reload nginx.service"]],
  "Disk usage of Docker": [{}, ["docker system df"]],
  "Clean up Docker": [{ hours: 24 }, ["docker system prune --all --force --filter until=24h"]],
  "Unhealthy containers": [{}, ["docker ps --filter health=unhealthy", "docker ps --filter status=restarting"]],
  "Restart a container": [{ container: "web_1" }, ["docker restart web_1"]],
  "Nodes are ready": [{}, ["kubectl get nodes --no-headers"], "node-1 Ready worker 1d v1.36.0"],
  "Drain a node": [
    { node: "node-1", seconds: 60 },
    ["kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --timeout=60s"],
  ],
  "Take a node back": [{ node: "node-1" }, ["kubectl uncordon node-1"]],
  "Clean up images of a node": [{}, ["crictl rmi --prune"]],
};

test("every sample is run by one of these tests", () => {
  const here = [...Object.keys(real), ...Object.keys(calls), "Back up a database", "Service is active"];
  expect(here.toSorted()).toEqual([...samples.keys()].toSorted());
  expect(samples.size).toBeGreaterThan(30);
});

describe("an agent runs", () => {
  test.each(Object.keys(real))("%s", async (name) => {
    const [parameters, code, said] = real[name]?.() ?? [{}, -1, /never/];
    expect(await onAgent(name, parameters)).toEqual({ code, said: expect.stringMatching(said) });
  });

  test("Service is active: which is not so where there is no such unit, and cannot be told where there is no systemd", async () => {
    const code = existsSync("/run/systemd/system") ? 1 : 2;
    expect(await onAgent("Service is active", { unit: "no-such.service" })).toMatchObject({ code });
  });

  test("what deletes, and leaves the rest", () => {
    expect(readdirSync(at("deep/er")).toSorted()).toEqual(["app.log.gz", "new.tmp"]);
  });
});

/** Runs a command with nothing on its path but stand-ins and what every Linux has. */
async function withStandIns(operation: Operation, path: string, variables: Record<string, string> = {}) {
  if (operation.type !== "shell_command") throw new Error("this is no command");
  const [file, ...args] = operation.argv;
  const env = { PATH: path, ...operation.environment_vars, ...variables };
  const found = file.startsWith("/") ? file : join(path.split(":")[0] ?? "", file);
  return await run(found, args, { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: stdout + stderr }),
  );
}

/** Makes executables that write down how they were called. @returns the path with them, and what they wrote */
function standIns(says = "", ...tools: string[]) {
  const bin = mkdtempSync(join(directory, "bin-"));
  const log = join(bin, "calls.txt");
  for (const tool of tools) {
    const text = `#!/bin/sh\necho "${tool} $*" >>"${log}"\nwhile [ $# -gt 0 ]; do [ "$1" = --file ] && env >"$2"; shift; done\n${says === "" ? "" : `echo "${says}"`}\n`;
    writeFileSync(join(bin, tool), text);
    chmodSync(join(bin, tool), 0o755);
  }
  return { path: `${bin}:/usr/bin:/bin`, calls: () => readFileSync(log, "utf8").trimEnd().split("\n") };
}

describe("a stand-in is called by", () => {
  const tools = ["journalctl", "apt-get", "systemctl", "docker", "kubectl", "crictl"];

  test.each(Object.entries(calls))("%s", async (name, [parameters, expected, says]) => {
    const standIn = standIns(says, ...tools);
    const ended = await withStandIns(renderOperation(sampleOf(name), parameters), standIn.path);
    expect([ended.code, standIn.calls()]).toEqual([0, expected]);
  });

  test("Back up a database, with the password in a variable and nowhere in the arguments", async () => {
    const standIn = standIns("", "pg_dump");
    const into = at("dumps/shop");
    const given = { host: "db.example.org", user: "backup", database: "shop", into, password: "shop-database" };
    const operation = renderOperation(sampleOf("Back up a database"), given);
    expect(operation).toMatchObject({
      secrets: [{ name: "shop-database", from: "orchestrator", variable: "PGPASSWORD" }],
    });
    const { code } = await withStandIns(operation, standIn.path, { PGPASSWORD: "s3cret" });
    expect([code, standIn.calls()]).toEqual([
      0,
      [
        expect.stringMatching(
          /^pg_dump --host db.example.org --port 5432 --username backup --no-password --format custom --file \S+ shop$/,
        ),
      ],
    ]);
    const [file = ""] = readdirSync(into);
    expect(file).toMatch(/^shop-\d{8}T\d{6}Z\.dump$/);
    expect(readFileSync(join(into, file), "utf8")).toContain("PGPASSWORD=s3cret");
  });

  test.each([
    ["Failed services", "nginx.service loaded failed"],
    ["Unhealthy containers", "NAMES STATUS\nweb_1 unhealthy"],
    ["Nodes are ready", "node-1 NotReady"],
  ])("%s, which fails when that tells of trouble", async (name, says) => {
    const standIn = standIns(says, ...tools);
    const ended = await withStandIns(renderOperation(sampleOf(name), {}), standIn.path);
    expect(ended).toEqual({ code: 1, said: expect.stringContaining(says.split("\n").at(-1) ?? "") });
  });

  test("none, where a tool is missing: a script says so", async () => {
    for (const name of ["Nodes are ready", "Clean up Docker", "Updates that are available"]) {
      const ended = await withStandIns(renderOperation(sampleOf(name), {}), "/nowhere");
      expect(ended).toEqual({ code: 69, said: expect.stringContaining("is not installed on this server") });
    }
  });
});
