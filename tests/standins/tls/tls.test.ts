import { X509Certificate } from "node:crypto";
import type { Values } from "@homeslice/plugin/values.ts";
import { expect, it } from "vitest";
import { TlsProvider } from "./tls.ts";

const DAY = 24 * 3_600_000;
const start = new Date("2026-03-01T00:00:00Z");
const call = { urn: "urn", name: "certificate", log: () => undefined };

async function made(kind: string, inputs: Values): Promise<Values> {
  const type = `tls:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  const provider = new TlsProvider(() => start);
  const { failures = [] } = await provider.check({ ...call, type, oldInputs: {}, inputs, seed: new Uint8Array() });
  expect(failures).toEqual([]);
  return (await provider.create({ ...call, type, inputs, preview: false, timeoutMs: undefined })).outputs;
}

const key = () => made("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const lasting = { validityPeriodHours: 24 * 365, earlyRenewalHours: 24 * 60 };

async function signed() {
  const { privateKeyPem: authorityKey = "" } = await key();
  const { certPem: authority = "" } = await made("SelfSignedCert", {
    privateKeyPem: authorityKey,
    isCaCertificate: true,
    subject: { commonName: "An authority, of one's own" },
    ...lasting,
    allowedUses: ["cert_signing", "crl_signing"],
  });
  const { privateKeyPem = "" } = await key();
  const names = ["home.example.org", "*.home.example.org"];
  const { certRequestPem = "" } = await made("CertRequest", {
    privateKeyPem,
    dnsNames: names,
    subject: { commonName: "home.example.org" },
  });
  const inputs = {
    certRequestPem,
    caPrivateKeyPem: authorityKey,
    caCertPem: authority,
    ...lasting,
    allowedUses: ["digital_signature", "server_auth"],
  };
  return { authority, inputs, outputs: await made("LocallySignedCert", inputs) };
}

it("signs a certificate for every name, which the authority vouches for", async () => {
  const { authority, outputs } = await signed();
  const issuer = new X509Certificate(String(authority));
  const certificate = new X509Certificate(String(outputs["certPem"]));
  expect(issuer.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect(certificate.checkHost("wiki.home.example.org")).toBeTypeOf("string");
  expect(certificate.checkHost("home.example.com")).toBeUndefined();
});

it.each([
  [304, false],
  [305, true],
])("after %i of 365 days with 60 for the renewal, a new one takes its place: %s", async (days, renewed) => {
  const { inputs, outputs } = await signed();
  const provider = new TlsProvider(() => new Date(start.getTime() + days * DAY));
  const type = "tls:index/locallySignedCert:LocallySignedCert";
  const { changes } = await provider.diff({ ...call, type, id: "1", oldInputs: inputs, oldOutputs: outputs, inputs });
  expect(changes.length > 0).toBe(renewed);
});
