import * as pulumi from "@pulumi/pulumi";
import { type Safety, safetyOf } from "./safety.ts";

/** What holds for every child of a component: it is named after its parent, and guarded as its kind demands. */
export function childRules(parent: string, safety: Safety): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    if (name !== parent && !name.startsWith(`${parent}-`)) {
      throw new Error(`${type} "${name}" must be named after its parent: "${parent}-…"`);
    }
    // Whoever makes a resource may say that its loss can be made good.
    const guard = opts.protect === false ? {} : safetyOf(type, safety);
    return { props, opts: pulumi.mergeOptions(opts, guard) };
  };
}
