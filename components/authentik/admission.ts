import { type Config, type Role, roles } from "@homeslice/config";
import type { Access } from "../kit/index.ts";

/** The groups that may use a service: those of the role that it asks for and above, and those named for it besides. */
export function admittedGroups(
  service: string,
  access: Exclude<Access, { by: "everyone" }>,
  settings: Config["access"],
): string[] {
  const enough = roles.slice(roles.indexOf(access.role));
  return unique([...enough.flatMap((role) => settings.roles[role]), ...(settings.services[service] ?? [])]);
}

/** Every group that anything is granted to. */
export function allGroups({ roles: byRole, services }: Config["access"]): string[] {
  const granted: readonly (readonly string[])[] = [
    ...roles.map((role: Role) => byRole[role]),
    ...Object.values(services),
  ];
  return unique(granted.flat());
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
