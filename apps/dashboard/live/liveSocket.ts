import { closeCode } from "@homeslice/protocol/closeCode.ts";

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

interface LiveSocketOptions {
  /** Path of the live view on the orchestrator that served this page. */
  readonly path: string;
  /** What is sent once on each connection. */
  readonly hello: object;
  readonly onMessage: (message: unknown) => void;
  /** Told whenever a connection is there, and when there is none any more. */
  readonly onConnection?: (isOpen: boolean) => void;
  /** Told when nobody is logged in: it is over then. */
  readonly onLoggedOut: () => void;
  readonly connect?: (url: string) => Pick<WebSocket, "addEventListener" | "send" | "close">;
  readonly later?: (action: () => void, milliseconds: number) => void;
}

/** Follows a live view that begins anew with each connection, over as many as it takes. @returns ends it */
export function followLive(options: LiveSocketOptions): () => void {
  const { path, hello, onMessage, onConnection, onLoggedOut } = options;
  const connect = options.connect ?? ((url) => new WebSocket(url));
  const later = options.later ?? ((action, milliseconds) => void setTimeout(action, milliseconds));
  let ended = false;
  let backoff = FIRST_BACKOFF_MS;
  let current: ReturnType<typeof connect> | undefined;
  const open = () => {
    if (ended) return;
    const socket = connect(`${globalThis.location.origin.replace(/^http/, "ws")}${path}`);
    current = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify(hello));
      onConnection?.(true);
    });
    socket.addEventListener("message", ({ data }) => {
      // Only now: one may also be let in to be refused at once.
      backoff = FIRST_BACKOFF_MS;
      if (!ended) onMessage(JSON.parse(String(data)));
    });
    socket.addEventListener("close", ({ code }) => {
      if (ended) return;
      onConnection?.(false);
      if (code === closeCode.not_authenticated) return onLoggedOut();
      later(open, backoff);
      backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
    });
  };
  open();
  return () => {
    ended = true;
    current?.close();
  };
}
