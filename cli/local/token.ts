import { TenantId } from "@homeslice/protocol/access.ts";
import { ownToken } from "./api.ts";
import { checkLayout, locateHome } from "./home.ts";
import { invalidOption, parseRole, parseTtl } from "./options.ts";

export interface TokenOptions {
  readonly role: string;
  readonly tenant: string;
  readonly ttl: string;
}

/** `token`: prints a bearer token for the API and nothing else. */
export async function token(options: TokenOptions): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  const tenant = parseTenant(options.tenant);
  const text = await ownToken(home, parseRole(options.role), parseTtl(options.ttl), tenant);
  process.stdout.write(`${text}\n`);
}

function parseTenant(text: string): string {
  const tenant = TenantId.safeParse(text);
  if (tenant.success) return tenant.data;
  throw invalidOption(
    "--tenant",
    `${JSON.stringify(text)} cannot be the name of a tenant`,
    "Use 1 to 63 lower case letters, digits or dashes.",
  );
}
