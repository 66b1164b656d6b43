import type { Secret } from "@homeslice/protocol/secrets.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedPage } from "../forms/ManagedPage.tsx";
import { hookChoiceQuery } from "../hooks/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { channelChoiceQuery } from "../notifications/queries.ts";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import type { Column } from "../ui/DataTable.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ResealButton } from "./ResealButton.tsx";
import { SecretForm } from "./SecretForm.tsx";
import { isNamedIn, usesOf } from "./uses.ts";

const secretsQuery = pagesQuery(["secrets"], (place) => api.call("listSecrets", { query: { sort: "name", ...place } }));

/** Secrets by their names: where they are and what asks for them, never what they are. */
export function SecretsPage() {
  const { secrets: texts } = useMessages();
  const mayReseal = useMay("secrets:reseal");
  return (
    <ManagedPage
      title={texts.title}
      about={texts.about}
      words={texts}
      list={useInfiniteQuery(secretsQuery)}
      columns={useColumns()}
      rowKey={({ secret_id }) => secret_id}
      mayManage={useMay("secrets:manage")}
      more={mayReseal && <ResealButton />}
      change={({ name }) => ({ label: texts.replace, title: texts.replaceOf(name) })}
      rowActions={({ secret_id, version, name }) => (
        <DeleteButton
          name={name}
          consequence={texts.deleteConsequence}
          run={() => api.call("deleteSecret", { params: { secret_id }, version })}
          invalidates={[["secrets"]]}
        />
      )}
      form={(secret, onClose) => <SecretForm {...(secret && { secret })} onClose={onClose} />}
    />
  );
}

function useColumns(): Column<Secret>[] {
  const { secrets: texts, forms } = useMessages();
  const usersOf = useUsers();
  return [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "description", header: forms.description, cell: ({ description }) => description },
    { key: "where", header: texts.where, cell: ({ source }) => texts.place(source) },
    { key: "uses", header: texts.uses, cell: ({ name }) => usersOf(name).join(", ") || texts.unused },
    { key: "changed", header: texts.changed, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
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
