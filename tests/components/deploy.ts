import { type Config, loadConfig } from "@homeslice/config";
import { type PlatformOutputs, platform } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

/** One resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** The last part of the type: `Deployment`. */
  readonly kind: string;
  /** Made by a provider, as opposed to a component of the program. */
  readonly custom: boolean;
  readonly inputs: unknown;
  /** Reference to the explicit provider; empty when the default one is used. */
  readonly provider: string;
  readonly options: pulumi.ResourceOptions;
}

export interface Deployed {
  readonly config: Config;
  readonly resources: readonly Registered[];
  readonly outputs: PlatformOutputs;
  /** The only resource of a kind with this logical name. */
  find(kind: string, name: string): Registered;
}

/** Runs a whole program against mocks and returns everything that it registered, with its options. */
export async function record(stack: string, program: () => unknown): Promise<Registered[]> {
  const calls: pulumi.runtime.MockResourceArgs[] = [];
  const options = new Map<string, pulumi.ResourceOptions>();
  await pulumi.runtime.setMocks(recordingMocks(calls), "homeslice", stack);
  await withShortStacks(async () => {
    await pulumi.runtime.runInPulumiStack(async () => {
      pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        options.set(`${type}::${name}`, opts);
        return { props, opts };
      });
      return program();
    });
    await pulumi.runtime.disconnect();
  });
  return calls
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name, inputs, provider = "", custom = false }) => ({
      type,
      name,
      kind: type.slice(type.lastIndexOf(":") + 1),
      custom,
      inputs,
      provider,
      options: options.get(`${type}::${name}`) ?? {},
    }));
}

/** The SDK writes down the stack of each of its promises, which is half of its work when that is all of the stack. */
async function withShortStacks(work: () => Promise<void>): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  try {
    await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Runs the platform with the settings of a stack against mocks. */
export async function deploy(stack: string, values: Readonly<Record<string, unknown>>): Promise<Deployed> {
  const config = loadConfig(stack, values);
  const outputs: PlatformOutputs[] = [];
  const resources = await record(stack, () => outputs.push(platform(config)));
  const [first] = outputs;
  if (!first) throw new Error("the program returned nothing");
  return { config, resources, outputs: first, find: (kind, name) => findIn(resources, kind, name) };
}

export function findIn(resources: readonly Registered[], kind: string, name: string): Registered {
  const found = resources.filter((resource) => resource.kind === kind && resource.name === name);
  const [only, ...others] = found;
  if (!only || others.length > 0) throw new Error(`${found.length} resources of kind ${kind} are called ${name}`);
  return only;
}

/** Mocks that make every resource as it was asked for, and note that it was. */
export function recordingMocks(calls: pulumi.runtime.MockResourceArgs[]): pulumi.runtime.Mocks {
  return {
    newResource: (args) => {
      calls.push(args);
      return { id: `${args.name}-id`, state: { ...args.inputs, ...computed(args) } };
    },
    call: ({ token, inputs }) => ({ ...inputs, ...answer(token, inputs) }),
  };
}

/** What a provider would know: the id of what was looked up tells its name. */
function answer(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (token === "homeslice:authentik:waitReady") return { ready: true };
  return token.startsWith("homeslice:authentik:get") ? { id: `id of ${Object.values(inputs).join(" ")}` } : {};
}

/** What a provider would make up. */
function computed({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  if (type === "docker:index/image:Image") return { repoDigest: `${inputs.imageName}@sha256:${"0".repeat(64)}` };
  if (type === "tls:index/privateKey:PrivateKey") {
    return { privateKeyPem: pulumi.secret(`cleartext-of-${name}`) };
  }
  if (type.startsWith("tls:")) return { certPem: `certificate ${name}`, certRequestPem: `request ${name}` };
  if (type === "homeslice:authentik:Token") return { key: pulumi.secret(`cleartext-of-${name}`) };
  if (/^homeslice:authentik:\w+Provider$/.test(type)) {
    return { providerId: `provider of ${inputs["name"]}`, clientSecret: pulumi.secret(`cleartext-of-${name}`) };
  }
  if (type === "grafana:oss/team:Team") return { teamId: 7 };
  if (type === "random:index/randomPassword:RandomPassword") return { result: pulumi.secret(`cleartext-of-${name}`) };
  return {};
}
