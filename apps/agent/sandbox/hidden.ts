import { type BigIntStats, statSync } from "node:fs";
import { stat } from "node:fs/promises";

/** A path that a command must not see, and what lies there. */
export interface Hidden {
  readonly path: string;
  /** Undefined when nothing is to be seen. */
  readonly kind: "directory" | "file" | undefined;
  /** Another thing at the path has another one, later too: a number alone may be given to the next file. */
  readonly identity: string | undefined;
}

/** Looks at what is to be hidden, wherever that is. */
export async function lookAt(path: string): Promise<Hidden> {
  return describe(path, await stat(path, { bigint: true }).catch(() => undefined));
}

/** The same for what is the agent's own: that is sooner looked at than handed to another thread. */
export function lookAtOwn(path: string): Hidden {
  try {
    return describe(path, statSync(path, { bigint: true }));
  } catch {
    return describe(path, undefined);
  }
}

function describe(path: string, found: BigIntStats | undefined): Hidden {
  if (found === undefined) return { path, kind: undefined, identity: undefined };
  const kind = found.isDirectory() ? "directory" : "file";
  return { path, kind, identity: `${found.dev}:${found.ino}:${found.birthtimeNs}` };
}
