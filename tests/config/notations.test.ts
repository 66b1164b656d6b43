import { bytesOf } from "@homeslice/config";
import { cpu, domainName, imageReference, millicoresOf, size } from "@homeslice/config/notations.ts";
import { describe, expect, it } from "vitest";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const accepted: readonly [name: string, notation: typeof size, texts: readonly string[]][] = [
  ["a domain name", domainName, ["example.org", "a.bc", "home.example.org", "xn--bcher-kva.example", "1.example.org"]],
  ["a size", size, ["1Mi", "512Mi", "20Gi", "1Ti"]],
  ["an amount of CPU", cpu, ["1", "16", "250m", "0.5", "0.25", "0.125"]],
  [
    "an image",
    imageReference,
    [
      `redis.io/redis@${digest}`,
      `docker.io/library/redis:8.4.0@${digest}`,
      "localhost:5000/a/b:1",
      "ghcr.io/x/latest:2",
    ],
  ],
];
const refused: readonly [name: string, notation: typeof size, texts: readonly string[]][] = [
  [
    "a domain name",
    domainName,
    ["", "org", ".org", "a..b", "-a.org", "a-.org", "a.b.", "a_b.org", "a b.org", "1.2.3.4"],
  ],
  ["a size", size, ["", "0Gi", "1.5Gi", "1G", "1gi", "1 Gi", "Gi", "1e3Mi"]],
  ["an amount of CPU", cpu, ["", "0", "0m", "0.0", "1.5m", "1 core", "-1"]],
  [
    "an image",
    imageReference,
    ["", "redis:8", "redis", "a/b", "a/b:", "a/b@sha256:abc", "A/b:1", `a/b:latest@${digest}`],
  ],
];

describe.each(accepted)("%s", (_name, notation, texts) => {
  it.each(texts)("may be written %s", (text) => expect(notation.safeParse(text).success).toBe(true));
});

describe.each(refused)("%s", (_name, notation, texts) => {
  it.each(texts)("may not be written %j", (text) => expect(notation.safeParse(text).success).toBe(false));
});

it("sizes and amounts of CPU are compared by what they mean", () => {
  expect(bytesOf("1Gi")).toBe(bytesOf("1024Mi"));
  expect(bytesOf("1Ti")).toBe(bytesOf("1024Gi"));
  expect(millicoresOf("0.5")).toBe(millicoresOf("500m"));
  expect(millicoresOf("2")).toBe(2000);
});
