import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@homeslice/agent/config/settings.ts";
import { createLog } from "@homeslice/agent/log/log.ts";
import { RotatingFile } from "@homeslice/agent/log/rotation.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "homeslice-settings-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function read(yaml: string, environment: Record<string, string> = {}) {
  const file = join(directory, "agent.yaml");
  writeFileSync(file, yaml);
  return readSettings({ HOMESLICE_CONFIG_FILE: file, ...environment });
}

describe("the configuration file", () => {
  it("gives settings, with variables of the environment in them; the environment itself wins", () => {
    const yaml = `orchestrator_url: https://\${HOST}:\${PORT:-8443}\nlog_level: warn\nmax_concurrent_jobs: 2\nstop_jobs_on_exit: true\n`;
    const environment = { HOST: "o.example.org", HOMESLICE_LOG_LEVEL: "debug" };
    expect(read(yaml, environment)).toMatchObject({
      orchestratorUrl: "https://o.example.org:8443",
      logLevel: "debug",
      maxConcurrentJobs: 2,
      stopJobsOnExit: true,
    });
  });

  it("is refused with everything that is wrong with it", () => {
    const attempt = () => read(`orchestrator_url: https://\${NOWHERE}\nlog_levl: info\n`);
    expect(attempt).toThrow(
      /orchestrator_url {2}the environment has no NOWHERE\n {2}log_levl {2}there is no such setting/,
    );
    expect(() => read("orchestrator_url: ftp://x\nport: many\n")).toThrow(
      /HOMESLICE_ORCHESTRATOR_URL(.|\n)*HOMESLICE_PORT/,
    );
    expect(() => read("- a list\n")).toThrow(/is not a configuration of the agent/);
    expect(() => read("a: [1]\n: : :\n")).toThrow(/is not a configuration of the agent/);
  });
});

describe("the log", () => {
  it("in a file is rotated by size, and the oldest goes", () => {
    const path = join(directory, "agent.log");
    const file = new RotatingFile({ path, maxBytes: 100, files: 3 });
    for (let i = 0; i < 50; i++) file.write(`line ${i} of a log\n`);
    expect(readdirSync(directory).sort()).toEqual(["agent.log", "agent.log.1", "agent.log.2"]);
    expect(readFileSync(path, "utf8")).toContain("line 49");
    for (const name of readdirSync(directory))
      expect(readFileSync(join(directory, name)).length).toBeLessThanOrEqual(100);
  });

  it("is JSON, of the level that is asked for and above", () => {
    const path = join(directory, "agent.log");
    const log = createLog({ logLevel: "warn", logFile: { path, megabytes: 1, files: 2 } });
    log.info("too little");
    log.warn({ execution_id: "x" }, "enough");
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ name: "agent", msg: "enough", execution_id: "x" });
  });
});
