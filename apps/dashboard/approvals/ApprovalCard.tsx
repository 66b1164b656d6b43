import type { Approval, ApprovalStatus } from "@homeslice/protocol/approvals.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { api } from "../api/client.ts";
import { VoteForm } from "../forms/VoteForm.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { sessionQuery } from "../session/session.ts";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { exactText } from "../ui/exactText.ts";
import { Facts } from "../ui/Facts.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { WhatRuns } from "./WhatRuns.tsx";

const tones: Record<ApprovalStatus, Tone> = {
  pending: "busy",
  approved: "good",
  refused: "bad",
  expired: "warning",
  withdrawn: "quiet",
};

/** An execution without its output: what was stored when it was started is exactly what runs. */
const storedQuery = (execution_id: string) =>
  queryOptions({
    queryKey: ["execution", execution_id, "stored"],
    queryFn: () => api.call("getExecution", { params: { execution_id }, query: { output: "none" } }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** One execution that needs approval: what exactly would run, who asks, and what was said of it. */
export function ApprovalCard({ approval }: { approval: Approval }) {
  const { approvals: texts } = useMessages();
  const { data: session } = useQuery(sessionQuery);
  const { data: actions } = useQuery(actionChoiceQuery);
  const execution = useQuery(storedQuery(approval.execution_id));
  const mayApprove = useMay("executions:approve");
  const title = useId();
  const { execution_id, status, requested_by, votes } = approval;
  const action = actionOf(actions, approval.action_template_id)?.name ?? texts.command;
  const isOwn = requested_by === session?.caller?.subject;
  return (
    <article aria-labelledby={title} className="panel">
      <header className="page-head">
        <h2 id={title}>
          <Link to="/executions/$executionId" params={{ executionId: execution_id }}>
            {exactText(texts.asks(requested_by, action))}
          </Link>
        </h2>
        <Mark tone={tones[status]}>{texts.statuses[status]}</Mark>
      </header>
      <Facts
        facts={[
          [texts.requested, <Moment key="requested" at={approval.requested_at} />],
          [texts.tooLate, status === "pending" && <Moment at={approval.expires_at} />],
          [texts.needed, texts.of(votes.filter(({ decision }) => decision === "approve").length, approval.needed)],
          [texts.rules, exactText(approval.rules.join(", "))],
          [texts.version, approval.action_version],
        ]}
      />
      <WhatRuns query={execution} />
      {votes.length > 0 && (
        <ul className="plain-list">
          {votes.map(({ by, at, decision, reason }) => (
            <li key={by}>
              <Mark tone={decision === "approve" ? "good" : "bad"}>{texts.decisions[decision]}</Mark>{" "}
              {texts.vote(by, reason)} (<Moment at={at} />)
            </li>
          ))}
        </ul>
      )}
      {status === "pending" && mayApprove && !isOwn && (
        <VoteForm
          send={(body) => api.call("decideApproval", { params: { execution_id }, body })}
          invalidates={[["approvals"], ["history"]]}
        />
      )}
      {status === "pending" && isOwn && <p className="muted">{texts.own}</p>}
      {status === "pending" && !mayApprove && !isOwn && <p className="muted">{texts.notYours}</p>}
    </article>
  );
}
