import { getRouteApi } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { BrowserPanel } from "./BrowserPanel.tsx";
import { ChannelList } from "./ChannelList.tsx";
import { DeliveryList } from "./DeliveryList.tsx";
import { RuleList } from "./RuleList.tsx";

const route = getRouteApi("/notifications");

/** Who is told of what, and what became of telling them. */
export function NotificationsPage() {
  const { notifications: texts } = useMessages();
  const { tab = "channels", status } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (search: { tab: typeof tab; status?: typeof status }) => void navigate({ search, replace: true });
  return (
    <section aria-labelledby="notifications-title" className="page">
      <h1 id="notifications-title">{texts.title}</h1>
      <Tabs
        label={texts.title}
        chosen={tab}
        onChoose={(name) => change({ tab: name })}
        tabs={[
          { name: "channels", label: texts.tabs.channels, content: () => <ChannelList /> },
          { name: "rules", label: texts.tabs.rules, content: () => <RuleList /> },
          {
            name: "deliveries",
            label: texts.tabs.deliveries,
            content: () => (
              <DeliveryList status={status} onStatus={(chosen) => change({ tab: "deliveries", status: chosen })} />
            ),
          },
          { name: "browser", label: texts.tabs.browser, content: () => <BrowserPanel /> },
        ]}
      />
    </section>
  );
}
