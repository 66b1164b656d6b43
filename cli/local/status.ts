import { checkLayout, locateHome } from "./home.ts";
import { readStatus, type Status } from "./state.ts";
import { alignedLines } from "./table.ts";

/** `status`: what runs on this machine. Succeeds whatever that is: scripts look at `ready`. */
export function status({ json = false }: { readonly json?: boolean }): void {
  const home = locateHome();
  checkLayout(home);
  const current = readStatus(home);
  process.stdout.write(json ? `${JSON.stringify(current, null, 2)}\n` : table(current));
}

function table({ ready, url, home, components }: Status): string {
  const rows = [
    ["COMPONENT", "STATE", "PID", "SINCE"],
    ...components.map(({ name, state, pid, since }) => [name, state, String(pid ?? "-"), since ?? "-"]),
  ];
  const headline =
    url === null ? "Homeslice is not running" : `Homeslice is ${ready ? "ready" : "not ready"} at ${url}`;
  return `${headline}\nData in ${home}\n\n${alignedLines(rows)}`;
}
