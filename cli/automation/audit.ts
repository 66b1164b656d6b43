import type { AuditVerification } from "@homeslice/protocol/audit.ts";
import { openFor } from "./client.ts";
import { type Shown, show } from "./show.ts";

/** Exit code when the log is not what it was. */
const EXIT_BROKEN = 1;

/** `audit verify`: checks the whole audit log. @throws UserError `audit.refused`, as `locateEndpoint` */
export async function verifyAudit(shown: Shown): Promise<void> {
  const found = await (await openFor("audit")).call("verifyAudit");
  show(found, shown, describe);
  if (!found.intact) process.exitCode = EXIT_BROKEN;
}

function describe({ intact, checked, unsealed, head, broken_at }: AuditVerification): string {
  if (!intact) return `The audit log was altered: entry ${broken_at} is not what it was, or is missing.\n`;
  const newest =
    head === null
      ? ""
      : `\nNewest link: ${head.position} ${head.hash}\nKeep it elsewhere: it shows later whether the end was cut off.`;
  return `The audit log is intact: ${checked} entries checked, ${unsealed} not sealed yet.${newest}\n`;
}
