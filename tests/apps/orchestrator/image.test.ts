import { readFileSync } from "node:fs";
import { NODE_FLAGS } from "@homeslice/orchestrator/nodeFlags.ts";
import { expect, test } from "vitest";

test("the image runs the orchestrator with the same arguments of Node as everywhere else", () => {
  const dockerfile = readFileSync(new URL("../../../apps/orchestrator/Dockerfile", import.meta.url), "utf8");
  const entryPoint = JSON.stringify(["node", ...NODE_FLAGS, "apps/orchestrator/main.ts"]).replaceAll(",", ", ");
  expect(dockerfile).toContain(`ENTRYPOINT ${entryPoint}\n`);
});
