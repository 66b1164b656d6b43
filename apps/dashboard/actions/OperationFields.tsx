import { useMessages } from "../i18n/messages.tsx";
import { BoundCheck, BoundLines, BoundNumber, BoundSelect, BoundText, useDefinition } from "./boundFields.tsx";
import { type Json, valueAt } from "./definition.ts";

/** What an operation of each type is at first. */
const beginnings: Readonly<Record<string, Json>> = {
  shell_command: { type: "shell_command", argv: [] },
  file_validation: { type: "file_validation", path: "" },
  service_health: { type: "service_health", probe: { kind: "http", url: "" } },
  database_query: { type: "database_query", connection: "", query: "" },
};

const at = (...path: string[]) => ["operation", ...path];

/** What an action does, by the type of its operation; what has no field here is written as YAML. */
export function OperationFields() {
  const { actions: texts } = useMessages();
  const { definition, set } = useDefinition();
  const type = valueAt(definition, at("type"));
  return (
    <fieldset className="group">
      <legend>{texts.does}</legend>
      <BoundSelect
        path={at("type")}
        label={texts.operation}
        names={texts.operations}
        fallback=""
        onChoose={(chosen) => set(["operation"], beginnings[chosen])}
      />
      {type === "shell_command" && <CommandFields />}
      {type === "file_validation" && <FileFields />}
      {type === "service_health" && <ServiceFields />}
      {type === "database_query" && <QueryFields />}
    </fieldset>
  );
}

function CommandFields() {
  const { actions: texts } = useMessages();
  return (
    <>
      <BoundLines path={at("argv")} label={texts.argv} hint={texts.argvHint} rows={4} />
      <BoundText path={at("working_directory")} label={texts.directory} optional mono />
    </>
  );
}

function FileFields() {
  const { actions: texts } = useMessages();
  return (
    <>
      <BoundText path={at("path")} label={texts.path} hint={texts.placeholderHint} mono />
      <BoundCheck path={at("exists")} label={texts.exists} fallback />
      <div className="form-row">
        <BoundNumber path={at("size_gt_mb")} label={texts.sizeOver} optional />
        <BoundNumber path={at("modified_within")} label={texts.modifiedWithin} optional />
      </div>
    </>
  );
}

function ServiceFields() {
  const { actions: texts } = useMessages();
  const { definition, set } = useDefinition();
  const kind = valueAt(definition, at("probe", "kind"));
  return (
    <>
      <BoundSelect
        path={at("probe", "kind")}
        label={texts.probe}
        names={texts.probes}
        fallback="http"
        onChoose={(chosen) => set(at("probe"), { kind: chosen })}
      />
      {kind === "http" && <BoundText path={at("probe", "url")} label="URL" hint={texts.placeholderHint} mono />}
      {kind === "tcp" && (
        <div className="form-row">
          <BoundText path={at("probe", "host")} label={texts.host} hint={texts.placeholderHint} mono />
          <BoundNumber path={at("probe", "port")} label={texts.port} />
        </div>
      )}
      {kind === "systemd" && (
        <BoundText path={at("probe", "unit")} label={texts.unit} hint={texts.placeholderHint} mono />
      )}
      <BoundNumber path={at("max_latency_ms")} label={texts.latency} optional />
    </>
  );
}

function QueryFields() {
  const { actions: texts } = useMessages();
  return (
    <>
      <BoundText path={at("connection")} label={texts.connection} hint={texts.connectionHint} mono />
      <BoundText path={at("query")} label={texts.query} hint={texts.queryHint} lines={4} mono />
      <BoundLines path={at("parameters")} label={texts.values} hint={texts.placeholderHint} optional />
      <BoundCheck path={at("read_only")} label={texts.readOnly} fallback />
    </>
  );
}
