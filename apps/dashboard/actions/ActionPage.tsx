import type { Action } from "@homeslice/protocol/actions.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { OperationView } from "../run/OperationView.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Moment } from "../ui/Moment.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { saveFile } from "../ui/saveFile.ts";
import { Tabs } from "../ui/Tabs.tsx";
import { ActionPreview } from "./ActionPreview.tsx";
import { ActionVersions } from "./ActionVersions.tsx";
import { definitionOf, yamlOf } from "./actionYaml.ts";
import { actionQuery } from "./queries.ts";

const route = getRouteApi("/actions/$actionId");

/** One action: what it does, what it would do where, and how it became what it is. */
export function ActionPage() {
  const { actions: texts } = useMessages();
  const { actionId } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: action, error, refetch } = useQuery(actionQuery(actionId));
  if (!action) return <PendingPage title={texts.title} error={error} reset={() => void refetch()} />;
  return (
    <section aria-labelledby="action-title" className="page">
      <div className="page-head">
        <h1 id="action-title">{action.name}</h1>
        <ActionButtons action={action} />
      </div>
      {action.description !== "" && <p>{action.description}</p>}
      <Tabs
        label={action.name}
        chosen={tab ?? "definition"}
        onChoose={(name) => void navigate({ search: { tab: name }, replace: true })}
        tabs={[
          { name: "definition", label: texts.tabs.definition, content: () => <Definition action={action} /> },
          { name: "preview", label: texts.tabs.preview, content: () => <ActionPreview action={action} /> },
          { name: "versions", label: texts.tabs.versions, content: () => <ActionVersions action={action} /> },
        ]}
      />
    </section>
  );
}

function ActionButtons({ action }: { action: Action }) {
  const { actions: texts, forms, app } = useMessages();
  const navigate = route.useNavigate();
  const mayWrite = useMay("actions:write");
  const mayRun = useMay("executions:start");
  const { action_id, version, name } = action;
  const save = () => saveFile(`${name}.yaml`, new Blob([yamlOf(definitionOf(action))], { type: "application/yaml" }));
  return (
    <div className="actions page-action">
      {mayRun && (
        <Link to="/run" search={{ action: action_id }} className="button button-primary">
          {app.pages.run}
        </Link>
      )}
      {mayWrite && (
        <Link to="/actions/$actionId/edit" params={{ actionId: action_id }} className="button">
          {forms.edit}
        </Link>
      )}
      <Button onClick={save}>{texts.export}</Button>
      {mayWrite && (
        <DeleteButton
          name={name}
          consequence={texts.deleteConsequence}
          run={() => api.call("deleteAction", { params: { action_id }, version })}
          invalidates={[["actions"]]}
          onDone={() => void navigate({ to: "/actions", search: {} })}
        />
      )}
    </div>
  );
}

function Definition({ action }: { action: Action }) {
  const { actions: texts } = useMessages();
  const yaml = yamlOf(definitionOf(action));
  return (
    <>
      <Facts
        facts={[
          [texts.category, texts.categories[action.category]],
          [texts.type, texts.types[action.action_type]],
          [texts.operation, texts.operations[action.operation.type]],
          [texts.version, action.version],
          [texts.usage, action.metadata.usage_count],
          [texts.appliesTo, action.applicable_server_tags.join(", ") || texts.everyServer],
          [texts.tags, action.tags.join(", ")],
          [texts.updated, <Moment key="updated" at={action.metadata.updated_at} />],
        ]}
      />
      <OperationView operation={action.operation} />
      <h2>YAML</h2>
      <pre className="command-box">{yaml}</pre>
      <div className="actions">
        <CopyButton text={yaml} />
      </div>
    </>
  );
}
