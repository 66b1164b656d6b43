import { api } from "../api/client.ts";
import { plainText } from "./ansi.ts";

const PAGE = 10_000;

/**
 * The whole output of an execution as text, also what a page no longer holds: server by server, without its colours.
 * @param name what each server is called; of one server alone, lines stand for themselves
 */
export async function readLog(
  executionId: string,
  serverIds: readonly string[],
  name: (serverId: string) => string,
): Promise<Blob> {
  const parts: string[] = [];
  for (const serverId of serverIds) {
    const prefix = serverIds.length > 1 ? `${name(serverId)}: ` : "";
    for (let after = 0, more = true; more; ) {
      const query = { server_id: serverId, after, limit: PAGE };
      const { items } = await api.call("getExecutionLogs", { params: { execution_id: executionId }, query });
      parts.push(items.map(({ text }) => `${prefix}${plainText(text.replace(/\r?\n$/, ""))}\n`).join(""));
      after = items.at(-1)?.seq ?? after;
      more = items.length === PAGE;
    }
  }
  return new Blob(parts, { type: "text/plain" });
}
