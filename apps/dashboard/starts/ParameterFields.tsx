import type { ParameterDefinition } from "@homeslice/protocol/parameters.ts";
import { useQuery } from "@tanstack/react-query";
import { serversQuery } from "../api/queries.ts";
import { CheckField, SelectField, TextField } from "../forms/fields.tsx";
import type { Definitions, ParameterDraft } from "./parameterDraft.ts";
import { SecretField } from "./SecretField.tsx";

interface ParameterFieldsProps {
  readonly definitions: Definitions;
  readonly draft: ParameterDraft;
  /** Place of the parameters in the body. */
  readonly path: string;
  readonly onChange: (draft: ParameterDraft) => void;
}

/** A field for each parameter, as its type asks for. */
export function ParameterFields({ definitions, draft, path, onChange }: ParameterFieldsProps) {
  return Object.entries(definitions).map(([name, definition]) => (
    <ParameterField
      key={name}
      name={name}
      path={`${path}.${name}`}
      definition={definition}
      value={draft[name] ?? ""}
      onChange={(value) => onChange({ ...draft, [name]: value })}
    />
  ));
}

interface ParameterFieldProps {
  readonly name: string;
  readonly path: string;
  readonly definition: ParameterDefinition;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ParameterField({ name, path, definition, value, onChange }: ParameterFieldProps) {
  const { type, required, description, validation } = definition;
  const common = { path, label: name, optional: !required, ...(description !== "" && { hint: description }) };
  const choice = { ...common, value, onChange, ...(!required && { onNone: () => onChange("") }) };
  // Of a step of a workflow it may stand for what another step hands on.
  if (value.startsWith("{{")) return <TextField {...common} mono value={value} onChange={onChange} />;
  if (type === "boolean")
    return <CheckField label={name} checked={value === "true"} onChange={(on) => onChange(String(on))} />;
  if (type === "server") return <ServerField {...choice} />;
  if (type !== "list" && validation.one_of) {
    const options = validation.one_of.map((one) => [String(one), String(one)] as const);
    return <SelectField {...choice} none="—" options={options} />;
  }
  if (type === "secret") return <SecretField {...choice} />;
  return <TextField {...common} value={value} onChange={onChange} {...(type === "list" && { lines: 3 })} />;
}

function ServerField(props: Omit<Parameters<typeof SelectField<string>>[0], "options">) {
  const { data = [] } = useQuery(serversQuery);
  return (
    <SelectField {...props} none="—" options={data.map(({ server_id, hostname }) => [server_id, hostname] as const)} />
  );
}
