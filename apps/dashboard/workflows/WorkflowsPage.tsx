import { RunState, type Workflow } from "@homeslice/protocol/workflows.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { SearchBox } from "../ui/SearchBox.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { workflowsQuery } from "./queries.ts";
import { RunTable } from "./RunTable.tsx";
import { WorkflowForm } from "./WorkflowForm.tsx";
import { WorkflowSearch } from "./workflowSearch.ts";

const route = getRouteApi("/workflows");

/** Workflows and their runs. */
export function WorkflowsPage() {
  const { workflows: texts } = useMessages();
  const { tab = "workflows" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <section aria-labelledby="workflows-title" className="page">
      <h1 id="workflows-title">{texts.title}</h1>
      <Tabs
        label={texts.title}
        chosen={tab}
        onChoose={(name) => void navigate({ search: { tab: name }, replace: true })}
        tabs={[
          { name: "workflows", label: texts.title, content: () => <WorkflowList /> },
          { name: "runs", label: texts.runs, content: () => <RunList /> },
        ]}
      />
    </section>
  );
}

function WorkflowList() {
  const { workflows: texts, forms } = useMessages();
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(workflowsQuery(q));
  const mayWrite = useMay("workflows:write");
  const [creating, setCreating] = useState(false);
  const columns: Column<Workflow>[] = [
    {
      key: "name",
      header: forms.name,
      cell: ({ workflow_id, name }) => (
        <Link to="/workflows/$workflowId" params={{ workflowId: workflow_id }}>
          {name}
        </Link>
      ),
    },
    { key: "steps", header: texts.steps, number: true, cell: ({ steps }) => steps.length },
    { key: "version", header: texts.version, number: true, cell: ({ version }) => version },
    { key: "changed", header: texts.changed, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
  return (
    <div className="stack">
      <search className="filters">
        <SearchBox
          label={texts.search}
          value={q}
          onChange={(value) => void navigate({ search: { q: value }, replace: true })}
        />
        {mayWrite && (
          <Button kind="primary" className="page-action" onClick={() => setCreating(true)}>
            {texts.create}
          </Button>
        )}
      </search>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ workflow_id }) => workflow_id}
        empty={
          <EmptyState title={q ? texts.noMatch : texts.none}>
            <p>{mayWrite ? texts.noneFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {creating && (
        <WorkflowForm
          onClose={() => setCreating(false)}
          onSaved={({ workflow_id }) =>
            void navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow_id }, search: {} })
          }
        />
      )}
    </div>
  );
}

function RunList() {
  const { workflows: texts } = useMessages();
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="stack">
      <search className="filters">
        <Choice
          label={texts.state}
          names={Object.fromEntries(RunState.options.map((one) => [one, texts.states[one]]))}
          value={state}
          onChange={(value) =>
            void navigate({ search: WorkflowSearch.parse({ tab: "runs", state: value }), replace: true })
          }
        />
      </search>
      <RunTable filter={state === undefined ? {} : { state }} />
    </div>
  );
}
