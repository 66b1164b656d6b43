import type { JsonObject } from "./json.ts";
import type { Model, Store } from "./store.ts";

const PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const paging = new Set(["page", "page_size", "ordering", "search"]);

/** The answer to a list request: exact filters, fuzzy search, and pages whose `next` is a number. */
export function listed(model: Model, query: URLSearchParams, store: Store): JsonObject {
  const matching = store.all(model.path).filter((object) => isWanted(object, model, query, store));
  const size = Math.min(Number(query.get("page_size") ?? PAGE_SIZE), MAX_PAGE_SIZE);
  const page = Number(query.get("page") ?? 1);
  const pages = Math.max(1, Math.ceil(matching.length / size));
  const results = matching.slice((page - 1) * size, page * size);
  return {
    pagination: {
      next: page < pages ? page + 1 : 0,
      previous: page - 1,
      count: matching.length,
      current: page,
      total_pages: pages,
      start_index: (page - 1) * size + 1,
      end_index: (page - 1) * size + results.length,
    },
    results,
    autocomplete: {},
  };
}

function isWanted(object: JsonObject, model: Model, query: URLSearchParams, store: Store): boolean {
  if (model.visible?.(object, query, store) === false) return false;
  const search = query.get("search");
  if (search && !JSON.stringify(object).toLowerCase().includes(search.toLowerCase())) return false;
  return [...new Set(query.keys())].every((name) => {
    if (paging.has(name) || name.startsWith("include_")) return true;
    const own = model.filters?.[name];
    return query.getAll(name).some((value) => (own ? own(object, value, store) : matches(object, name, value)));
  });
}

function matches(object: JsonObject, name: string, value: string): boolean {
  const [property = "", relation] = name.split("__");
  const held = object[property];
  if (relation === "iexact") return String(held).toLowerCase() === value.toLowerCase();
  if (relation === "icontains") return String(held).toLowerCase().includes(value.toLowerCase());
  if (relation === "isnull") return (held === null) === (value === "true");
  return Array.isArray(held) ? held.map(String).includes(value) : String(held) === value;
}
