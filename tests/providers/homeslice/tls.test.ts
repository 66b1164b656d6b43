import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { Transport, transportDefaults } from "@homeslice/provider/http/transport.ts";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

let server: Server;
let url: string;
let certificate: string;

beforeAll(async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const extensions = [new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])];
  x509.cryptoProvider.set(webcrypto);
  const issued = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=auth",
    keys,
    signingAlgorithm: algorithm,
    extensions,
  });
  certificate = issued.toString("pem");
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  server = createServer({ cert: certificate, key }, (_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  url = `https://127.0.0.1:${port}/`;
});

afterAll(() => server.close());

async function ask(settings: { caCert?: string; insecureSkipVerify?: boolean }): Promise<number> {
  const transport = new Transport({
    ...transportDefaults,
    retry: { ...transportDefaults.retry, retries: 0 },
    ...settings,
  });
  try {
    return (await transport.fetch(url)).status;
  } finally {
    await transport.close();
  }
}

test("a certificate of an unknown authority is refused, with the reason", async () => {
  await expect(ask({})).rejects.toMatchObject({
    code: "authentik.unreachable",
    what: expect.stringContaining("self-signed certificate"),
  });
});

test("a certificate of the given authority is accepted", async () => {
  expect(await ask({ caCert: certificate })).toBe(200);
});

test("any certificate is accepted when told so", async () => {
  expect(await ask({ insecureSkipVerify: true })).toBe(200);
});
