import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import type { ServiceHealth } from "@homeslice/protocol/operations/index.ts";
import { CheckError, type Findings } from "../checks/check.ts";

type SystemdProbe = Extract<ServiceHealth["probe"], { kind: "systemd" }>;

/** Only there when systemd runs this server (sd_booted(3)). */
const BOOTED = "/run/systemd/system";

/** A unit that is not there is `not-found`, which systemd itself calls inactive. @throws CheckError where systemd does not run */
export async function probeSystemd({ unit, state }: SystemdProbe, findings: Findings): Promise<string> {
  await access(BOOTED).catch(() => {
    throw new CheckError("systemd does not run this server: its units cannot be asked for");
  });
  const args = ["show", "--property=LoadState,ActiveState", "--", unit];
  const { stdout } = await promisify(execFile)("systemctl", args, { encoding: "utf8" });
  const found = /^LoadState=not-found$/m.test(stdout) ? "not-found" : (/^ActiveState=(.*)$/m.exec(stdout)?.[1] ?? "");
  findings.add("state", found === state, state, found);
  return found;
}
