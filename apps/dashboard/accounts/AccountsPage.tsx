import type { Account } from "@homeslice/protocol/accounts.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { AccountForm, NewAccountForm } from "./AccountForm.tsx";
import { DisableButton } from "./DisableButton.tsx";
import { RoleBindingList } from "./RoleBindingList.tsx";
import { Roles } from "./Roles.tsx";

const accountsQuery = pagesQuery(["accounts"], (place) =>
  api.call("listAccounts", { query: { sort: "username", ...place } }),
);

/** Local accounts, roles of groups, and what each role may do. */
export function AccountsPage() {
  const { accounts: texts } = useMessages();
  const list = useInfiniteQuery(accountsQuery);
  const [shown, setShown] = useState<Account | "new">();
  const columns = useColumns(setShown);
  const close = () => setShown(undefined);
  return (
    <section aria-labelledby="accounts-title" className="page">
      <div className="page-head">
        <h1 id="accounts-title">{texts.title}</h1>
        <Button kind="primary" onClick={() => setShown("new")}>
          {texts.create}
        </Button>
      </div>
      <p className="muted">{texts.about}</p>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ account_id }) => account_id}
        empty={
          <EmptyState title={texts.none}>
            <p>{texts.noneFix}</p>
          </EmptyState>
        }
      />
      <RoleBindingList />
      <Roles />
      {shown === "new" && <NewAccountForm onClose={close} />}
      {shown !== undefined && shown !== "new" && <AccountForm account={shown} onClose={close} />}
    </section>
  );
}

function useColumns(edit: (account: Account) => void): Column<Account>[] {
  const { accounts: texts, forms } = useMessages();
  return [
    { key: "name", header: texts.username, cell: ({ username }) => username },
    { key: "role", header: texts.role, cell: ({ role }) => texts.roles[role] },
    {
      key: "state",
      header: texts.state,
      cell: ({ disabled }) => (
        <Mark tone={disabled ? "warning" : "good"}>{disabled ? texts.disabled : texts.enabled}</Mark>
      ),
    },
    { key: "by", header: texts.createdBy, cell: ({ created_by }) => created_by },
    { key: "created", header: texts.created, cell: ({ created_at }) => <Moment at={created_at} /> },
    {
      key: "actions",
      header: forms.actions,
      cell: (account) => (
        <div className="row-actions">
          <Button aria-label={forms.editOf(account.username)} onClick={() => edit(account)}>
            {forms.edit}
          </Button>
          <DisableButton account={account} />
          <DeleteButton
            name={account.username}
            consequence={texts.deleteConsequence}
            run={() =>
              api.call("deleteAccount", { params: { account_id: account.account_id }, version: account.version })
            }
            invalidates={[["accounts"]]}
          />
        </div>
      ),
    },
  ];
}
