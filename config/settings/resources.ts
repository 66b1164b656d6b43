import { z } from "zod";
import { cpu, size } from "../notations.ts";

type Range = readonly [request: string, limit: string];

/** What a container may use: the request and the limit of CPU and of memory. */
export function resources(range: { readonly cpu: Range; readonly memory: Range }) {
  const [requested, limit] = [0, 1] as const;
  const amounts = (index: 0 | 1, of: string) =>
    z
      .strictObject({
        cpu: cpu.default(range.cpu[index]).describe(`CPU ${of}.`),
        memory: size.default(range.memory[index]).describe(`Memory ${of}.`),
      })
      .prefault({});
  return z
    .strictObject({ requests: amounts(requested, "set aside"), limits: amounts(limit, "that it may take at most") })
    .prefault({});
}
