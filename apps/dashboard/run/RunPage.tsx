import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import type { Server } from "@homeslice/protocol/servers.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { serversQuery } from "../api/queries.ts";
import { FaultsContext } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { emptyTiming } from "../schedules/timingDraft.ts";
import { filterServers } from "../servers/serverFilter.ts";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { draftOf, faultsOfFilled } from "../starts/parameterDraft.ts";
import { StartFields } from "../starts/StartFields.tsx";
import { noStart } from "../starts/startDraft.ts";
import { noTargets } from "../starts/targetDraft.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { ConfirmRun, type ConfirmRunProps } from "./ConfirmRun.tsx";
import { ConfirmSchedule } from "./ConfirmSchedule.tsx";
import { RolloutFields } from "./RolloutFields.tsx";
import { RunPreview } from "./RunPreview.tsx";
import { PLACE, type RunDraft } from "./runDraft.ts";
import { usePreview } from "./usePreview.ts";
import { WhenFields } from "./WhenFields.tsx";

const route = getRouteApi("/run");

/** Chooses what runs where, shows exactly what that means, and starts it. */
export function RunPage() {
  const { run: texts } = useMessages();
  const { shown } = route.useSearch();
  const actions = useQuery(actionChoiceQuery);
  const servers = useQuery({ ...serversQuery, enabled: shown !== undefined });
  const failed = [actions, servers].find(({ error }) => error !== null);
  const fitting = shown ? servers.data && filterServers(servers.data, shown) : [];
  return (
    <section aria-labelledby="run-title" className="page">
      <h1 id="run-title">{texts.title}</h1>
      {failed && <ErrorNotice error={failed.error} reset={() => void failed.refetch()} />}
      {actions.data && fitting ? <RunForm actions={actions.data} shown={fitting} /> : !failed && <Skeleton rows={6} />}
    </section>
  );
}

interface RunFormProps {
  readonly actions: readonly Action[];
  /** The servers that were shown where this was asked for; more are chosen by the address. */
  readonly shown: readonly Server[];
}

function RunForm({ actions, shown }: RunFormProps) {
  const { run: texts } = useMessages();
  const search = route.useSearch();
  const [draft, setDraft] = useState<RunDraft>(() => initialDraft(search, actions, shown));
  const action = draft.start.kind === "action" ? actionOf(actions, draft.start.actionId) : undefined;
  const run = usePreview(draft, action);
  const early = faultsOfFilled(run.refusals, draft.start.parameters, `${PLACE}.parameters`);
  const mayPlan = useMay("schedules:write");
  const change = (part: Partial<RunDraft>) => setDraft({ ...draft, ...part });
  const [asking, setAsking] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const [refused, setRefused] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefused(!run.ready);
    setAsking(run.ready);
    if (!run.ready)
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  return (
    <div className="split">
      <form ref={element} className="form" onSubmit={submit} noValidate>
        <FaultsContext value={refused ? run.faults : early}>
          <StartFields draft={draft.start} actions={actions} path={PLACE} onChange={(start) => change({ start })} />
          <RolloutFields draft={draft} onChange={change} />
          {mayPlan && <WhenFields draft={draft} onChange={change} />}
        </FaultsContext>
        <div className="actions">
          <Button type="submit" kind="primary" busy={run.asking}>
            {draft.begins === "now" ? texts.review : texts.reviewSchedule}
          </Button>
        </div>
      </form>
      <section aria-labelledby="run-preview" aria-busy={run.asking} className="form panel">
        <h2 id="run-preview">{texts.preview}</h2>
        {run.preview ? (
          <RunPreview preview={run.preview} rules={run.rules} dryRun={draft.dryRun} />
        ) : (
          <p className="muted">{texts.previewHint}</p>
        )}
        {run.error && <ErrorNotice error={run.error} />}
      </section>
      {asking && run.body && run.preview && (
        <Confirmation
          run={{ ...run, body: run.body, preview: run.preview }}
          action={action}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

interface ConfirmationProps {
  readonly run: Pick<ConfirmRunProps, "body" | "preview" | "rules"> & { readonly schedule: NewSchedule | undefined };
  readonly action: Action | undefined;
  readonly onClose: () => void;
}

/** What is asked before it starts, or before it is planned. */
function Confirmation({ run: { schedule, body, preview, rules }, action, onClose }: ConfirmationProps) {
  if (schedule === undefined)
    return <ConfirmRun body={body} action={action} preview={preview} rules={rules} onClose={onClose} />;
  return <ConfirmSchedule body={schedule} preview={preview} rules={rules} onClose={onClose} />;
}

function initialDraft(
  { action: actionId, servers, dry }: ReturnType<typeof route.useSearch>,
  actions: readonly Action[],
  shown: readonly Server[],
): RunDraft {
  const parameters = draftOf(actionOf(actions, actionId)?.parameters ?? {});
  const targets = { ...noTargets, servers: servers?.split(",") ?? shown.map(({ server_id }) => server_id) };
  const kind = actions.length === 0 ? "command" : "action";
  return {
    start: { ...noStart, kind, actionId: actionId ?? "", parameters, targets },
    parallelism: "",
    batchSize: "",
    stopAfter: "",
    timeout: "",
    dryRun: dry ?? false,
    begins: "now",
    name: "",
    timing: emptyTiming(),
  };
}
