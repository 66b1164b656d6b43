import { once } from "node:events";
import { existsSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../cli/process/alive.ts";
import { freePort } from "../../cli/process/freePort.ts";
import { eventually } from "../support/eventually.ts";
import { LocalTestHome } from "../support/localHome.ts";

const TWENTY = "for i in $(seq 20); do echo $i; sleep 0.1; done; exit 3";
const twentyLines = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`).join("");

describe("on one running home", () => {
  let home: LocalTestHome;
  let url: string;
  beforeAll(async () => {
    home = new LocalTestHome();
    url = await home.up();
  });
  afterAll(() => home.dispose());

  test("status tells what runs, for people and for scripts", async () => {
    const status = await home.status();
    expect(status).toEqual({
      ready: true,
      url,
      home: home.home,
      components: ["postgresql", "orchestrator", "agent"].map((name) => ({
        name,
        state: "running",
        pid: expect.any(Number),
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      })),
    });
    const { stdout, code } = await home.call("status");
    expect(code).toBe(0);
    expect(stdout).toContain(`Homeslice is ready at ${url}`);
    expect(stdout).toMatch(/^orchestrator {2}running {2}\d+ +\d{4}-/m);
  });

  test("a command's output arrives exactly, on the stream it was written to, and its exit code is that of run", async () => {
    const script = String.raw`printf 'no line break'; printf 'é\n\nlast' >&2; exit 42`;
    expect(await home.call("run", "--", "sh", "-c", script)).toEqual({
      code: 42,
      stdout: "no line break",
      stderr: "é\n\nlast",
    });
  });

  test("what follows -- is passed on untouched", async () => {
    const words = ["--follow", "-x", "a b", "", "$HOME", "*", "{{x}}", "--"];
    const { stdout } = await home.call("run", "--", "printf", "[%s]", ...words);
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(""));
  });

  test("a command that is not there is refused with the shell's exit code for that", async () => {
    const { code, stderr } = await home.call("run", "--", "no-such-program");
    expect(code).toBe(127);
    expect(stderr).toContain("no-such-program");
  });

  test("Ctrl-C cancels the command and everything that it started", async () => {
    const { child, output, result } = home.begin("run", "--", "sh", "-c", "echo $$; sleep 600 & wait");
    await eventually(() => output.stdout !== "", "the command runs");
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect(code).toBe(130);
    expect(stderr).toContain("cancelling (Ctrl-C again leaves it running)");
    await eventually(() => !isAlive(Number(output.stdout)), "the command is gone");
  });

  test("a command is ended when nobody reads its output any more", async () => {
    const { child, output, result } = home.begin(
      "run",
      "--",
      "sh",
      "-c",
      "echo $$; while :; do echo x; sleep 0.05; done",
    );
    await eventually(() => output.stdout.includes("x"), "the command runs");
    child.stdout?.destroy();
    expect((await result).code).toBe(130);
    await eventually(() => !isAlive(Number.parseInt(output.stdout, 10)), "the command is gone");
  });

  test("killing the orchestrator in the middle loses and doubles no line, and the exit code is the true one", async () => {
    const { output, result } = home.begin("run", "--follow", "--", "sh", "-c", TWENTY);
    await eventually(() => output.stdout.includes("3\n"), "the first lines");
    process.kill(await home.pidOf("orchestrator"), "SIGKILL");
    expect(await result).toMatchObject({ code: 3, stdout: twentyLines });
  });

  test("killing the agent in the middle loses and doubles no line, and the exit code is the true one", async () => {
    const { output, result } = home.begin("run", "--follow", "--", "sh", "-c", TWENTY);
    await eventually(() => output.stdout.includes("3\n"), "the first lines");
    process.kill(await home.pidOf("agent"), "SIGKILL");
    expect(await result).toMatchObject({ code: 3, stdout: twentyLines });
  });

  test("killing PostgreSQL in the middle loses and doubles no line, and the exit code is the true one", async () => {
    const { output, result } = home.begin("run", "--follow", "--", "sh", "-c", TWENTY);
    await eventually(() => output.stdout.includes("3\n"), "the first lines");
    process.kill(await home.pidOf("postgresql"), "SIGKILL");
    expect(await result).toMatchObject({ code: 3, stdout: twentyLines });
  });

  test("a second up in the foreground is refused with the URL; in the background it shows the same and succeeds", async () => {
    const second = await home.call("up", "--port", String(await freePort()));
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining(`already runs on this home at ${url}`) });
    const again = await home.call("up", "--detach");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`Homeslice is ready at ${url}`) });
    const elsewhere = await home.call("up", "--detach", "--port", String(await freePort()));
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining("already runs on another port") });
  });

  test("a lock is taken, shown and released", async () => {
    const taken = await home.call("locks", "acquire", "--type", "maintenance", "--reason", "new disk", "--ttl", "5m");
    const lock = taken.stdout.trim();
    expect((await home.call("locks", "list")).stdout).toContain("new disk");
    expect(await home.call("locks", "release", lock)).toMatchObject({ code: 0, stdout: "" });
    expect((await home.call("locks", "list")).stdout).toBe("There is no lock.\n");
    expect(await home.call("locks", "release", lock)).toMatchObject({ code: 2 });
  });

  test("the audit log is verified", async () => {
    const { code, stdout } = await home.call("audit", "verify", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ intact: true, broken_at: null });
  });

  test("a token opens what its role may do, and nothing without one", async () => {
    const { stdout } = await home.call("token", "--role", "viewer", "--ttl", "5m");
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const headers = { authorization: `Bearer ${stdout.trim()}`, "content-type": "application/json" };
    expect((await fetch(`${url}/api/v1/servers`)).status).toBe(401);
    expect((await fetch(`${url}/api/v1/servers`, { headers })).status).toBe(200);
    const write = await fetch(`${url}/api/v1/servers`, { method: "POST", headers, body: '{"hostname":"x"}' });
    expect(write.status).toBe(403);
    const other = (await home.call("token", "--tenant", "other")).stdout.trim();
    const elsewhere = await fetch(`${url}/api/v1/servers`, { headers: { authorization: `Bearer ${other}` } });
    expect(await elsewhere.json()).toMatchObject({ items: [] });
    expect(await home.call("token", "--role", "king")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("viewer"),
    });
  });

  test("an account that was added logs in with the password that was printed", async () => {
    const added = await home.call("account", "add", "ada", "--role", "viewer");
    expect(added).toMatchObject({ code: 0, stderr: expect.stringContaining("ada can log in as viewer") });
    const body = JSON.stringify({ username: "ada", password: added.stdout.trim() });
    const headers = { "content-type": "application/json", "x-homeslice-request": "1" };
    const login = await fetch(`${url}/auth/login`, { method: "POST", headers, body });
    expect({ status: login.status, answer: await login.json() }).toMatchObject({
      status: 200,
      answer: { caller: { role: "viewer" } },
    });
    expect(await home.call("account", "add", "ada")).toMatchObject({ code: 2, stderr: expect.stringContaining("ada") });
    expect(await home.call("account", "add", "Ada!")).toMatchObject({ code: 2 });
  });

  test("the dashboard is asked for anew each time, and its files are kept", async () => {
    const page = await fetch(`${url}/servers`);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const text = await page.text();
    expect(text).toContain("<title>Homeslice</title>");
    const file = await fetch(url + (/"(\/assets\/[^"]+-[^"]{8,}\.js)"/.exec(text)?.[1] ?? "/assets/none"));
    expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  test("a server that does not exist is named", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const { code, stderr } = await home.call("run", "--server", id, "--", "true");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`there is no server ${id}`) });
    expect((await home.call("run", "--server", "x", "--", "true")).stderr).toContain('"x" is not the id of a server');
  });
});

describe("on a home of its own", () => {
  let home: LocalTestHome;
  afterEach(() => home.dispose());

  test("up, down and up again keep what was there, and down leaves no process", async () => {
    home = new LocalTestHome();
    await home.up();
    const pids = (await home.status()).components.map(({ pid }) => pid ?? 0);
    const supervisor = home.supervisorPid();
    expect(await home.call("down")).toMatchObject({ code: 0, stdout: "Homeslice has ended.\n" });
    for (const pid of [...pids, supervisor]) expect(isAlive(pid)).toBe(false);
    expect(await home.call("down")).toMatchObject({ code: 0, stdout: "Homeslice is not running.\n" });
    const stopped = await home.call("run", "--", "true");
    expect(stopped).toMatchObject({ code: 2, stderr: expect.stringContaining("Start it first: ./homeslice up") });
    const url = await home.up();
    const token = (await home.call("token")).stdout.trim();
    const servers = await fetch(`${url}/api/v1/servers`, { headers: { authorization: `Bearer ${token}` } });
    expect(await servers.json()).toMatchObject({ items: [{ status: { current: "idle" } }] });
  });

  test("Ctrl-C ends what up started in the foreground, in order, and leaves nothing", async () => {
    home = new LocalTestHome();
    const { child, output, result } = home.begin("up", "--port", "0");
    await eventually(() => output.stdout.includes("Homeslice is ready at"), "it is ready", 60_000);
    expect(output.stdout).toContain(`${home.home}/agent-policy.yaml`);
    const pids = (await home.status()).components.map(({ pid }) => pid ?? 0);
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect(code).toBe(0);
    expect(stderr).toMatch(/agent has ended.*orchestrator has ended.*postgresql has ended/s);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    expect(existsSync(`${home.home}/supervisor.lock`)).toBe(false);
  });

  test("Ctrl-C while it starts leaves nothing either", async () => {
    home = new LocalTestHome();
    const { child, output, result } = home.begin("up", "--port", "0");
    await eventually(() => output.stderr.includes("postgresql is running"), "PostgreSQL runs", 60_000);
    child.kill("SIGINT");
    expect((await result).code).toBe(0);
    const { components } = await home.status();
    expect(components.map(({ state }) => state)).toEqual(["stopped", "stopped", "stopped"]);
  });

  test("a second Ctrl-C does not wait for the components to finish", async () => {
    home = new LocalTestHome();
    const { child, output, result } = home.begin("up", "--port", "0");
    await eventually(() => output.stdout.includes("Homeslice is ready at"), "it is ready", 60_000);
    const pids = (await home.status()).components.map(({ pid }) => pid ?? 0);
    const agent = await home.pidOf("agent");
    process.kill(agent, "SIGSTOP"); // it will not heed the first signal
    child.kill("SIGINT");
    await eventually(
      async () => (await home.status()).components.some(({ state }) => state === "stopping"),
      "it stops",
    );
    child.kill("SIGINT");
    expect((await result).code).toBe(130);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
  });

  test("run --follow says when all is out of reach, and goes on when it is back", async () => {
    home = new LocalTestHome();
    await home.up();
    const agent = await home.pidOf("agent");
    const { output, result } = home.begin("run", "--follow", "--", "sh", "-c", "echo begun; sleep 1; echo done");
    await eventually(() => output.stdout !== "", "the command runs");
    process.kill(await home.pidOf("orchestrator"), "SIGSTOP");
    process.kill(agent, "SIGSTOP");
    await eventually(() => output.stderr.includes("waiting"), "run says that it waits", 60_000);
    process.kill(await home.pidOf("orchestrator"), "SIGCONT");
    process.kill(agent, "SIGCONT");
    expect(await result).toMatchObject({ code: 0, stdout: "begun\ndone\n" });
  });

  test("a home that vanishes is told, and the components are ended in order all the same", async () => {
    home = new LocalTestHome();
    const { child, output, result } = home.begin("up", "--port", "0");
    await eventually(() => output.stdout.includes("Homeslice is ready at"), "it is ready", 60_000);
    const pids = (await home.status()).components.map(({ pid }) => pid ?? 0);
    // At once, as a disk goes: what is deleted piece by piece is written anew meanwhile.
    renameSync(home.home, `${home.home}.gone`);
    child.kill("SIGINT");
    const { stderr } = await result;
    expect(stderr).toContain("state.json cannot be written");
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
  });

  test("after kill -9 of everything, and of the supervisor alone, the next up recovers", async () => {
    home = new LocalTestHome();
    await home.up();
    const { components } = await home.status();
    for (const pid of [home.supervisorPid(), ...components.map((component) => component.pid ?? 0)]) {
      process.kill(pid, "SIGKILL");
    }
    await home.up();
    const orphans = (await home.status()).components.map(({ pid }) => pid ?? 0);
    process.kill(home.supervisorPid(), "SIGKILL");
    await eventually(async () => !(await home.status()).ready, "the supervisor is gone");
    expect((await home.status()).components.map(({ state }) => state)).toEqual(["orphaned", "orphaned", "orphaned"]);
    await home.up();
    for (const pid of orphans) expect(isAlive(pid)).toBe(false);
    expect(await home.call("run", "--", "echo", "again")).toEqual({ code: 0, stdout: "again\n", stderr: "" });
  });

  test("of two at once one starts, and both end well", async () => {
    home = new LocalTestHome();
    const port = String(await freePort());
    const results = await Promise.all([1, 2].map(() => home.call("up", "--detach", "--port", port)));
    for (const { code, stdout, stderr } of results) {
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect(stdout).toContain(`Homeslice is ready at http://127.0.0.1:${port}`);
    }
  });

  test("a port in use is named with its user, and nothing is left running", async () => {
    home = new LocalTestHome();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, stderr } = await home.call("up", "--detach", "--port", String(port));
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain("--port");
    expect((await home.status()).components.map(({ state }) => state)).toEqual(["stopped", "stopped", "stopped"]);
  });

  test("neither git nor docker nor go is needed", async () => {
    home = new LocalTestHome();
    const tools = join(home.directory, "tools");
    mkdirSync(tools);
    symlinkSync("/usr/bin/unshare", join(tools, "unshare")); // for root; part of every Linux system
    home.env["PATH"] = tools;
    await home.up();
    expect(await home.call("run", "--", "/bin/echo", "bare")).toEqual({ code: 0, stdout: "bare\n", stderr: "" });
  });
});
