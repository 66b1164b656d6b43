import { ParameterDefinition, type Parameters, type ParameterValue, type StepOutput } from "@homeslice/protocol";
import { sql } from "kysely";
import { valueFault } from "../actions/parameters.ts";
import type { Connection } from "../database/database.ts";

/** Longest value that is handed on, in characters. */
const MAX_LENGTH = 65_536;
/** Lines of standard output that are looked at as a whole, at most. */
const MAX_LINES = 10_000;

/** What one server has to say of one output; null when it says nothing. */
interface Said {
  readonly server: string;
  readonly value: string | number | boolean | null;
}

/** What a step hands on, or why it cannot. */
type Outputs = { readonly values: Parameters } | { readonly fault: string };

/** Reads the outputs of a step from its execution, which has succeeded. */
export async function readOutputs(
  connection: Connection,
  executionId: string,
  defined: Readonly<Record<string, StepOutput>>,
): Promise<Outputs> {
  const values: Record<string, ParameterValue> = {};
  for (const [name, output] of Object.entries(defined)) {
    const read = agreed(name, output, await findSaid(connection, executionId, name, output.from));
    if ("fault" in read) return read;
    if (read.value !== undefined) values[name] = read.value;
  }
  return { values };
}

type Read = { readonly value: ParameterValue | undefined } | { readonly fault: string };

/** What the servers say together: the one value that all of them do, or a list of all their values. */
function agreed(name: string, output: StepOutput, said: readonly Said[]): Read {
  const [first, ...others] = said;
  if (first === undefined) return { value: undefined };
  if (output.type === "list") return listed(name, output, said);
  const different = others.find(({ value }) => value !== first.value);
  if (different === undefined) return typed(name, output, first.value);
  return fault(
    name,
    `is ${shown(first.value)} on ${first.server}, and ${shown(different.value)} on ${different.server}`,
  );
}

function listed(name: string, output: StepOutput, said: readonly Said[]): Read {
  const values = said.flatMap(({ value }) => (value === null ? [] : [String(value)]));
  const silent = said.find(({ value }) => value === null);
  if (silent !== undefined && output.required) return fault(name, `is not there on ${silent.server}`);
  return checked(name, output, values);
}

function typed(name: string, output: StepOutput, said: Said["value"]): Read {
  if (said === null)
    return output.required ? fault(name, `is not there: ${absence(name, output)}`) : { value: undefined };
  const value = typedValue(said, output.type);
  return value === undefined
    ? fault(name, `must be of type ${output.type}, and is ${shown(said)}`)
    : checked(name, output, value);
}

function checked(name: string, { type, validation }: StepOutput, value: ParameterValue): Read {
  if ([value].flat().some((text) => String(text).length > MAX_LENGTH)) {
    return fault(name, `is longer than ${MAX_LENGTH} characters`);
  }
  const unfit = valueFault(value, ParameterDefinition.parse({ type, validation }));
  return unfit === undefined ? { value } : fault(name, `${unfit}, and is ${shown(value)}`);
}

function typedValue(value: string | number | boolean, type: StepOutput["type"]): ParameterValue | undefined {
  const text = String(value).trim();
  switch (type) {
    case "string":
    case "list":
      return String(value);
    case "integer":
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case "number":
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
    case "boolean":
      return text === "true" || text === "false" ? text === "true" : undefined;
  }
}

const fault = (name: string, message: string) => ({ fault: `the output "${name}" ${message}` });

const shown = (value: ParameterValue | null) => (value === null ? "not there" : JSON.stringify(value).slice(0, 100));

function absence(name: string, { from }: StepOutput): string {
  return from === "line" ? `no line of the output begins with ${name}=` : "it has no such result";
}

async function findSaid(
  connection: Connection,
  executionId: string,
  name: string,
  from: StepOutput["from"],
): Promise<Said[]> {
  const lines = sql`from log_lines l where l.execution_id = ${executionId} and l.server_id = t.server_id
    and l.seq > t.attempt_seq and l.stream = 'stdout'`;
  const value = {
    line: sql`(select rtrim(substr(l.text, ${name.length + 2}::integer), E'\r\n') ${lines}
      and starts_with(l.text, ${`${name}=`}) order by l.seq desc limit 1)`,
    stdout: sql`(select left(regexp_replace(coalesce(string_agg(line.text, '' order by line.seq), ''), E'\r?\n$', ''),
      ${MAX_LENGTH + 1}) from (select l.seq, l.text ${lines} order by l.seq limit ${MAX_LINES}) line)`,
    exit_code: sql`t.exit_code`,
    value: sql`t.result -> 'value'`,
  }[from];
  const { rows } = await sql<Said>`
    select s.hostname as server, to_jsonb(${value}) as value
    from execution_targets t join servers s using (server_id)
    where t.execution_id = ${executionId} order by t.ordinal`.execute(connection);
  return rows;
}
