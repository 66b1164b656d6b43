import type { Secret } from "@homeslice/protocol/secrets.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { hookChoiceQuery } from "../hooks/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { channelChoiceQuery } from "../notifications/queries.ts";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { ResealButton } from "./ResealButton.tsx";
import { SecretForm } from "./SecretForm.tsx";
import { isNamedIn, usesOf } from "./uses.ts";

const secretsQuery = pagesQuery(["secrets"], (place) => api.call("listSecrets", { query: { sort: "name", ...place } }));

/** Secrets by their names: where they are and what asks for them, never what they are. */
export function SecretsPage() {
  const { secrets: texts, forms } = useMessages();
  const list = useInfiniteQuery(secretsQuery);
  const mayManage = useMay("secrets:manage");
  const mayReseal = useMay("secrets:reseal");
  const [shown, setShown] = useState<Secret | "new">();
  const columns = useColumns(mayManage, setShown);
  return (
    <section aria-labelledby="secrets-title" className="page">
      <div className="page-head">
        <h1 id="secrets-title">{texts.title}</h1>
        {mayManage && (
          <Button kind="primary" onClick={() => setShown("new")}>
            {texts.create}
          </Button>
        )}
        {mayReseal && <ResealButton />}
      </div>
      <p className="muted">{texts.about}</p>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ secret_id }) => secret_id}
        empty={
          <EmptyState title={texts.none}>
            <p>{mayManage ? texts.noneFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {shown !== undefined && (
        <SecretForm {...(shown !== "new" && { secret: shown })} onClose={() => setShown(undefined)} />
      )}
    </section>
  );
}

function useColumns(mayManage: boolean, replace: (secret: Secret) => void): Column<Secret>[] {
  const { secrets: texts, forms } = useMessages();
  const usersOf = useUsers();
  const columns: Column<Secret>[] = [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "description", header: forms.description, cell: ({ description }) => description },
    { key: "where", header: texts.where, cell: ({ source }) => texts.place(source) },
    {
      key: "uses",
      header: texts.uses,
      cell: ({ name }) => usersOf(name).join(", ") || texts.unused,
    },
    { key: "changed", header: texts.changed, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
  if (!mayManage) return columns;
  const actionsOf = (secret: Secret) => (
    <div className="row-actions">
      <Button aria-label={texts.replaceOf(secret.name)} onClick={() => replace(secret)}>
        {texts.replace}
      </Button>
      <DeleteButton
        name={secret.name}
        consequence={texts.deleteConsequence}
        run={() => api.call("deleteSecret", { params: { secret_id: secret.secret_id }, version: secret.version })}
        invalidates={[["secrets"]]}
      />
    </div>
  );
  return [...columns, { key: "actions", header: forms.actions, cell: actionsOf }];
}

/** What asks for a secret, by its name. */
function useUsers(): (secret: string) => readonly string[] {
  const { secrets: texts } = useMessages();
  const { data: actions = [] } = useQuery(actionChoiceQuery);
  const { data: hooks = [] } = useQuery(hookChoiceQuery);
  const { data: channels = [] } = useQuery(channelChoiceQuery);
  return (secret) => [
    ...usesOf(secret, actions).map(({ name }) => name),
    ...hooks.filter((hook) => isNamedIn(hook, secret)).map(({ name }) => texts.hook(name)),
    ...channels.filter(({ target }) => isNamedIn(target, secret)).map(({ name }) => texts.channel(name)),
  ];
}
