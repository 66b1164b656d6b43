import { catalogueOf } from "@homeslice/stacks/catalogue.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy } from "../components/deploy.ts";
import { metadataOf, policiesOf } from "../components/rendered.ts";
import { stackFile } from "../config/fixtures.ts";
import { declared, links, outside } from "./connections.ts";
import { reachability } from "./reachability.ts";

describe.each(["dev", "prod"])("the network of %s", (stack) => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy(stack, stackFile(stack));
  });

  it("refuses all traffic in every namespace but what policies open", () => {
    const closed = policiesOf(deployed.resources).filter(
      ({ spec }) => !spec.podSelector.matchLabels && spec.policyTypes.length === 2,
    );
    const namespaces = deployed.resources.filter(({ kind }) => kind === "Namespace");
    expect(closed.map(({ metadata }) => metadata.namespace)).toEqual(namespaces.map((each) => metadataOf(each).name));
  });

  it("lets pass exactly what is declared, no more and no less", () => {
    const wanted = new Set([...links, ...outside, ...declared(catalogueOf(deployed.config))]);
    expect(reachability(deployed.resources)).toEqual([...wanted].toSorted());
  });
});

it("a service of the user's own is reached from the edge, and reaches the stores that it uses", async () => {
  const wiki = { image: "ghcr.io/example/wiki:1", port: 3000, access: "everyone", uses: ["postgresql", "redis"] };
  const before = reachability((await deploy("dev", stackFile("dev"))).resources);
  const { resources } = await deploy("dev", { ...stackFile("dev"), "homeslice:services": { wiki } });
  const added = reachability(resources).filter((connection) => !before.includes(connection));
  const ofBackup = /^backup\//;
  expect(added.filter((connection) => !ofBackup.test(connection))).toEqual([
    "postgresql/wiki → postgresql/server:5432",
    "traefik/server → wiki/server:3000",
    "wiki/server → postgresql/server:5432",
    "wiki/server → redis/server:6379",
  ]);
});

it("instances of PostgreSQL reach each other and are reached as the one server is, and by their operator", async () => {
  const single = await deploy("prod", stackFile("prod"));
  const highAvailability = { ...stackFile("prod"), "homeslice:postgresql": { highAvailability: true } };
  const { resources } = await deploy("prod", highAvailability);
  // An instance that stands by is as open as the primary: it may become that at any time.
  const reached = reachability(resources)
    .map((connection) => connection.replaceAll("/standby", "/server"))
    // Where else the operator goes is for its own namespace to say.
    .filter((connection) => !/^operator → (?:outside|traefik)/.test(connection));
  const among = [5432, 8000].flatMap((port) => [
    `postgresql/server → postgresql/server:${port}`,
    `operator → postgresql/server:${port}`,
  ]);
  const toTheApi = [443, 6443].map((port) => `postgresql/server → outside:${port}`);
  const before = reachability(single.resources).filter((one) => !one.startsWith("postgresql/monitor"));
  expect([...new Set(reached)].toSorted()).toEqual([...before, ...among, ...toTheApi].toSorted());
});
