import { planRelease } from "@homeslice/cli/cluster/release/plan.ts";
import { loadConfig } from "@homeslice/config";
import { describe, expect, it } from "vitest";

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
