import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalHome, locateHome, prepareHome } from "../../../cli/local/home.ts";
import { boundLogs, logPath } from "../../../cli/local/logFiles.ts";
import { LogTail } from "../../../cli/local/logTail.ts";
import { eventually } from "../../support/eventually.ts";
import { LocalTestHome } from "../../support/localHome.ts";

let testHome: LocalTestHome;
let home: LocalHome;
beforeEach(() => {
  testHome = new LocalTestHome();
  home = locateHome(testHome.env);
  prepareHome(home);
});
afterEach(() => testHome.dispose());

const postgresql = "2026-01-01 00:00:02.000 UTC [7] LOG:  ready\n\tsecond line of it\n";
const orchestrator = `{"level":30,"time":1767225601000,"msg":"first"}\n{"level":30,"time":"2026-01-01T00:00:03.000Z","msg":"third"}\n`;

test("all logs are shown in the order of time, each line with the name of its component", async () => {
  writeFileSync(logPath(home, "postgresql"), postgresql);
  writeFileSync(logPath(home, "orchestrator"), orchestrator);
  const { stdout, code } = await testHome.call("logs");
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/^orchestrator \| .*first/),
    "postgresql   | 2026-01-01 00:00:02.000 UTC [7] LOG:  ready",
    "postgresql   | \tsecond line of it",
    expect.stringMatching(/^orchestrator \| .*third/),
    "",
  ]);
});

test("the log of one component is shown as it is, the older part first", async () => {
  writeFileSync(`${logPath(home, "orchestrator")}.1`, "older\n");
  writeFileSync(logPath(home, "orchestrator"), orchestrator);
  expect((await testHome.call("logs", "orchestrator")).stdout).toBe(`older\n${orchestrator}`);
});

test("following goes on with what is added, also after the file was emptied", async () => {
  writeFileSync(logPath(home, "agent"), "one\n");
  const { output } = testHome.begin("logs", "agent", "-f");
  await eventually(() => output.stdout === "one\n", "the present lines");
  appendFileSync(logPath(home, "agent"), "two\nthr");
  await eventually(() => output.stdout === "one\ntwo\n", "the added line");
  appendFileSync(logPath(home, "agent"), "ee\n");
  await eventually(() => output.stdout.endsWith("three\n"), "the line that was finished");
  writeFileSync(logPath(home, "agent"), "new\n");
  await eventually(() => output.stdout.endsWith("three\nnew\n"), "the line after the file was emptied");
});

test("an unknown component is named together with those that there are", async () => {
  const { code, stderr } = await testHome.call("logs", "redis");
  expect(code).toBe(2);
  expect(stderr).toContain('there is no component "redis"\nChoose one of supervisor, postgresql, orchestrator, agent');
});

test("a log that grows over its bound is set aside, and its writer goes on in the emptied file", () => {
  const path = logPath(home, "agent");
  writeFileSync(path, "0123456789\n");
  boundLogs(home, 10)();
  expect(readFileSync(`${path}.1`, "utf8")).toBe("0123456789\n");
  expect(readFileSync(path, "utf8")).toBe("");
  boundLogs(home, 10)();
  expect(readFileSync(`${path}.1`, "utf8")).toBe("0123456789\n");
});

test("a tail keeps characters whole that were written in two parts", () => {
  const directory = mkdtempSync(join(tmpdir(), "homeslice-tail-"));
  const path = join(directory, "log");
  const tail = new LogTail(path);
  expect(tail.read()).toEqual([]);
  writeFileSync(path, Buffer.from("é\n").subarray(0, 1));
  expect(tail.read()).toEqual([]);
  appendFileSync(path, Buffer.from("é\n").subarray(1));
  expect(tail.read()).toEqual(["é"]);
  rmSync(directory, { recursive: true });
});
