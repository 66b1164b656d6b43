import type { Account } from "@homeslice/protocol/accounts.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedPage } from "../forms/ManagedPage.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import type { Column } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { AccountForm, NewAccountForm } from "./AccountForm.tsx";
import { DisableButton } from "./DisableButton.tsx";
import { RoleBindingList } from "./RoleBindingList.tsx";
import { Roles } from "./Roles.tsx";

const accountsQuery = pagesQuery(["accounts"], (place) =>
  api.call("listAccounts", { query: { sort: "username", ...place } }),
);

/** Local accounts, roles of groups, and what each role may do. */
export function AccountsPage() {
  const { accounts: texts, forms } = useMessages();
  return (
    <ManagedPage
      title={texts.title}
      about={texts.about}
      words={texts}
      list={useInfiniteQuery(accountsQuery)}
      columns={useColumns()}
      expected={3}
      rowKey={({ account_id }) => account_id}
      mayManage={useMay("accounts:manage")}
      change={({ username }) => ({ label: forms.edit, title: forms.editOf(username) })}
      rowActions={(account) => (
        <>
          <DisableButton account={account} />
          <DeleteAccount account={account} />
        </>
      )}
      form={(account, onClose) =>
        account ? <AccountForm account={account} onClose={onClose} /> : <NewAccountForm onClose={onClose} />
      }
    >
      <RoleBindingList />
      <Roles />
    </ManagedPage>
  );
}

function DeleteAccount({ account: { account_id, version, username } }: { account: Account }) {
  const { accounts: texts } = useMessages();
  return (
    <DeleteButton
      name={username}
      consequence={texts.deleteConsequence}
      run={() => api.call("deleteAccount", { params: { account_id }, version })}
      invalidates={[["accounts"]]}
    />
  );
}

function useColumns(): Column<Account>[] {
  const { accounts: texts } = useMessages();
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
  ];
}
