import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "@homeslice/cli/cluster/operations.ts";
import { planRelease, type ReleasePlan } from "@homeslice/cli/cluster/release/plan.ts";
import { switchOver } from "@homeslice/cli/cluster/release/switchOver.ts";
import { readStackFile } from "@homeslice/cli/cluster/stackFile.ts";
import { loadConfig, UserError } from "@homeslice/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

const image = (version: string) => `ghcr.io/homeslice/orchestrator:${version}`;
const config = (settings: Readonly<Record<string, unknown>> = {}) =>
  loadConfig("prod", { "homeslice:domain": "home.example.org", ...settings });
const released = (release: object) => config({ "homeslice:orchestrator": { release } });
const both = { active: "green", number: 3, blue: image("0.1.0"), green: image("0.2.0") };

describe("the first release", () => {
  it("goes from blue, with the image of the settings, to green", () => {
    expect(planRelease(config(), { version: "0.2.0" })).toEqual({
      from: { colour: "blue", image: image("0.1.0") },
      to: { colour: "green", image: image("0.2.0") },
      release: { active: "green", number: 1, blue: image("0.1.0"), green: image("0.2.0") },
    });
  });

  it("knows of the mirror that the image comes from", () => {
    const mirrored = config({ "homeslice:images": { registry: "mirror.example.org:5000" } });
    expect(planRelease(mirrored, { version: "0.2.0" })?.to.image).toBe(
      "mirror.example.org:5000/homeslice/orchestrator:0.2.0",
    );
  });

  it("has nothing to roll back to", () => {
    expect(() => planRelease(config(), { rollback: true })).toThrow("there is no version before the one that serves");
  });

  it("is refused where every up builds the image anew", () => {
    const built = config({ "homeslice:images": { build: { repository: "registry.example.org/homeslice" } } });
    expect(() => planRelease(built, { version: "0.2.0" })).toThrow("images.build");
  });
});

describe("a later release", () => {
  it("takes the place of the version that stands by", () => {
    const plan = planRelease(released(both), { image: image("0.3.0") });
    expect(plan?.release).toEqual({ ...both, active: "blue", number: 4, blue: image("0.3.0") });
  });

  it("goes to the image of the settings when none is named", () => {
    const newer = config({
      "homeslice:orchestrator": { release: both },
      "homeslice:images": { references: { orchestrator: image("0.4.0") } },
    });
    expect(planRelease(newer, {})?.to).toEqual({ colour: "blue", image: image("0.4.0") });
  });

  it("is none when the image serves already", () => {
    expect(planRelease(released(both), { version: "0.2.0" })).toBeUndefined();
  });

  it("takes one answer to which image, not two", () => {
    expect(() => planRelease(released(both), { version: "1", image: image("2") })).toThrow("two answers");
  });

  it("that is rolled back changes the colours and no image", () => {
    expect(planRelease(released(both), { rollback: true })?.release).toEqual({ ...both, active: "blue", number: 4 });
  });
});

describe("the settings file in a release", () => {
  const text = "# mine\nconfig:\n  homeslice:domain: home.example.org\n";
  const outcome: Outcome = { changes: { create: 0, update: 1, replace: 0, delete: 0, same: 0 }, outputs: {} };
  const settingsSchema = z.object({ release: z.unknown() }).catch({ release: undefined });
  let folder: string;
  let path: string;
  let plan: ReleasePlan;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "homeslice-release-"));
    path = join(folder, "Pulumi.prod.yaml");
    writeFileSync(path, text);
    const planned = planRelease(config(), { version: "0.2.0" });
    if (!planned) throw new Error("nothing to release");
    plan = planned;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const named = () => {
    const { content } = readStackFile("prod", folder);
    return settingsSchema.parse(content.config?.["homeslice:orchestrator"]).release;
  };

  /** Makes the release with runs that come to these ends, and notes which release the file and each run had. */
  async function releasing(...ends: readonly (Outcome | UserError)[]) {
    const runs: { onDisk: unknown; given: unknown }[] = [];
    const made = switchOver(
      async (_, { content }) => {
        const given = settingsSchema.parse(content.config?.["homeslice:orchestrator"]).release;
        runs.push({ onDisk: named(), given });
        const end = ends[runs.length - 1];
        if (!end || end instanceof Error) throw end ?? new Error("one run too many");
        return end;
      },
      readStackFile("prod", folder),
      plan,
    );
    return { runs, error: await made.then(() => undefined, z.instanceof(UserError).parse) };
  }
  const failure = (code: string) => new UserError({ code, what: "it failed", fix: "Mend it." });

  it("names the new version from before the first step on, so that no kill can make the next up switch back", async () => {
    const { runs, error } = await releasing(outcome);
    expect(error).toBeUndefined();
    expect(runs).toEqual([{ onDisk: plan.release, given: plan.release }]);
    expect(named()).toEqual(plan.release);
    expect(
      planRelease(loadConfig("prod", readStackFile("prod", folder).content.config ?? {}), { version: "0.2.0" }),
    ).toBe(undefined);
  });

  it("names the old version again before a failed release is undone", async () => {
    const { runs, error } = await releasing(failure("run.failed"), outcome);
    expect(runs).toEqual([
      { onDisk: plan.release, given: plan.release },
      { onDisk: undefined, given: undefined },
    ]);
    expect(error?.message).toContain("0.2.0 does not serve");
    expect(error?.message).toContain("0.1.0 serves as blue, as before");
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("is as it was, and nothing has to be undone, where the run was declined", async () => {
    const { runs, error } = await releasing(failure("run.declined"));
    expect([runs.length, error?.code]).toEqual([1, "run.declined"]);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("goes on naming the new version after an interruption: the next up finishes it", async () => {
    const { runs, error } = await releasing(failure("run.interrupted"));
    expect([runs.length, error?.code]).toEqual([1, "run.interrupted"]);
    expect(named()).toEqual(plan.release);
  });
});
