import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { Component, type Environment } from "../kit/index.ts";

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

const DAY = 24;
const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

/**
 * A certificate authority of the stack's own. Whoever trusts its certificate trusts every service of the stack; its key is
 * encrypted in the state and nowhere else.
 *
 * @example
 * const authority = new Authority("certificates", environment);
 * new Traefik("traefik", { ...config.traefik, certificate: authority.certify("edge", ["home.example.org"]) }, environment);
 */
export class Authority extends Component {
  /** Its certificate as PEM, for people to trust. */
  readonly certificate: pulumi.Output<string>;
  readonly #key: tls.PrivateKey;

  constructor(name: string, environment: Environment) {
    super("Authority", name, environment);
    this.#key = new tls.PrivateKey(`${name}-authority-key`, KEY, { parent: this });
    const authority = new tls.SelfSignedCert(
      `${name}-authority`,
      {
        privateKeyPem: this.#key.privateKeyPem,
        isCaCertificate: true,
        subject: { commonName: `Homeslice ${environment.config.stack} for ${environment.config.domain}` },
        validityPeriodHours: 3650 * DAY,
        earlyRenewalHours: 365 * DAY,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      { parent: this },
    );
    this.certificate = authority.certPem;
    this.registerOutputs({});
  }

  /** A certificate of a year for the names; the first `up` in its last two months makes a new one for the same key. */
  certify(suffix: string, names: readonly string[]): Certificate {
    const options = { parent: this };
    const name = `${this.name}-${suffix}`;
    const key = new tls.PrivateKey(`${name}-key`, KEY, options);
    const request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: key.privateKeyPem, dnsNames: [...names], subject: { commonName: names[0] ?? name } },
      options,
    );
    const signed = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.#key.privateKeyPem,
        caCertPem: this.certificate,
        validityPeriodHours: 365 * DAY,
        earlyRenewalHours: 60 * DAY,
        allowedUses: ["digital_signature", "server_auth"],
      },
      options,
    );
    return { certificate: signed.certPem, key: key.privateKeyPem };
  }
}
