import { UserError } from "@homeslice/config/errors.ts";
import { attach, startInBackground } from "./background.ts";
import { showChanges, showReady } from "./display.ts";
import { type LocalHome, locateHome } from "./home.ts";
import { parsePort } from "./options.ts";
import { isSupervised, readRecord } from "./state.ts";
import { supervise } from "./supervisor.ts";

const DEFAULT_PORT = 8080;
/** Exit code of a program that Ctrl-C ended the hard way. */
const EXIT_INTERRUPTED = 130;

export interface UpOptions {
  /** Return when it is ready and leave it running. */
  readonly detach?: boolean;
  /** Default 8080; 0 takes any free port. */
  readonly port?: string;
}

/** `up` without a stack: runs Homeslice on this machine, in the foreground until Ctrl-C, or in the background. */
export async function up(options: UpOptions): Promise<void> {
  const home = locateHome();
  const port = options.port === undefined ? undefined : parsePort(options.port);
  if (options.detach) await inBackground(home, port);
  else await inForeground(home, port ?? DEFAULT_PORT);
}

async function inForeground(home: LocalHome, port: number): Promise<void> {
  // The terminal may be closed before everything has ended in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const show = showChanges();
  let told = false;
  const end = await supervise(home, port, (record, notice) => {
    show(record, notice);
    if (record.ready && !told) showReady(home, record, "Ctrl-C");
    told ||= record.ready;
  });
  if (end === "killed") process.exitCode = EXIT_INTERRUPTED;
}

/** Asking for what is there already is no mistake: it shows the same and succeeds, unless a different port was asked for. */
async function inBackground(home: LocalHome, port: number | undefined): Promise<void> {
  const running = isSupervised(readRecord(home));
  const record = running ? await attach(home) : await startInBackground(home, port ?? DEFAULT_PORT, showChanges());
  if (record === undefined) {
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  if (running && port && new URL(record.url).port !== String(port)) {
    throw new UserError({
      code: "local.running",
      what: `Homeslice already runs on another port, at ${record.url}`,
      where: home.root,
      fix: "End it first: ./homeslice down",
    });
  }
  showReady(home, record, "./homeslice down");
}
