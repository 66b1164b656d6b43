import { HookCall } from "@homeslice/protocol/hooks.ts";
import { z } from "zod";

/** What the address of a hook says of its calls; what it cannot mean is left out. */
export const HookSearch = z.object({ outcome: HookCall.shape.outcome.optional().catch(undefined) });
