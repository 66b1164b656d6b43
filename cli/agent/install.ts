import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import { configFile, type Installation, POLICY, paths, unitFile } from "./files.ts";
import { BUILT, buildAgent } from "./program.ts";

const CHECKOUT = resolve(import.meta.dirname, "../..");
const SERVICE = "homeslice-agent";
/** Places that the unit keeps out of the agent's sight. */
const OUT_OF_SIGHT = ["/root", "/home", "/run/user", "/tmp", "/var/tmp"];

const Options = z.object({
  url: z.url({ protocol: /^https?$/, error: "give the base URL of the orchestrator" }).optional(),
  token: z.string().min(1).optional(),
  name: z.string().min(1).max(253).optional(),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "use the name of a system user")
    .default("homeslice-agent"),
  root: z.string().startsWith("/", "give an absolute path").default("/"),
  dryRun: z.boolean().default(false),
  purge: z.boolean().default(false),
});

interface Entry {
  readonly path: string;
  readonly mode: number;
  /** Undefined for a directory. */
  readonly content?: string;
  /** Whether what is there already stays as it is. */
  readonly keep?: boolean;
}

/** Makes this machine a server of an orchestrator: program, user, directories, settings, unit; then starts the service. */
export async function installAgent(given: unknown): Promise<void> {
  const { url, token, name, user, root, dryRun } = parseOptions(given);
  if (url === undefined || token === undefined) {
    throw new UserError({
      code: "agent.options",
      what: "an agent needs the address of its orchestrator and an enrolment token",
      fix: `Register ${hostname()} at the orchestrator, then: ./homeslice agent install --url URL --token TOKEN`,
    });
  }
  const installation = { url: url.replace(/\/+$/, ""), name, user, node: process.execPath, checkout: CHECKOUT };
  const entries = entriesOf(installation, token);
  if (dryRun) {
    print(entries, token);
    return;
  }
  const real = root === "/";
  if (real) requireRootAndReach(installation);
  if (real) await buildAgent(join(CHECKOUT, BUILT));
  if (real && !existsUser(user))
    run("useradd", "--system", "--home-dir", paths.state, "--shell", "/usr/sbin/nologin", user);
  for (const entry of entries) write(entry, root);
  if (!real) {
    say(`written below ${root}`);
    return;
  }
  run("chown", "-R", `${user}:${user}`, paths.settings, paths.state);
  run("systemctl", "daemon-reload");
  run("systemctl", "enable", "--now", SERVICE);
  say(`${SERVICE} is installed and runs; its log: journalctl -u ${SERVICE}`);
}

/** Takes the service off this machine; key, journal and settings stay unless they are to be purged. */
export function uninstallAgent(given: unknown): void {
  const { root, dryRun, purge } = parseOptions(given);
  const gone = [paths.unit, ...(purge ? [paths.settings, paths.state] : [])].map((path) => join(root, path));
  if (dryRun) {
    say(`would stop ${SERVICE} and remove ${gone.join(", ")}`);
    return;
  }
  const real = root === "/";
  if (real && existsSync(paths.unit)) run("systemctl", "disable", "--now", SERVICE);
  for (const path of gone) rmSync(path, { recursive: true, force: true });
  if (real) run("systemctl", "daemon-reload");
  say(`removed ${gone.join(", ")}`);
}

function entriesOf(installation: Installation, token: string): Entry[] {
  return [
    { path: paths.settings, mode: 0o700 },
    { path: paths.secrets, mode: 0o700 },
    { path: paths.state, mode: 0o700 },
    { path: paths.config, mode: 0o600, content: configFile(installation) },
    { path: paths.token, mode: 0o600, content: `${token}\n` },
    { path: paths.policy, mode: 0o600, content: POLICY, keep: true },
    { path: paths.unit, mode: 0o644, content: unitFile(installation) },
  ];
}

function write({ path, mode, content, keep }: Entry, root: string): void {
  const target = join(root, path);
  if (keep && existsSync(target)) return;
  mkdirSync(content === undefined ? target : dirname(target), { recursive: true });
  if (content !== undefined) writeFileSync(target, content, { mode });
  chmodSync(target, mode);
}

/** A token is no more to be shown than to be logged. */
function print(entries: readonly Entry[], token: string): void {
  for (const { path, mode, content } of entries) {
    const shown = content?.replaceAll(token, "(the token)") ?? "(directory)\n";
    say(`# ${path}, mode ${mode.toString(8).padStart(4, "0")}\n${shown}`);
  }
}

function requireRootAndReach({ node, checkout }: Installation): void {
  const fault = (what: string, fix: string) => new UserError({ code: "agent.install", what, fix });
  if (process.getuid?.() !== 0) throw fault("a service is installed by root", "Run the command with sudo.");
  if (!existsSync("/run/systemd/system")) {
    throw fault("systemd does not run this machine", "With --dry-run the command shows what another supervisor needs.");
  }
  const hidden = [node, checkout].find((path) => OUT_OF_SIGHT.some((place) => path.startsWith(`${place}/`)));
  if (hidden !== undefined) {
    throw fault(
      `the service could not read ${hidden}`,
      "Put the checkout and Node elsewhere, for example into /opt/homeslice.",
    );
  }
}

function existsUser(user: string): boolean {
  try {
    execFileSync("id", ["-u", user], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function parseOptions(given: unknown): z.output<typeof Options> {
  const parsed = Options.safeParse(given);
  if (parsed.success) return parsed.data;
  const what = parsed.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("; ");
  throw new UserError({ code: "agent.options", what, fix: "Run ./homeslice agent install --help." });
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: "inherit" });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
