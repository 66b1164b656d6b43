import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "@homeslice/config/errors.ts";
import { isFree } from "../process/freePort.ts";

/** @throws UserError `port.used`, naming who uses the port when the system tells */
export async function requireFree(port: number): Promise<void> {
  if (await isFree(port)) return;
  const user = await userOf(port);
  throw new UserError({
    code: "port.used",
    what: `port ${port} of 127.0.0.1 is in use${user ? ` by ${user}` : ""}`,
    fix: `End that program, or choose another port: ./homeslice up --port ${port === 65_535 ? port - 1 : port + 1}`,
  });
}

/** Name and id of the process that listens on a port, where the usual tool for that is installed. */
async function userOf(port: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") {
      const { stdout } = await promisify(execFile)("ss", ["-Hltnp", `sport = :${port}`]);
      const [, name, pid] = /\("([^"]+)",pid=(\d+)/.exec(stdout) ?? [];
      return name && `${name} (process ${pid})`;
    }
    const { stdout } = await promisify(execFile)("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
    const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(stdout) ?? [];
    return name && `${name} (process ${pid})`;
  } catch {
    return undefined; // not installed, or not allowed to see it
  }
}
