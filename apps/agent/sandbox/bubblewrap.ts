import { stat } from "node:fs/promises";
import { isWithin } from "../files.ts";

export interface View {
  readonly isolation: "standard" | "strict";
  /** What the command must not see. */
  readonly hidden: readonly string[];
  /** What it may read all the same, if it is there. */
  readonly shown: readonly string[];
  /** What it must see and may write, even where that lies in something hidden. */
  readonly own: string;
  readonly writable: readonly string[];
  readonly network: boolean;
  /** File descriptor that the seccomp filter is read from. */
  readonly seccomp: number | undefined;
}

/** The arguments of bubblewrap that give a command its view of the system; the command follows them. */
export async function bubblewrapArguments(view: View): Promise<string[]> {
  const shared = ["--unshare-pid", "--new-session", "--die-with-parent"];
  const hidden = await hiding(view.hidden, view.own);
  const own = ["--bind", view.own, view.own, ...view.shown.flatMap((path) => ["--ro-bind-try", path, path])];
  if (view.isolation === "standard")
    return ["--dev-bind", "/", "/", ...shared, "--proc", "/proc", ...hidden, ...own, "--"];
  return [
    ...["--ro-bind", "/", "/", "--unshare-all", ...(view.network ? ["--share-net"] : []), ...shared],
    ...["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run", "--cap-drop", "ALL"],
    ...view.writable.flatMap((path) => ["--bind-try", path, path]),
    ...hidden,
    ...own,
    ...(view.seccomp === undefined ? [] : ["--seccomp", String(view.seccomp)]),
    "--",
  ];
}

/** An empty directory over each directory, and an empty file over each file; what is not there cannot be seen. */
async function hiding(paths: readonly string[], own: string): Promise<string[]> {
  const outermost = paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
  const found = await Promise.all(
    [...new Set(outermost)].map(async (path) => {
      const kind = await stat(path).catch(() => undefined);
      if (kind === undefined || isWithin(path, own)) return [];
      return kind.isDirectory() ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path];
    }),
  );
  return found.flat();
}
