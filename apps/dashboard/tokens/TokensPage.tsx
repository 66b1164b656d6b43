import type { ApiToken } from "@homeslice/protocol/accounts.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedPage } from "../forms/ManagedPage.tsx";
import { ShownOnce } from "../forms/ShownOnce.tsx";
import { useMessages } from "../i18n/messages.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Moment } from "../ui/Moment.tsx";
import { TokenForm } from "./TokenForm.tsx";

const tokensQuery = pagesQuery(["tokens"], (place) => api.call("listApiTokens", { query: { ...place } }));

/** Tokens of programs: what they may do, and until when. */
export function TokensPage() {
  const { tokens: texts } = useMessages();
  const [issued, setIssued] = useState<string>();
  return (
    <ManagedPage
      title={texts.title}
      about={texts.about}
      words={texts}
      list={useInfiniteQuery(tokensQuery)}
      columns={useColumns()}
      rowKey={({ token_id }) => token_id}
      mayManage
      rowActions={({ token_id, name }) => (
        <DeleteButton
          name={name}
          consequence={texts.revokeConsequence}
          words={{ action: texts.revoke, title: texts.revokeOf, done: texts.revoked }}
          run={() => api.call("revokeApiToken", { params: { token_id } })}
          invalidates={[["tokens"]]}
        />
      )}
      form={(_, onClose) => <TokenForm onClose={onClose} onIssued={setIssued} />}
    >
      {issued !== undefined && (
        <ShownOnce
          title={texts.issued}
          label={texts.token}
          text={issued}
          hint={texts.issuedHint}
          onClose={() => setIssued(undefined)}
        />
      )}
    </ManagedPage>
  );
}

function useColumns(): Column<ApiToken>[] {
  const { tokens: texts, forms, accounts } = useMessages();
  return [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "role", header: accounts.role, cell: ({ role }) => accounts.roles[role] },
    {
      key: "permissions",
      header: texts.permissions,
      cell: ({ permissions }) => permissions?.join(", ") ?? texts.allOfRole,
    },
    { key: "by", header: texts.createdBy, cell: ({ created_by }) => created_by },
    { key: "expires", header: texts.expires, cell: ({ expires_at }) => <Moment at={expires_at} /> },
    {
      key: "used",
      header: texts.lastUsed,
      cell: ({ last_used_at }) => (last_used_at === null ? texts.never : <Moment at={last_used_at} />),
    },
  ];
}
