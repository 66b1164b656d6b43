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
