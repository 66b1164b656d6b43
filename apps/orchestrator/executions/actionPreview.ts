import { MAX_TARGETS, NewExecution, type RequestOf, type ResponseOf } from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { render } from "../actions/rendering.ts";
import type { Connection } from "../database/database.ts";
import { templateOf } from "../operations/index.ts";
import { planExecution } from "./planning.ts";
import { selectByCriteria } from "./selection.ts";

/**
 * Exactly what an action would run with some parameters, server by server: on those that are named, or on all that it
 * applies to.
 * @throws ApiError not_found, invalid_request
 */
export async function previewAction(
  connection: Connection,
  actions: Actions,
  actionId: string,
  { parameters, target_servers, targets }: RequestOf<"previewAction">["body"],
): Promise<ResponseOf<"previewAction">> {
  const action = await actions.get(actionId, connection);
  const operation = await render(connection, action, parameters);
  const summary = templateOf(operation).describe(operation);
  const named = target_servers.length > 0 || targets !== undefined;
  const servers = named
    ? (
        await planExecution(
          connection,
          actions,
          NewExecution.parse({ action_template_id: actionId, parameters, target_servers, targets }),
        )
      ).targets
    : (await selectByCriteria(connection, {}, MAX_TARGETS)).filter(({ tags }) =>
        action.applicable_server_tags.every((tag) => tags.includes(tag)),
      );
  return {
    operation,
    summary,
    servers: servers.map(({ server_id, hostname, environment, status }) => ({
      server_id,
      hostname,
      environment,
      status,
      command: summary,
    })),
  };
}
