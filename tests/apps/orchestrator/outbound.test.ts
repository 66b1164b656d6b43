import { Outbound } from "@homeslice/orchestrator/notifications/outbound.ts";
import { afterAll, describe, expect, test } from "vitest";
import { Receiver } from "./receiver.ts";

const receiver = await Receiver.start();
const { port } = new URL(receiver.url);

const closed = new Outbound({ allowedNetworks: [] });
const open = new Outbound({ allowedNetworks: ["127.0.0.0/8"] });
afterAll(async () => {
  await closed.close();
  await open.close();
});

describe("a request to an address that a user gave", () => {
  test.each([
    `http://127.0.0.1:${port}/`,
    `http://localhost:${port}/`,
    `http://2130706433:${port}/`,
    `http://0x7f.1:${port}/`,
    `http://0177.0.0.1:${port}/`,
    `http://[::1]:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://[::ffff:7f00:1]:${port}/`,
    `http://[64:ff9b::7f00:1]:${port}/`,
    `http://0.0.0.0:${port}/`,
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
  ])("never goes to %s", async (url) => {
    await expect(closed.post(url, {}, "{}")).rejects.toThrow("is an internal address");
    expect(receiver.got).toEqual([]);
  });

  test("goes into a network that is allowed, and nowhere else", async () => {
    await open.post(`http://localhost:${port}/`, {}, "{}");
    expect(receiver.got).toHaveLength(1);
    await expect(open.post("http://10.0.0.1/", {}, "{}")).rejects.toThrow("is an internal address");
  });

  test("is not sent on to where the answer points", async () => {
    receiver.got.length = 0;
    receiver.answer = { status: 307, location: `http://127.0.0.1:${port}/elsewhere` };
    await expect(open.post(receiver.url, {}, "{}")).rejects.toThrow("the other side answered 307");
    expect(receiver.got).toHaveLength(1);
  });

  test("that nobody takes says so", async () => {
    await expect(open.post("http://127.0.0.1:1/", {}, "{}")).rejects.toThrow("ECONNREFUSED");
  });
});
