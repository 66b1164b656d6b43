import type { RoleBinding } from "@homeslice/protocol/roleBindings.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedList } from "../forms/ManagedList.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import type { Column } from "../ui/DataTable.tsx";
import { Moment } from "../ui/Moment.tsx";
import { RoleBindingForm } from "./RoleBindingForm.tsx";

const bindingsQuery = pagesQuery(["role-bindings"], (place) =>
  api.call("listRoleBindings", { query: { sort: "name", ...place } }),
);

/** What members of groups of the identity provider may do, beside what the configuration gives them. */
export function RoleBindingList() {
  const { accounts: texts, forms } = useMessages();
  const columns: Column<RoleBinding>[] = [
    { key: "name", header: texts.group, cell: ({ name }) => name },
    { key: "role", header: texts.role, cell: ({ role }) => texts.roles[role] },
    { key: "description", header: forms.description, cell: ({ description }) => description },
    { key: "by", header: texts.createdBy, cell: ({ metadata }) => metadata.created_by },
    { key: "created", header: texts.created, cell: ({ metadata }) => <Moment at={metadata.created_at} /> },
  ];
  return (
    <section aria-labelledby="groups-title" className="panel">
      <h2 id="groups-title">{texts.groups}</h2>
      <p className="muted">{texts.groupsHint}</p>
      <ManagedList
        caption={texts.groups}
        list={useInfiniteQuery(bindingsQuery)}
        columns={columns}
        expected={2}
        rowKey={({ role_binding_id }) => role_binding_id}
        mayManage={useMay("accounts:manage")}
        words={{ create: texts.createBinding, none: texts.noBindings, noneFix: texts.noBindingsFix }}
        change={({ name }) => ({ label: forms.edit, title: forms.editOf(name) })}
        rowActions={({ role_binding_id, version, name }) => (
          <DeleteButton
            name={name}
            consequence={texts.deleteBindingConsequence}
            run={() => api.call("deleteRoleBinding", { params: { role_binding_id }, version })}
            invalidates={[["role-bindings"]]}
          />
        )}
        form={(binding, onClose) => <RoleBindingForm {...(binding && { binding })} onClose={onClose} />}
      />
    </section>
  );
}
