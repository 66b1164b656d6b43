import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "./deploy.ts";
import { dependenciesOf, rendered } from "./rendered.ts";

const [first, second] = ["ghcr.io/homeslice/orchestrator:0.1.0", "ghcr.io/homeslice/orchestrator:0.2.0"];
const settings = (release?: object) => ({
  "homeslice:domain": "home.example.org",
  ...(release && { "homeslice:orchestrator": { release } }),
});
const released = { active: "green", number: 1, blue: first, green: second };
const colour = "homeslice.dev/colour";

const serviceSchema = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()) }) });
const selectorOf = ({ find }: Deployed, name: string) =>
  serviceSchema.parse(find("Service", name).inputs).spec.selector;

describe("an orchestrator that was never released", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy("prod", settings());
  });

  it("is blue, alone, and nothing has to be checked", () => {
    expect(deployed.outputs.orchestrator.active).toBe("blue");
    expect(selectorOf(deployed, "orchestrator-service")[colour]).toBe("blue");
    const names = deployed.resources.map(({ name }) => name);
    expect(names.filter((name) => /^orchestrator-(green|check|candidate)/.test(name))).toEqual([]);
  });
});

describe("a release to green", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy("prod", settings(released));
  });
  const deployment = (name: string) => deployed.find("Deployment", `orchestrator-${name}-deployment`);

  it("runs the new image as often as the old one ran, and keeps the old one without instances", () => {
    const [blue, green] = [rendered(deployment("blue")), rendered(deployment("green"))];
    expect([blue.replicas, blue.containers[0]?.image]).toEqual([0, first]);
    expect([green.replicas, green.containers[0]?.image]).toEqual([2, second]);
    expect(deployed.outputs.orchestrator.active).toBe("green");
  });

  it("brings the database up to date and checks with the new image", () => {
    for (const step of ["migrate", "check"]) {
      const [container] = rendered(deployed.find("Job", `orchestrator-${step}-job`)).containers;
      expect([container?.image, container?.args]).toEqual([second, [step]]);
    }
  });

  it("goes step by step: migrations, instances, check, Service, and the old instances at the very end", async () => {
    const needed = async (kind: string, name: string) => await dependenciesOf(deployed.find(kind, name));
    const green = "orchestrator-green-deployment";
    expect(await needed("Deployment", green)).toContain("orchestrator-migrate-job");
    expect(await needed("Service", "orchestrator-candidate-service")).toEqual([green]);
    expect(await needed("Job", "orchestrator-check-job")).toContain("orchestrator-candidate-service");
    expect(await needed("Service", "orchestrator-service")).toEqual([green, "orchestrator-check-job"]);
    expect(await needed("Deployment", "orchestrator-blue-deployment")).toContain("orchestrator-service");
  });

  it("leads users to green alone, and lets them talk to both: nothing is closed while it switches", () => {
    expect(selectorOf(deployed, "orchestrator-service")[colour]).toBe("green");
    const policy = z.object({
      spec: z.object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
    });
    const { spec } = policy.parse(deployed.find("NetworkPolicy", "agent-into-orchestrator").inputs);
    expect(spec.podSelector.matchLabels).not.toHaveProperty(colour);
  });

  it("is checked anew by each release, of the same image as well", async () => {
    const name = ({ find }: Deployed) =>
      z.object({ metadata: z.object({ name: z.string() }) }).parse(find("Job", "orchestrator-check-job").inputs)
        .metadata.name;
    expect(name(await deploy("prod", settings({ ...released, number: 3 })))).not.toBe(name(deployed));
    expect(name(await deploy("prod", settings(released)))).toBe(name(deployed));
  });
});
