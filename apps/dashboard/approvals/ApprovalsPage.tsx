import { ApprovalStatus } from "@homeslice/protocol/approvals.ts";
import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { ApprovalCard } from "./ApprovalCard.tsx";
import { ApprovalSearch } from "./approvalSearch.ts";
import { RuleList } from "./RuleList.tsx";

const route = getRouteApi("/approvals");

const approvalsQuery = (status: ApprovalStatus) =>
  pagesQuery(["approvals", status], (place) => api.call("listApprovals", { query: { status, limit: 20, ...place } }));

const approvalQuery = (execution_id: string) =>
  queryOptions({
    queryKey: ["approvals", "one", execution_id],
    queryFn: () => api.call("getApproval", { params: { execution_id } }),
    refetchInterval: 5_000,
  });

/** What waits for the word of others, and the rules by which it does. */
export function ApprovalsPage() {
  const { approvals: texts } = useMessages();
  const { tab = "approvals", execution } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <section aria-labelledby="approvals-title" className="page">
      <h1 id="approvals-title">{texts.title}</h1>
      <Tabs
        label={texts.title}
        chosen={tab}
        onChoose={(name) => void navigate({ search: { tab: name }, replace: true })}
        tabs={[
          {
            name: "approvals",
            label: texts.tabs.approvals,
            content: () => (execution === undefined ? <ApprovalList /> : <OneApproval executionId={execution} />),
          },
          { name: "rules", label: texts.tabs.rules, content: () => <RuleList /> },
        ]}
      />
    </section>
  );
}

/** That of one execution, to which a link led. */
function OneApproval({ executionId }: { executionId: string }) {
  const { approvals: texts } = useMessages();
  const { data: approval, error, refetch } = useQuery(approvalQuery(executionId));
  return (
    <div className="stack">
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {approval && <ApprovalCard approval={approval} />}
      {!approval && !error && <Skeleton rows={3} />}
      <p>
        <Link to="/approvals" search={{}}>
          {texts.all}
        </Link>
      </p>
    </div>
  );
}

function ApprovalList() {
  const { approvals: texts, ui } = useMessages();
  const { status = "pending" } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(approvalsQuery(status));
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = list;
  const approvals = data?.pages.flatMap(({ items }) => items);
  return (
    <div className="stack">
      <search className="filters">
        <Choice
          label={texts.status}
          names={Object.fromEntries(ApprovalStatus.options.map((one) => [one, texts.statuses[one]]))}
          value={status}
          onChange={(value) => void navigate({ search: ApprovalSearch.parse({ status: value }), replace: true })}
        />
      </search>
      {isPending && <Skeleton rows={3} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {approvals?.length === 0 && (
        <EmptyState title={status === "pending" ? texts.none : texts.noneSuch}>
          <p>{texts.noneFix}</p>
        </EmptyState>
      )}
      {approvals !== undefined && approvals.length > 0 && (
        <ul className="cards">
          {approvals.map((approval) => (
            <li key={approval.execution_id}>
              <ApprovalCard approval={approval} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {ui.more}
        </Button>
      )}
    </div>
  );
}
