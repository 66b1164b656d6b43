import { z } from "zod";
import { everything } from "../client.ts";
import { NewSecret } from "../secrets.ts";
import { kindOf } from "./kind.ts";

const { name: _name, source, ...shape } = NewSecret.shape;

/** Secrets: where they lie. A value that the orchestrator keeps itself is in no file, so it has to be there already. */
export const secret = kindOf({
  schema: z.strictObject({
    ...shape,
    source: source.refine((given) => given.type !== "value" || given.value === undefined, {
      path: ["value"],
      message: "belongs in no file: give it to the API, and say here { type: value } alone",
    }),
  }),
  references: () => [],
  list: async ({ client }) =>
    (await everything((query) => client.call("listSecrets", { query }))).map(
      ({ secret_id, name, version, metadata: _, ...spec }) => ({ id: secret_id, name, version, spec }),
    ),
  create: async ({ client }, body) => (await client.call("createSecret", { body })).secret_id,
  update: async ({ client }, { id, version }, body) => {
    await client.call("updateSecret", { params: { secret_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteSecret", { params: { secret_id: id }, version });
  },
});
