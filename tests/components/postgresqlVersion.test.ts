import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deploy } from "./deploy.ts";
import { type RenderedContainer, rendered } from "./rendered.ts";
import { Sandbox } from "./servers.ts";

let sandbox: Sandbox;
let guard: RenderedContainer;
beforeEach(async () => {
  sandbox = new Sandbox();
  const { find } = await deploy("dev", { "homeslice:domain": "home.example.org" });
  const [first] = rendered(find("StatefulSet", "postgresql-statefulset")).containers;
  if (!first) throw new Error("nothing runs before the server");
  guard = first;
  writeFileSync(sandbox.here("postgres"), '#!/bin/sh\necho "postgres (PostgreSQL) 18.4 (Debian 18.4-1)"\n', {
    mode: 0o755,
  });
});
afterEach(() => sandbox.remove());

/** Runs what precedes a server of PostgreSQL 18 on a volume with these files. */
function start(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(sandbox.here(path)), { recursive: true });
    writeFileSync(sandbox.here(path), content);
  }
  const PATH = `${sandbox.directory}:${process.env["PATH"]}`;
  return sandbox.run(guard, { PATH, DATA: sandbox.here("volume") });
}

describe("before PostgreSQL starts", () => {
  it.each([
    ["an empty volume", {}],
    ["its own data", { "volume/18/docker/PG_VERSION": "18\n" }],
  ])("%s is let through", async (_, files) => {
    await start(files);
  });

  it.each([
    ["an earlier version", { "volume/17/docker/PG_VERSION": "17\n" }, /PostgreSQL 17, and this image is PostgreSQL 18/],
    ["a later version", { "volume/19/docker/PG_VERSION": "19\n" }, /Go back to an image of 19/],
    ["an earlier layout", { "volume/data/PG_VERSION": "16\n" }, /docs\/upgrade\.md/],
  ])("the data of %s are refused with what to do", async (_, files, message) => {
    await expect(start(files)).rejects.toThrow(message);
  });
});
