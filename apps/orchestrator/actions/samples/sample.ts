import type { NewAction, ParameterDefinition } from "@homeslice/protocol";
import type { z } from "zod";

/** A template for what nearly everybody needs, as somebody would write it. */
export type Sample = z.input<typeof NewAction>;
type Parameter = z.input<typeof ParameterDefinition>;
type Argv = [string, ...string[]];

/**
 * A script, for what one program alone cannot do: whoever allows single programs on a server need not allow a shell for the
 * rest. It is a constant: parameters reach it as $1, $2 …, never as a part of it.
 * @param tool what it needs and not every server has: without it, it says so and ends with 69
 */
export function script(text: string, parameters: readonly string[] = [], tool?: string): Argv {
  const missing = `echo "${tool} is not installed on this server: nothing was done" >&2; exit 69`;
  const guard = tool === undefined ? "" : `command -v ${tool} >/dev/null || { ${missing}; }\n`;
  return ["/bin/sh", "-c", `set -eu\n${guard}${text.trim()}`, "sample", ...parameters.map((name) => `{{${name}}}`)];
}

export const unit: Parameter = {
  type: "string",
  description: "systemd unit, for example nginx.service",
  validation: { format: "name" },
};
export const path: Parameter = {
  type: "string",
  description: "absolute path",
  validation: { format: "absolute_path" },
};
/** Where something is deleted or written: never a directory that the system itself lives in. */
export const deepPath: Parameter = {
  type: "string",
  description: "absolute path, at least two directories deep, for example /var/backups",
  validation: { format: "absolute_path", pattern: "(/[^/]+){2,}" },
};
export const host: Parameter = {
  type: "string",
  description: "name or address of a host",
  validation: { format: "hostname" },
};
export const port: Parameter = { type: "integer", default: 443, validation: { min: 1, max: 65_535 } };

export function count(description: string, byDefault: number, max: number): Parameter {
  return { type: "integer", description, default: byDefault, validation: { min: 1, max } };
}

/** Changes something, one at a time on a server, and may be done again. */
export const careful = { requires_lock: true, idempotent: true } as const;
