import { UserError } from "@homeslice/config/errors.ts";
import type { AuditVerification } from "@homeslice/protocol/audit.ts";
import { ownClient } from "./api.ts";
import { checkLayout, locateHome } from "./home.ts";
import { readStatus } from "./state.ts";

/** Exit code when the log is not what it was. */
const EXIT_BROKEN = 1;

/** `audit verify`: checks the whole audit log. @throws UserError `local.stopped` */
export async function verifyAudit({ json = false }: { readonly json?: boolean }): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  const { url } = readStatus(home);
  if (url === null) {
    throw new UserError({
      code: "local.stopped",
      what: "Homeslice is not running",
      where: home.root,
      fix: "Start it: ./homeslice up",
    });
  }
  const found = await (await ownClient(home, url, "admin")).call("verifyAudit");
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : `${describe(found)}\n`);
  if (!found.intact) process.exitCode = EXIT_BROKEN;
}

function describe({ intact, checked, unsealed, head, broken_at }: AuditVerification): string {
  if (!intact) return `The audit log was altered: entry ${broken_at} is not what it was, or is missing.`;
  const newest =
    head === null
      ? ""
      : `\nNewest link: ${head.position} ${head.hash}\nKeep it elsewhere: it shows later whether the end was cut off.`;
  return `The audit log is intact: ${checked} entries checked, ${unsealed} not sealed yet.${newest}`;
}
