import { UserError } from "@homeslice/config/errors.ts";
import { Role, roles } from "@homeslice/protocol/access.ts";
import { ServerId } from "@homeslice/protocol/ids.ts";

/** What is said of a value that cannot be what it was given for. */
export function invalidOption(where: string, what: string, fix: string): UserError {
  return new UserError({ code: "option.invalid", where, what, fix });
}

/** Reads the value of `--port`. @throws UserError `option.invalid` */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw invalidOption(
    "--port",
    `${JSON.stringify(text)} is not a port`,
    "Give a number from 1 to 65535, or 0 for any free port.",
  );
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const MAX_TTL_DAYS = 366;

/** Reads a duration such as `90s`, `15m`, `1h` or `7d`; in seconds. @throws UserError `option.invalid` */
export function parseTtl(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const factor = Object.entries(SECONDS).find(([name]) => name === unit)?.[1] ?? 0;
  const seconds = Number(digits) * factor;
  if (seconds > 0 && seconds <= MAX_TTL_DAYS * SECONDS.d) return seconds;
  throw invalidOption(
    "--ttl",
    `${JSON.stringify(text)} is not a duration`,
    `Give a number with a unit, for example 15m, 1h or 7d; at most ${MAX_TTL_DAYS}d.`,
  );
}

/** The name of a role. */
export function parseRole(text: string): Role {
  const role = Role.safeParse(text);
  if (role.success) return role.data;
  throw invalidOption("--role", `there is no role ${JSON.stringify(text)}`, `Choose one of ${roles.join(", ")}.`);
}

/** The id of a server. @throws UserError `option.invalid` */
export function parseServer(text: string): string {
  const id = ServerId.safeParse(text);
  if (id.success) return id.data;
  throw invalidOption(
    "--server",
    `${JSON.stringify(text)} is not the id of a server`,
    "Give a server_id as GET /api/v1/servers lists them.",
  );
}
