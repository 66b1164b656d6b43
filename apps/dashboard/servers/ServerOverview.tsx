import type { Server } from "@homeslice/protocol/servers.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { Facts } from "../ui/Facts.tsx";
import { since } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";

/** What a server is and can do. */
export function ServerOverview({ server }: { server: Server }) {
  const { servers: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const { configuration, credentials, metadata, status } = server;
  const moment = (at: string | null) => (at === null ? texts.never : since(at, now, language));
  return (
    <>
      <Facts
        facts={[
          [texts.address, server.ip_address],
          [texts.environment, server.environment],
          [texts.group, server.server_group],
          [texts.tags, server.tags.join(", ")],
          [texts.lastSeen, moment(status.last_heartbeat)],
          [texts.lastSuccess, moment(metadata.last_successful_execution)],
          [texts.system, configuration.os_info],
          [texts.agent, configuration.agent_version],
          [texts.atOnce, configuration.max_concurrent_jobs],
          [texts.key, credentials.key_fingerprint && <code>{credentials.key_fingerprint.slice(0, 16)}</code>],
          [texts.registered, `${moment(metadata.created_at)} (${metadata.created_by})`],
        ]}
      />
      <h2>{texts.capabilities}</h2>
      <ul className="chips">
        {server.capabilities.map((capability) => (
          <li key={capability}>{capability}</li>
        ))}
      </ul>
    </>
  );
}
