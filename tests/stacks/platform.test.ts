import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { deploy } from "../components/deploy.ts";
import { dependenciesOf, workloadsOf } from "../components/rendered.ts";
import { stackFile } from "../config/fixtures.ts";

const domain = { "homeslice:domain": "home.example.org" };

it("tells the operator where things are", async () => {
  const { outputs } = await deploy("prod", domain);
  const told = await new Promise((resolve) => void pulumi.output(outputs).apply(resolve));
  expect(told).toEqual({
    environment: "prod",
    namespaces: { platform: "homeslice-prod", agents: "homeslice-prod-agents" },
    orchestrator: {
      address: "http://orchestrator.homeslice-prod.svc:8080",
      publicUrl: "https://orchestrator.home.example.org",
      active: "blue",
      image: "ghcr.io/homeslice/orchestrator:0.1.0",
    },
    edge: {
      urls: expect.objectContaining({ orchestrator: "https://orchestrator.home.example.org" }),
      certificateAuthority: "certificate certificates-authority",
    },
  });
});

it("is the same program in dev and prod: they differ by nothing but their configuration", async () => {
  const names = async (stack: string) => {
    const { resources } = await deploy(stack, stackFile(stack));
    return resources
      .filter(({ kind }) => kind !== "PodDisruptionBudget")
      .map(({ kind, name }) => `${kind} ${name}`)
      .toSorted();
  };
  expect(await names("dev")).toEqual(await names("prod"));
});

it("keeps stacks apart that share a cluster", async () => {
  const namespaces = async (stack: string) => {
    const { resources } = await deploy(stack, { ...domain, "homeslice:environment": "dev" });
    return workloadsOf(resources).map(({ namespace }) => namespace);
  };
  const first = new Set(await namespaces("blue"));
  expect((await namespaces("green")).filter((namespace) => first.has(namespace))).toEqual([]);
});

it("builds each image of ours once, pushes it, and runs what was pushed by its digest", async () => {
  const build = { repository: "registry.example.org/homeslice" };
  const { resources } = await deploy("prod", { ...domain, "homeslice:images": { build } });
  expect(
    resources
      .filter(({ kind }) => kind === "Image")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["environment-agent-image", "environment-orchestrator-image"]);
  const own = workloadsOf(resources).filter(({ name }) => /^(agent|orchestrator)/.test(name));
  for (const { containers } of own) {
    for (const { image } of containers) expect(image).toMatch(/^registry\.example\.org\/homeslice\/\w+:local@sha256:/);
  }
});

it("makes a k3d cluster when asked to, and puts the images built for it inside", async () => {
  const settings = {
    ...domain,
    "homeslice:cluster": { k3d: "homeslice" },
    "homeslice:images": { build: { repository: "localhost/homeslice", push: false } },
  };
  const { resources, find } = await deploy("dev", settings);
  expect(find("Command", "environment-k3d").inputs).toMatchObject({ delete: "k3d cluster delete homeslice" });
  expect(find("Command", "environment-agent-import").inputs).toMatchObject({
    create: "k3d image import localhost/homeslice/agent:local --cluster homeslice",
  });
  expect(await dependenciesOf(find("Command", "environment-agent-import"))).toEqual(["environment-cluster"]);
  expect(resources.filter(({ kind }) => kind === "Command")).toHaveLength(3);
});
