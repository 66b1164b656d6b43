import { isWithin } from "../files.ts";
import type { Hidden } from "./hidden.ts";

export interface View {
  readonly isolation: "standard" | "strict";
  readonly hidden: readonly Hidden[];
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
export function bubblewrapArguments(view: View): string[] {
  const shared = ["--unshare-pid", "--new-session", "--die-with-parent"];
  const hidden = hiding(view.hidden, view.own);
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
function hiding(hidden: readonly Hidden[], own: string): string[] {
  const kinds = new Map(hidden.map(({ path, kind }) => [path, kind]));
  return [...kinds].flatMap(([path, kind]) => {
    const isOutermost = !hidden.some((other) => other.path !== path && isWithin(path, other.path));
    if (kind === undefined || !isOutermost || isWithin(path, own)) return [];
    return kind === "directory" ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path];
  });
}
