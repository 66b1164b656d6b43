import { type JsonObject, jsonObjectSchema } from "./json.ts";
import { invalid } from "./refusal.ts";
import { type Model, uuidKey } from "./store.ts";

/** The settings of an outpost; a request that gives any of them gives all, and what it leaves out is as here. */
export const outpostConfig: JsonObject = {
  authentik_host: "",
  authentik_host_insecure: false,
  authentik_host_browser: "",
  log_level: "info",
  object_naming_template: "ak-outpost-%(name)s",
  refresh_interval: "minutes=5",
  container_image: null,
  docker_network: null,
  docker_map_ports: true,
  docker_labels: null,
  kubernetes_replicas: 1,
  kubernetes_namespace: "default",
  kubernetes_ingress_annotations: {},
  kubernetes_ingress_secret_name: "authentik-outpost-tls",
  kubernetes_service_type: "ClusterIP",
  kubernetes_disabled_components: [],
  kubernetes_image_pull_secrets: [],
  kubernetes_json_patches: null,
};

const EMBEDDED = "goauthentik.io/outposts/embedded";

export const outpostModel: Model = {
  path: "/outposts/instances/",
  schema: "Outpost",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  references: { providers: ["/providers/proxy/", "/providers/oauth2/"] },
  defaults: () => ({ service_connection: null, managed: null, refresh_interval_s: 300 }),
  save: (asked, store, before) => {
    const { providers } = asked;
    const list = Array.isArray(providers) ? providers : [];
    if (list.length === 0 && asked["managed"] !== EMBEDDED)
      throw invalid({ providers: ["This list may not be empty."] });
    const foreign = list.filter((pk) => !store.find("/providers/proxy/", "pk", pk));
    if (foreign.length > 0)
      throw invalid({ providers: foreign.map((pk) => `Invalid provider ${pk} for outpost type proxy.`) });
    if (before && before["managed"] === EMBEDDED && asked["name"] !== before["name"]) {
      throw invalid({ name: ["Embedded outpost's name cannot be changed"] });
    }
    const config = jsonObjectSchema.parse(asked["config"]);
    const strange = Object.keys(config).filter((key) => !Object.hasOwn(outpostConfig, key));
    if (strange.length > 0) throw invalid({ config: [`can not match ${strange.join(", ")} to any data class field`] });
    return { ...asked, config: { ...outpostConfig, ...config } };
  },
};
