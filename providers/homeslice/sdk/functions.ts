import { type InvokeOutputOptions, type Output, runtime } from "@pulumi/pulumi";
import type { z } from "zod";
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
  return (args, options) => runtime.invokeOutput<Result>(definition.token, args, options);
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
