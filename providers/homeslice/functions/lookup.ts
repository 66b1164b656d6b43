import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import type { Value, Values } from "@homeslice/plugin";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";

/** How long a preview waits for a server that may not be there yet. */
const PREVIEW_PATIENCE_MS = 5_000;

/** A function of the provider that only reads. */
export interface Lookup<Shape extends z.ZodRawShape, Result extends Record<string, Value>> {
  /** Token of the function: `homeslice:authentik:getGroup`. */
  readonly token: string;
  readonly args: Shape;
  readonly run: (authentik: Authentik, args: z.output<z.ZodObject<Shape>>, preview: boolean) => Promise<Result>;
}

/** Keeps the types of a look-up. */
export function lookup<Shape extends z.ZodRawShape, Result extends Record<string, Value>>(
  definition: Lookup<Shape, Result>,
) {
  return definition;
}

/** A look-up as the protocol calls it. */
export interface AnyLookup {
  readonly token: string;
  readonly args: z.ZodRawShape;
  readonly answer: (authentik: Authentik, args: Values, preview: boolean) => Promise<Values>;
}

/**
 * The look-up behind the protocol. In a preview, what cannot be looked up yet is answered with nothing, which means to
 * the program that it is not known yet: Authentik may be part of the very program that is previewed.
 */
export function answering<Shape extends z.ZodRawShape, Result extends Record<string, Value>>(
  definition: Lookup<Shape, Result>,
): AnyLookup {
  const { token, args, run } = definition;
  return {
    token,
    args,
    answer: (authentik, values, preview) => {
      const question = run(authentik, z.object(args).parse(values), preview);
      return preview ? inPreview(question) : question;
    },
  };
}

async function inPreview(question: Promise<Values>): Promise<Values> {
  const answered = new AbortController();
  const answer = question.catch((error: unknown) => {
    if (mayComeLater(error)) return {};
    throw error;
  });
  try {
    return await Promise.race([answer, setTimeout(PREVIEW_PATIENCE_MS, {}, { signal: answered.signal })]);
  } finally {
    answered.abort();
  }
}

const later = new Set([
  "authentik.absent",
  "authentik.circuit-open",
  "authentik.forbidden",
  "authentik.namespace-gone",
  "authentik.no-such-object",
  "authentik.server-error",
  "authentik.timeout",
  "authentik.unreachable",
]);

const mayComeLater = (error: unknown) => error instanceof UserError && later.has(error.code);
