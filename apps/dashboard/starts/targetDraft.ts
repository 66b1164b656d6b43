import type { NewExecution } from "@homeslice/protocol/executions.ts";
import type { TargetSelector } from "@homeslice/protocol/targets.ts";
import { words } from "./words.ts";

/** What stands in the fields that choose servers. */
export interface TargetDraft {
  readonly servers: readonly string[];
  readonly environments: readonly string[];
  readonly tags: string;
  readonly groups: string;
  readonly hostname: string;
}

type Targets = Pick<NewExecution, "target_servers" | "targets">;

export const noTargets: TargetDraft = { servers: [], environments: [], tags: "", groups: "", hostname: "" };

/** What the fields show of servers that were chosen. */
export function targetDraftOf({ target_servers, targets }: Partial<Targets>): TargetDraft {
  return {
    servers: target_servers ?? [],
    environments: targets?.environments ?? [],
    tags: targets?.tags?.join(" ") ?? "",
    groups: targets?.groups?.join(" ") ?? "",
    hostname: targets?.filter?.hostname ?? "",
  };
}

/** The selector that the fields say, with what the fields do not show kept; undefined when they say nothing. */
export function selectorOf(draft: TargetDraft, before?: TargetSelector): object | undefined {
  const { tags: _tags, groups: _groups, environments: _environments, filter, ...kept } = before ?? {};
  const { hostname: _hostname, ...otherFilters } = filter ?? {};
  const filters = { ...otherFilters, ...(draft.hostname === "" ? {} : { hostname: draft.hostname }) };
  const selector = {
    ...kept,
    ...some("environments", draft.environments),
    ...some("tags", words(draft.tags)),
    ...some("groups", words(draft.groups)),
    ...(Object.keys(filters).length === 0 ? {} : { filter: filters }),
  };
  return Object.keys(selector).length === 0 ? undefined : selector;
}

function some(name: string, items: readonly string[]): object {
  return items.length === 0 ? {} : { [name]: items };
}
