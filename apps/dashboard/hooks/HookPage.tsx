import { type Hook, HookCall } from "@homeslice/protocol/hooks.ts";
import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { StartedLink } from "../starts/StartedLink.tsx";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { HookFacts } from "./HookFacts.tsx";
import { HookForm } from "./HookForm.tsx";
import { HookSearch } from "./hookSearch.ts";
import { SwitchButton } from "./SwitchButton.tsx";

const route = getRouteApi("/hooks/$hookId");
const tones: Record<HookCall["outcome"], Tone> = { started: "good", ignored: "quiet", refused: "bad" };

const hookQuery = (hook_id: string) =>
  queryOptions({
    queryKey: ["hook", hook_id],
    queryFn: () => api.call("getHook", { params: { hook_id } }),
    refetchInterval: 5_000,
  });

const callsQuery = (hook_id: string, outcome: HookCall["outcome"] | undefined) =>
  pagesQuery(["hook", hook_id, "calls", { outcome }], (place) =>
    api.call("listHookCalls", { params: { hook_id }, query: { limit: 50, ...(outcome && { outcome }), ...place } }),
  );

/** One hook: what it starts under which conditions, and what became of the alerts that it got. */
export function HookPage() {
  const { hooks: texts } = useMessages();
  const { hookId } = route.useParams();
  const { data: hook, error, refetch } = useQuery(hookQuery(hookId));
  if (!hook) return <PendingPage title={texts.one} error={error} reset={() => void refetch()} />;
  const address = `${globalThis.location.origin}/api/v1/hooks/${hook.hook_id}/calls`;
  return (
    <section aria-labelledby="hook-title" className="page">
      <div className="page-head">
        <h1 id="hook-title">{hook.name}</h1>
        <p role="status">
          <Mark tone={hook.enabled ? "good" : "warning"}>{hook.enabled ? texts.on : texts.off}</Mark>
        </p>
        <HookActions hook={hook} />
      </div>
      {hook.description !== "" && <p>{hook.description}</p>}
      <div className="actions">
        <p>
          {texts.address}: <code className="breakable">{address}</code>
        </p>
        <CopyButton text={address} />
      </div>
      <HookFacts hook={hook} />
      <h2>{texts.calls}</h2>
      <Calls hook={hook} />
    </section>
  );
}

function HookActions({ hook }: { hook: Hook }) {
  const { hooks: texts, forms } = useMessages();
  const navigate = route.useNavigate();
  const mayManage = useMay("hooks:manage");
  const [editing, setEditing] = useState(false);
  if (!mayManage) return null;
  const { hook_id, version, name } = hook;
  return (
    <div className="actions page-action">
      <SwitchButton hook={hook} />
      <Button onClick={() => setEditing(true)}>{forms.edit}</Button>
      <DeleteButton
        name={name}
        consequence={texts.deleteConsequence}
        run={() => api.call("deleteHook", { params: { hook_id }, version })}
        invalidates={[["hooks"]]}
        onDone={() => void navigate({ to: "/hooks", search: {} })}
      />
      {editing && <HookForm hook={hook} onClose={() => setEditing(false)} onSaved={() => undefined} />}
    </div>
  );
}

function Calls({ hook }: { hook: Hook }) {
  const { hooks: texts } = useMessages();
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(callsQuery(hook.hook_id, outcome));
  const columns: Column<HookCall>[] = [
    { key: "at", header: texts.at, cell: ({ at }) => <Moment at={at} /> },
    {
      key: "outcome",
      header: texts.outcome,
      cell: (call) => <Mark tone={tones[call.outcome]}>{texts.outcomes[call.outcome]}</Mark>,
    },
    { key: "reason", header: texts.reason, cell: ({ reason }) => reason },
    {
      key: "execution",
      header: texts.execution,
      cell: (call) => <StartedLink started={call} />,
    },
    { key: "labels", header: texts.labels, cell: ({ labels }) => pairs(labels) },
  ];
  return (
    <div className="stack">
      <search className="filters">
        <Choice
          label={texts.outcome}
          names={Object.fromEntries(HookCall.shape.outcome.options.map((one) => [one, texts.outcomes[one]]))}
          value={outcome}
          onChange={(value) => void navigate({ search: HookSearch.parse({ outcome: value }), replace: true })}
        />
      </search>
      <Listing
        caption={texts.calls}
        list={list}
        columns={columns}
        rowKey={({ call_id }) => call_id}
        empty={
          <EmptyState title={texts.noCalls}>
            <p>{texts.noCallsFix}</p>
          </EmptyState>
        }
      />
    </div>
  );
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}
