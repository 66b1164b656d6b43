import type { Config } from "@homeslice/config";
import { platform } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

/** One resource as the program asks for it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}

/**
 * Runs the program with nothing behind it, no engine and no cluster, and returns the resources that providers would be
 * asked for. What a provider makes up is named in its place: `<secret:backup-key>`.
 */
export async function recordProgram(config: Config): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, custom = false }) => {
      if (custom && !type.startsWith("pulumi:")) recorded.push({ type, name, inputs });
      return { id: name, state: { ...inputs, ...madeUp(type, name, inputs) } };
    },
    call: ({ inputs }) => inputs,
  };
  await pulumi.runtime.setMocks(mocks, "homeslice", config.stack);
  await pulumi.runtime.runInPulumiStack(async () => platform(config));
  await pulumi.runtime.disconnect();
  return recorded;
}

/** How a manifest names a secret that it does not hold. */
export function secretReference(name: string): string {
  return `<secret:${name}>`;
}

/** The outputs that the provider of a resource makes up, by the names that tell where they come from. */
function madeUp(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kind = type.split(":").at(-1) ?? type;
  switch (kind) {
    case "RandomPassword":
      return { result: pulumi.secret(secretReference(name)) };
    case "PrivateKey":
      return { privateKeyPem: pulumi.secret(secretReference(name)) };
    case "CertRequest":
      return { certRequestPem: secretReference(name) };
    case "SelfSignedCert":
    case "LocallySignedCert":
      return { certPem: secretReference(name) };
    case "Token":
      return { key: pulumi.secret(secretReference(name)) };
    case "OAuth2Provider":
    case "ProxyProvider":
      return { providerId: secretReference(name), clientSecret: pulumi.secret(secretReference(name)) };
    case "Image":
      return { repoDigest: inputs["imageName"] };
    default:
      return {};
  }
}
