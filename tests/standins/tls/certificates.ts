import "reflect-metadata";
import { randomBytes } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { z } from "zod";
import { ECDSA, keyPair, newKey } from "./keys.ts";

const subject = z.strictObject({ commonName: z.string().min(1) });
const uses = z.array(z.enum(["cert_signing", "crl_signing", "digital_signature", "server_auth"]));
const hours = z.coerce.number().int().min(1);

const schemas = {
  key: z.strictObject({ algorithm: z.literal("ECDSA"), ecdsaCurve: z.literal("P256") }),
  request: z.strictObject({ privateKeyPem: z.string(), dnsNames: z.array(z.string()), subject }),
  selfSigned: z.strictObject({
    privateKeyPem: z.string(),
    isCaCertificate: z.literal(true),
    subject,
    validityPeriodHours: hours,
    earlyRenewalHours: hours,
    allowedUses: uses,
  }),
  signed: z.strictObject({
    certRequestPem: z.string(),
    caPrivateKeyPem: z.string(),
    caCertPem: z.string(),
    validityPeriodHours: hours,
    earlyRenewalHours: hours,
    allowedUses: uses,
  }),
};

type Outputs = Readonly<Record<string, string | boolean>>;

interface Maker {
  /** Checks the inputs, throws a ZodError for wrong ones. */
  readonly validate: (inputs: unknown) => void;
  readonly make: (inputs: unknown, now: Date) => Promise<Outputs>;
  /** Outputs that exist only once the resource does. */
  readonly computed: readonly string[];
}

function maker<Schema extends z.ZodType>(
  schema: Schema,
  computed: readonly string[],
  make: (inputs: z.output<Schema>, now: Date) => Promise<Outputs>,
): Maker {
  return {
    validate: (inputs) => void schema.parse(inputs),
    make: (inputs, now) => make(schema.parse(inputs), now),
    computed,
  };
}

const ofCertificate = ["certPem", "validityStartTime", "validityEndTime", "readyForRenewal"];

/** One maker for each type token that the stand-in knows. */
export const makers: Readonly<Record<string, Maker>> = {
  "tls:index/privateKey:PrivateKey": maker(
    schemas.key,
    ["privateKeyPem", "privateKeyPemPkcs8", "publicKeyPem"],
    async () => newKey(),
  ),
  "tls:index/certRequest:CertRequest": maker(schemas.request, ["certRequestPem"], makeRequest),
  "tls:index/selfSignedCert:SelfSignedCert": maker(schemas.selfSigned, ofCertificate, makeAuthority),
  "tls:index/locallySignedCert:LocallySignedCert": maker(schemas.signed, ofCertificate, makeSigned),
};

async function makeRequest({ privateKeyPem, dnsNames, subject: { commonName } }: z.output<typeof schemas.request>) {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys: await keyPair(privateKeyPem),
    signingAlgorithm: ECDSA,
    extensions: [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns", value })))],
  });
  return { certRequestPem: request.toString("pem") };
}

async function makeAuthority(inputs: z.output<typeof schemas.selfSigned>, now: Date) {
  const keys = await keyPair(inputs.privateKeyPem);
  const validity = validityOf(inputs, now);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: [{ CN: [inputs.subject.commonName] }],
    keys,
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      ...usageExtensions(inputs.allowedUses),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return told(certificate, validity);
}

async function makeSigned(inputs: z.output<typeof schemas.signed>, now: Date) {
  const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
  const authority = new x509.X509Certificate(inputs.caCertPem);
  const { privateKey } = await keyPair(inputs.caPrivateKeyPem);
  const validity = validityOf(inputs, now);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: request.subject,
    issuer: authority.subject,
    publicKey: request.publicKey,
    signingKey: privateKey,
    signingAlgorithm: ECDSA,
    extensions: [
      ...request.extensions,
      ...usageExtensions(inputs.allowedUses),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return told(certificate, validity);
}

function usageExtensions(allowed: z.output<typeof uses>): x509.Extension[] {
  const flags = {
    cert_signing: x509.KeyUsageFlags.keyCertSign,
    crl_signing: x509.KeyUsageFlags.cRLSign,
    digital_signature: x509.KeyUsageFlags.digitalSignature,
    server_auth: 0,
  };
  const bits = allowed.reduce((sum, use) => sum | flags[use], 0);
  const server = allowed.includes("server_auth");
  return [
    new x509.KeyUsagesExtension(bits, true),
    ...(server ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])] : []),
  ];
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

function validityOf({ validityPeriodHours }: { readonly validityPeriodHours: number }, now: Date): Validity {
  return { notBefore: now, notAfter: new Date(now.getTime() + validityPeriodHours * 3_600_000) };
}

/** A positive number: its first bit is not set. */
function serialNumber(): string {
  return `01${randomBytes(15).toString("hex")}`;
}

function told(certificate: x509.X509Certificate, { notBefore, notAfter }: Validity): Outputs {
  return {
    certPem: `${certificate.toString("pem")}\n`,
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
    readyForRenewal: false,
  };
}
