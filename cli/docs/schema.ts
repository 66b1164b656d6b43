import { z } from "zod";

/** The parts of a JSON schema that the reference pages show. */
const Node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  format: z.string().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Node).optional();
  },
  get items() {
    return z.union([Node, z.boolean()]).optional();
  },
  get anyOf() {
    return z.array(Node).optional();
  },
  get oneOf() {
    return z.array(Node).optional();
  },
});
type Node = z.infer<typeof Node>;

/** The fields of an object schema as rows of a Markdown table; undefined when it has none. */
export function fieldTable(schema: z.ZodType, io: "input" | "output"): string | undefined {
  const { properties = {}, required = [] } = nodeOf(schema, io);
  const rows = Object.entries(properties).map(([name, node]) => {
    const cells = [code(name), typeOf(node), required.includes(name) ? "yes" : defaultOf(node), meaningOf(node)];
    return `| ${cells.join(" | ")} |`;
  });
  if (rows.length === 0) return undefined;
  const head =
    io === "input" ? "| Field | Type | Required, or default | Meaning |" : "| Field | Type | Always there | Meaning |";
  return [head, "| --- | --- | --- | --- |", ...rows].join("\n");
}

function nodeOf(schema: z.ZodType, io: "input" | "output"): Node {
  return Node.parse(z.toJSONSchema(schema, { io, unrepresentable: "any" }));
}

function typeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => code(String(value))).join(", ");
  if (node.const !== undefined) return code(String(node.const));
  const variants = node.anyOf ?? node.oneOf;
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(" or ");
  if (node.items !== undefined && typeof node.items !== "boolean") return `list of ${typeOf(node.items)}`;
  return node.format ?? [node.type ?? "any"].flat().join(" or ");
}

function defaultOf(node: Node): string {
  return node.default === undefined ? "no" : code(JSON.stringify(node.default));
}

function meaningOf(node: Node): string {
  return (node.description ?? "").replaceAll("|", "\\|");
}

function code(text: string): string {
  return `\`${text}\``;
}
