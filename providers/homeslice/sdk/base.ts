import { CustomResource, type CustomResourceOptions, type Inputs, mergeOptions } from "@pulumi/pulumi";

/** What the program needs to know of a kind of resource. */
interface Described {
  readonly type: string;
  readonly args: object;
  readonly outputs: object;
  readonly secrets?: readonly string[];
}

/** A resource of the provider, with the outputs that its definition names. */
export abstract class AuthentikResource extends CustomResource {
  constructor(definition: Described, name: string, args: Inputs, options: CustomResourceOptions = {}) {
    const names = [...Object.keys(definition.args), ...Object.keys(definition.outputs)];
    const open = Object.fromEntries(names.map((key) => [key, undefined]));
    const secrets = { additionalSecretOutputs: [...(definition.secrets ?? [])] };
    super(definition.type, name, { ...open, ...args }, mergeOptions(secrets, options));
  }
}
