import { type Action, NewAction } from "@homeslice/protocol/actions.ts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useComplaints } from "../forms/complaint.ts";
import { type Faults, faultsOf, schemaFaults } from "../forms/faults.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useSettled } from "../run/useSettled.ts";
import { definitionFrom, definitionOf, yamlOf } from "./actionYaml.ts";
import { type Definition, type Json, withValue } from "./definition.ts";

const emptyDefinition: Definition = { name: "", operation: { type: "shell_command", argv: [] } };

/** An action while it is built: as fields and as YAML, each following the other. */
export interface Builder {
  readonly definition: Definition;
  /** Changes what the fields show; undefined takes a value away. */
  readonly set: (path: readonly string[], value: Json | undefined) => void;
  readonly yaml: string;
  readonly setYaml: (text: string) => void;
  /** Why the YAML cannot be read; the fields then show what it was before. */
  readonly yamlFault: string | undefined;
  /** What is wrong, by its place: as the schema says it, and then the API. */
  readonly faults: Faults;
  /** What is sent; undefined while it is no action. */
  readonly body: NewAction | undefined;
  /** Whether the API has looked at just this. */
  readonly checked: boolean;
}

export function useBuilder(action: Action | undefined): Builder {
  const messages = useMessages();
  const [definition, setDefinition] = useState(() => (action ? definitionOf(action) : emptyDefinition));
  const [yaml, setText] = useState(() => yamlOf(definition));
  const [yamlFault, setYamlFault] = useState<string>();
  const parsed = NewAction.safeParse(definition, useComplaints());
  const settled = useSettled(JSON.stringify(definition));
  const body = parsed.success ? parsed.data : undefined;
  const judged = useQuery({
    queryKey: ["actions", "check", settled],
    queryFn: () => api.call("checkAction", { body: NewAction.parse(JSON.parse(settled)) }),
    enabled: body !== undefined && settled === JSON.stringify(definition),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const said = Object.fromEntries((judged.data?.errors ?? []).map(({ path, message }) => [path, message]));
  return {
    definition,
    set: (path, value) => {
      const changed = withValue(definition, path, value);
      setDefinition(changed);
      setText(yamlOf(changed));
      setYamlFault(undefined);
    },
    yaml,
    setYaml: (text) => {
      setText(text);
      const read = definitionFrom(text, messages);
      setYamlFault("fault" in read ? read.fault : undefined);
      if ("definition" in read) setDefinition(read.definition);
    },
    yamlFault,
    faults: parsed.success ? { ...faultsOf(judged.error), ...said } : schemaFaults(parsed.error),
    body,
    checked: judged.isSuccess,
  };
}
