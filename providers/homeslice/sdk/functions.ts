import { type InvokeOutputOptions, type Output, runtime, unknown } from "@pulumi/pulumi";
import { z } from "zod";
import * as definitions from "../functions/lookups.ts";
import * as readiness from "../functions/waitReady.ts";
import type { ProgramArgs } from "./types.ts";

/** A look-up as a program calls it; the options name the provider. */
type ProgramLookup<Shape extends z.ZodRawShape, Result> = (
  args: ProgramArgs<Shape>,
  options: InvokeOutputOptions,
) => Output<Result>;

function inProgram<Shape extends z.ZodRawShape, Result>(definition: {
  readonly token: string;
  readonly args: Shape;
  readonly run: (...args: never) => Promise<Result>;
}): ProgramLookup<Shape, Result> {
  return (args, options) =>
    runtime
      .invokeOutput<Result | Record<string, never>>(definition.token, args, options)
      .apply((result) => (isEmpty(result) ? notKnown<Result>() : result));
}

/** The value that makes the output unknown; it stands for any type, which its own type does not say. */
function notKnown<Result>(): Result {
  return z.custom<Result>().parse(unknown);
}

/** In previews both the engine and the provider answer so when there is nothing to ask yet. */
function isEmpty(result: unknown): result is Record<string, never> {
  return typeof result === "object" && result !== null && Object.keys(result).length === 0;
}

/** A flow by its slug, such as `default-provider-authorization-implicit-consent`. */
export const getFlow = inProgram(definitions.getFlow);

/** A stage of any kind by its name, such as `default-password-change-prompt`. */
export const getStage = inProgram(definitions.getStage);

/** A scope mapping that comes with Authentik by its `scope` (`openid`, `email`, `profile`, …), or any by its `name`. */
export const getScopeMapping = inProgram(definitions.getScopeMapping);

/** A certificate with a private key by its name, such as `authentik Self-signed Certificate`. */
export const getCertificate = inProgram(definitions.getCertificate);

/** A group by its name, such as `authentik Admins`. */
export const getGroup = inProgram(definitions.getGroup);

/** Waits until Authentik can be built upon: its first start has finished. Does not wait in previews. */
export const waitReady = inProgram(readiness.waitReady);
