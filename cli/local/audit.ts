import type { AuditVerification } from "@homeslice/protocol/audit.ts";
import { runningClient } from "./api.ts";
import { checkLayout, locateHome } from "./home.ts";

/** Exit code when the log is not what it was. */
const EXIT_BROKEN = 1;

/** `audit verify`: checks the whole audit log. @throws UserError `local.stopped` */
export async function verifyAudit({ json = false }: { readonly json?: boolean }): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  const found = await (await runningClient(home, "admin")).call("verifyAudit");
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
