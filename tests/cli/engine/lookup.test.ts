import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findEngine, type Ways } from "@homeslice/cli/engine/index.ts";
import { beforeEach, expect, test } from "vitest";

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-engine-"));
  said = [];
});

/** An executable that answers `pulumi version`. */
function fakeEngine(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
  chmodSync(path, 0o755);
  return path;
}

const lookup = () => ({ cache: root, env: { PATH: join(root, "path") }, say: (line: string) => void said.push(line) });

/** Ways that count how often they are gone. */
function ways(results: { download?: string; build?: string }) {
  const taken: string[] = [];
  const way = (name: "download" | "build") => async () => {
    taken.push(name);
    const version = results[name];
    if (!version) return { reason: `no ${name} here` };
    const engine = { path: fakeEngine(join(root, name, "pulumi"), version), version };
    return { engine };
  };
  return { taken, ways: { download: way("download"), build: way("build") } satisfies Ways };
}

test("the engine on PATH is used as it is", async () => {
  const path = fakeEngine(join(root, "path", "pulumi"), "v3.260.1");
  const { ways: none, taken } = ways({});
  expect(await findEngine(lookup(), none)).toEqual({ path, version: "v3.260.1" });
  expect(taken).toEqual([]);
});

test("an engine on PATH that is too old is passed over, and the message says so", async () => {
  fakeEngine(join(root, "path", "pulumi"), "v3.100.0");
  const { ways: some } = ways({ download: "v3.251.0" });
  expect((await findEngine(lookup(), some)).path).toBe(join(root, "download", "pulumi"));
  expect(said.join("\n")).toContain("is v3.100.0; wanted is 3.251.0 or newer");
});

test("the download comes before the build", async () => {
  const { ways: both, taken } = ways({ download: "v3.251.0", build: "v3.251.0" });
  await findEngine(lookup(), both);
  expect(taken).toEqual(["download"]);
});

test("what was built is found again without building", async () => {
  const { ways: some, taken } = ways({ build: "v3.251.0" });
  const first = await findEngine(lookup(), some);
  expect(await findEngine(lookup(), some)).toEqual(first);
  expect(taken).toEqual(["download", "build"]);
});

test("two that look at the same time build once", async () => {
  const { ways: some, taken } = ways({ build: "v3.251.0" });
  const [one, other] = await Promise.all([findEngine(lookup(), some), findEngine(lookup(), some)]);
  expect(one).toEqual(other);
  expect(taken).toEqual(["download", "build"]);
});

test("a cached engine that does not run any more is fetched again", async () => {
  const { ways: some, taken } = ways({ build: "v3.251.0" });
  const { path } = await findEngine(lookup(), some);
  writeFileSync(path, "#!/bin/sh\nexit 1\n");
  await findEngine(lookup(), some);
  expect(taken).toEqual(["download", "build", "download", "build"]);
});

test("when no way leads to an engine, the message names all three and what to install", async () => {
  const error = await findEngine(lookup(), ways({}).ways).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "engine.unavailable" });
  const message = String(error);
  for (const part of ["not on PATH", "no download here", "no build here", "Install Pulumi 3.251.0", "install Go"]) {
    expect(message).toContain(part);
  }
});
