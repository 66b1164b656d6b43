import { once } from "node:events";
import { ExecutionFeed, type FeedOptions } from "@homeslice/dashboard/live/executionFeed.ts";
import { afterEach, expect, test } from "vitest";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import { eventually } from "../../support/eventually.ts";

const server = "0190a1b2-0000-7000-8000-000000000001";
const entry = (seq: number) => ({
  server_id: server,
  seq,
  stream: "stdout",
  text: `${seq}\n`,
  at: "2026-11-21T00:00:00.000Z",
});

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A live view that answers each connection as the test says. */
async function liveView(
  answer: (peer: Peer, follow: { after: Record<string, number> }, connection: number) => void,
  options: Pick<FeedOptions, "onLoggedOut"> = {},
) {
  const listener = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(listener, "listening");
  let connections = 0;
  listener.on("connection", (peer) => {
    const number = ++connections;
    peer.once("message", (data) => answer(peer, JSON.parse(String(data)), number));
  });
  ends.push(() => {
    for (const client of listener.clients) client.terminate();
    listener.close();
  });
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  const waits: number[] = [];
  const gathered: (() => void)[] = [];
  const feed = new ExecutionFeed({
    ...options,
    url: `ws://127.0.0.1:${address.port}`,
    later: (action, milliseconds) => {
      if (milliseconds < 50) gathered.push(action);
      else {
        waits.push(milliseconds);
        setImmediate(action);
      }
    },
  });
  return { feed, waits, gathered };
}

test("UF2: a connection that dies goes on after the last line held, and no line is lost or doubled", async () => {
  const { feed, waits } = await liveView((peer, { after }, connection) => {
    const from = after[server] ?? 0;
    // The first breaks in the middle; the second sends some again that were sent before.
    const first = connection === 1 ? 1 : Math.max(1, from - 1);
    peer.send(JSON.stringify({ type: "log", entries: [0, 1, 2, 3].map((offset) => entry(first + offset)) }), () =>
      peer.terminate(),
    );
  });
  ends.push(feed.subscribe(() => {}));
  await eventually(() => (feed.state.log.held[server] ?? 0) >= 10, "ten lines are held");
  const texts = feed.state.log.all.lines.map(({ text }) => text);
  expect(texts).toEqual(texts.map((_, index) => String(index + 1)));
  expect(waits.length).toBeGreaterThanOrEqual(2);
});

test("UF8: a burst of messages is told once, also where a hidden tab paints nothing", async () => {
  const { feed, gathered } = await liveView((peer) => {
    for (let seq = 1; seq <= 500; seq++) peer.send(JSON.stringify({ type: "log", entries: [entry(seq)] }));
  });
  let told = 0;
  ends.push(
    feed.subscribe(() => {
      told++;
    }),
  );
  await eventually(() => feed.state.log.held[server] === 500, "all lines are held");
  expect(gathered).toHaveLength(1);
  for (const tell of gathered.splice(0)) tell();
  expect(told).toBe(1);
});

test("U10: an execution that one may not see is told with the reason, and not asked for again", async () => {
  const { feed, waits } = await liveView((peer) => peer.close(4404, "no such execution"));
  ends.push(feed.subscribe(() => {}));
  await eventually(() => feed.state.connection === "ended", "it ends");
  expect(feed.state.refused).toEqual({ code: 4404, reason: "no such execution" });
  expect(waits).toEqual([]);
});

test("UF5: a session that is over ends no view: it waits for the next login, and goes on after the last line held", async () => {
  const asked: number[] = [];
  let endings = 0;
  const answer: Parameters<typeof liveView>[0] = (peer, { after }) => {
    const held = after[server] ?? 0;
    asked.push(held);
    peer.send(JSON.stringify({ type: "log", entries: [entry(held + 1)] }), () => peer.close(4401, "it is over"));
  };
  const { feed, waits } = await liveView(answer, { onLoggedOut: () => void endings++ });
  ends.push(feed.subscribe(() => {}));
  await eventually(() => endings === 1, "it is told");
  expect(feed.state).toMatchObject({ connection: "lost", refused: { code: 4401 } });
  expect(waits).toEqual([]);
  feed.resume();
  await eventually(() => endings === 2, "it has gone on");
  expect(asked).toEqual([0, 1]);
});

test("too many views at once are no end: it is tried again, less and less often", async () => {
  const { feed, waits } = await liveView((peer) => peer.close(4429, "too many"));
  ends.push(feed.subscribe(() => {}));
  await eventually(() => waits.length >= 4, "it tries again");
  expect(feed.state.connection).not.toBe("ended");
  expect(waits.slice(0, 3)).toEqual([100, 200, 400]);
});

test("nobody listening closes the connection, and does not open another", async () => {
  let closed = 0;
  const { feed, waits } = await liveView((peer) => {
    peer.on("close", () => {
      closed++;
    });
  });
  const end = feed.subscribe(() => {});
  await eventually(() => feed.state.connection === "open", "it is open");
  end();
  await eventually(() => closed === 1, "the connection is closed");
  expect(waits).toEqual([]);
});
