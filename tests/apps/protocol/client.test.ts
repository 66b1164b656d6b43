import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { ClientError, createClient } from "@homeslice/protocol";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";

/** How the next answer breaks off, its beginning being there. */
let breakOff: (response: ServerResponse) => void = () => {};
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"items": [', () => breakOff(response));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = z.object({ port: z.int() }).parse(server.address());
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.for([
  ["goes silent", () => {}],
  ["is cut", (response: ServerResponse) => response.destroy()],
] as const)("an answer that begins and then %s is none", async ([, how]) => {
  breakOff = how;
  const url = `http://127.0.0.1:${port}`;
  const error = await createClient({ url, timeoutMs: 300 })
    .call("listServers")
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ problem: { status: 0, code: "unreachable" } });
});
