import type { Action, NewAction } from "@homeslice/protocol/actions.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { FaultsContext } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { BoundCheck, BoundLines, BoundNumber, BoundSelect, BoundText, BuilderContext } from "./boundFields.tsx";
import { OperationFields } from "./OperationFields.tsx";
import { ParameterEditor } from "./ParameterEditor.tsx";
import { actionQuery } from "./queries.ts";
import { type Builder, useBuilder } from "./useBuilder.ts";
import { YamlEditor } from "./YamlEditor.tsx";

const editRoute = getRouteApi("/actions/$actionId/edit");

/** Builds an action that is not there yet. */
export function NewActionPage() {
  return <BuilderForm />;
}

/** Changes an action, as its next version. */
export function EditActionPage() {
  const { actions: texts } = useMessages();
  const { actionId } = editRoute.useParams();
  const { data: action, error, refetch } = useQuery({ ...actionQuery(actionId), refetchOnWindowFocus: false });
  if (!action) return <PendingPage title={texts.title} error={error} reset={() => void refetch()} />;
  return <BuilderForm key={actionId} action={action} />;
}

function BuilderForm({ action }: { action?: Action }) {
  const { actions: texts, forms, ui } = useMessages();
  const builder = useBuilder(action);
  const [refused, setRefused] = useState(false);
  const save = useSave(action);
  const faulty = builder.yamlFault !== undefined || Object.keys(builder.faults).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefused(true);
    if (!faulty && builder.body) save.start(builder.body);
  };
  const title = action ? texts.edit(action.name) : texts.create;
  return (
    <section aria-labelledby="builder-title" className="page">
      <h1 id="builder-title">{title}</h1>
      <form className="form" onSubmit={submit} noValidate>
        <BuilderContext value={builder}>
          <FaultsContext value={shownFaults(builder, refused)}>
            <div className="split">
              <div className="form">
                <AboutFields />
                <OperationFields />
                <ParameterEditor />
                <PolicyFields />
              </div>
              <YamlEditor builder={builder} />
            </div>
          </FaultsContext>
        </BuilderContext>
        {save.error && <ErrorNotice error={save.error} />}
        <div className="actions sticky-actions">
          <Button type="submit" kind="primary" busy={save.busy}>
            {action ? forms.save : forms.create}
          </Button>
          {action ? (
            <Link to="/actions/$actionId" params={{ actionId: action.action_id }} search={{}} className="button">
              {ui.cancel}
            </Link>
          ) : (
            <Link to="/actions" search={{}} className="button">
              {ui.cancel}
            </Link>
          )}
        </div>
      </form>
    </section>
  );
}

/** While it is first filled in, what is still empty is not called wrong. */
function shownFaults({ faults, definition }: Builder, refused: boolean): Builder["faults"] {
  if (refused) return faults;
  const begun = definition["name"] !== "";
  return Object.fromEntries(
    Object.entries(faults).filter(
      ([place]) => begun && place !== "name" && place !== "operation.argv.0" && place !== "operation.argv",
    ),
  );
}

function useSave(action: Action | undefined) {
  const { actions: texts } = useMessages();
  const navigate = useNavigate();
  return useChange({
    run: (body: NewAction) =>
      action
        ? api.call("updateAction", { params: { action_id: action.action_id }, version: action.version, body })
        : api.call("createAction", { body }),
    invalidates: [["actions"]],
    says: ({ name, version }) => texts.saved(name, version),
    onDone: ({ action_id }) =>
      void navigate({ to: "/actions/$actionId", params: { actionId: action_id }, search: { tab: "preview" } }),
  });
}

function AboutFields() {
  const { actions: texts } = useMessages();
  return (
    <fieldset className="group">
      <legend>{texts.about}</legend>
      <BoundText path={["name"]} label={texts.name} />
      <BoundText path={["description"]} label={texts.description} optional lines={2} />
      <div className="form-row">
        <BoundSelect path={["category"]} label={texts.category} names={texts.categories} fallback="system" />
        <BoundSelect
          path={["action_type"]}
          label={texts.type}
          hint={texts.typeHint}
          names={texts.types}
          fallback="execution"
        />
      </div>
      <BoundLines
        path={["applicable_server_tags"]}
        label={texts.appliesTo}
        hint={texts.appliesToHint}
        optional
        rows={2}
      />
    </fieldset>
  );
}

function PolicyFields() {
  const { actions: texts } = useMessages();
  const at = (name: string) => ["execution_config", name];
  return (
    <fieldset className="group">
      <legend>{texts.policy}</legend>
      <div className="form-row">
        <BoundNumber path={at("timeout_seconds")} label={texts.timeout} optional />
        <BoundNumber path={at("retry_count")} label={texts.retries} optional />
        <BoundNumber path={["success_criteria", "exit_code"]} label={texts.exitCode} optional />
      </div>
      <BoundCheck path={at("idempotent")} label={texts.idempotent} fallback={false} />
      <BoundCheck path={at("requires_lock")} label={texts.requiresLock} fallback={false} />
      <BoundCheck path={at("parallel_execution")} label={texts.parallel} fallback />
    </fieldset>
  );
}
