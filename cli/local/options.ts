import { UserError } from "@homeslice/config/errors.ts";
import { Role, roles } from "@homeslice/protocol/access.ts";

/** Reads the value of `--port`. @throws UserError `option.invalid` */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UserError({
    code: "option.invalid",
    where: "--port",
    what: `${JSON.stringify(text)} is not a port`,
    fix: "Give a number from 1 to 65535, or 0 for any free port.",
  });
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const MAX_TTL_DAYS = 366;

/** Reads a duration such as `90s`, `15m`, `1h` or `7d`; in seconds. @throws UserError `option.invalid` */
export function parseTtl(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const factor = Object.entries(SECONDS).find(([name]) => name === unit)?.[1] ?? 0;
  const seconds = Number(digits) * factor;
  if (seconds > 0 && seconds <= MAX_TTL_DAYS * SECONDS.d) return seconds;
  throw new UserError({
    code: "option.invalid",
    where: "--ttl",
    what: `${JSON.stringify(text)} is not a duration`,
    fix: `Give a number with a unit, for example 15m, 1h or 7d; at most ${MAX_TTL_DAYS}d.`,
  });
}

/** The name of a role. */
export function parseRole(text: string): Role {
  const role = Role.safeParse(text);
  if (role.success) return role.data;
  throw new UserError({
    code: "option.invalid",
    where: "--role",
    what: `there is no role ${JSON.stringify(text)}`,
    fix: `Choose one of ${roles.join(", ")}.`,
  });
}
