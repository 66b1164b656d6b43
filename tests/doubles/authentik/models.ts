import { randomBytes, randomUUID } from "node:crypto";
import { accountModels } from "./accounts.ts";
import { type Json, type JsonObject, strings } from "./json.ts";
import { outpostModel } from "./outposts.ts";
import { invalid } from "./refusal.ts";
import { type Model, numberKey, type Store, uuidKey } from "./store.ts";

const providers = ["/providers/oauth2/", "/providers/proxy/"];
const flows = ["/flows/instances/"];

const providerReferences = {
  authorization_flow: flows,
  invalidation_flow: flows,
  authentication_flow: flows,
  property_mappings: ["/propertymappings/provider/scope/"],
};

/** What becomes of a provider's application and outposts when the provider goes. */
function providerDeleted({ pk }: JsonObject, store: Store): void {
  store.each("/core/applications/", (application) => {
    if (application["provider"] === pk) application["provider"] = null;
  });
  store.each("/outposts/instances/", (outpost) => {
    outpost["providers"] = without(outpost["providers"], pk);
  });
}

function assigned({ pk }: JsonObject, store: Store): JsonObject {
  const application = store.find("/core/applications/", "provider", pk);
  return {
    assigned_application_slug: application?.["slug"] ?? null,
    assigned_application_name: application?.["name"] ?? null,
  };
}

const without = (list: Json | undefined, entry: Json | undefined): Json[] =>
  Array.isArray(list) ? list.filter((other) => other !== entry) : [];

const oauth2: Model = {
  path: "/providers/oauth2/",
  schema: "OAuth2Provider",
  lookup: "pk",
  keys: numberKey,
  unique: ["name", "client_id"],
  references: { ...providerReferences, signing_key: ["/crypto/certificatekeypairs/"] },
  defaults: () => ({
    authentication_flow: null,
    property_mappings: [], // no scopes, no claims
    client_type: "confidential",
    grant_types: [], // every login fails
    client_id: randomBytes(20).toString("hex"),
    client_secret: randomBytes(64).toString("hex"),
    access_code_validity: "minutes=1",
    access_token_validity: "hours=1",
    refresh_token_validity: "days=30",
    refresh_token_threshold: "seconds=0",
    include_claims_in_id_token: true,
    signing_key: null,
    encryption_key: null,
    logout_uri: "",
    logout_method: "backchannel",
    sub_mode: "hashed_user_id",
    issuer_mode: "per_provider",
    jwt_federation_sources: [],
    jwt_federation_providers: [],
  }),
  save: (asked) => ({ ...asked, redirect_uris: redirectUris(asked["redirect_uris"]) }),
  shown: assigned,
  deleted: providerDeleted,
};

function redirectUris(given: Json | undefined): Json[] {
  if (!Array.isArray(given)) return [];
  return given.map((uri) => ({ redirect_uri_type: "authorization", ...(typeof uri === "object" ? uri : {}) }));
}

const proxy: Model = {
  path: "/providers/proxy/",
  schema: "ProxyProvider",
  lookup: "pk",
  keys: numberKey,
  unique: ["name"],
  references: providerReferences,
  defaults: () => ({
    authentication_flow: null,
    internal_host: "",
    internal_host_ssl_validation: true,
    certificate: null,
    skip_path_regex: "",
    basic_auth_enabled: false,
    basic_auth_password_attribute: "",
    basic_auth_user_attribute: "",
    mode: "proxy",
    intercept_header_auth: true,
    cookie_domain: "",
    access_token_validity: "hours=1",
    refresh_token_validity: "days=30",
    client_id: randomBytes(20).toString("hex"),
  }),
  save: (asked, store) => {
    if (asked["mode"] === "proxy" && !asked["internal_host"]) {
      throw invalid({ internal_host: ["Internal host cannot be empty when forward auth is disabled."] });
    }
    const own = ["openid", "profile", "email", "entitlements", "ak_proxy"];
    const added = store
      .all("/propertymappings/provider/scope/")
      .filter(({ managed, scope_name: scope }) => managed !== null && own.includes(String(scope)))
      .map(({ pk }) => String(pk));
    return { ...asked, property_mappings: [...new Set([...strings(asked["property_mappings"]), ...added])] };
  },
  shown: assigned,
  deleted: providerDeleted,
};

const application: Model = {
  path: "/core/applications/",
  schema: "Application",
  lookup: "slug",
  keys: () => {
    const pk = randomUUID();
    return { pk, pbm_uuid: pk };
  },
  unique: ["slug", "provider"],
  references: { provider: providers },
  defaults: () => ({
    provider: null,
    backchannel_providers: [],
    open_in_new_tab: false,
    meta_launch_url: "",
    meta_icon: "",
    meta_description: "",
    meta_publisher: "",
    policy_engine_mode: "any",
    group: "",
    meta_hide: false,
  }),
  shown: ({ meta_launch_url: url }) => ({ launch_url: url || null }),
  deleted: ({ pk }, store) => unbind(store, "target", pk),
  // A plain list shows what the owner of the token may enter, and that is in no group but the administrators'.
  visible: ({ pk }, query, store) =>
    query.get("superuser_full_list") === "true" || !store.find("/policies/bindings/", "target", pk),
  filters: { superuser_full_list: () => true },
};

function unbind(store: Store, property: "target" | "policy", key: Json | undefined): void {
  for (const { pk, ...bound } of store.all("/policies/bindings/")) {
    if (bound[property] === key) store.delete("/policies/bindings/", String(pk));
  }
}

const binding: Model = {
  path: "/policies/bindings/",
  schema: "PolicyBinding",
  lookup: "pk",
  keys: uuidKey,
  references: {
    group: ["/core/groups/"],
    user: ["/core/users/"],
    policy: ["/policies/password/", "/policies/reputation/"],
  },
  defaults: () => ({
    policy: null,
    group: null,
    user: null,
    negate: false,
    enabled: true,
    timeout: 30,
    failure_result: false,
  }),
  save: (asked, store) => {
    const { target = null } = asked;
    const bindable =
      store.find("/core/applications/", "pbm_uuid", target) ??
      store.find("/flows/bindings/", "policybindingmodel_ptr_id", target);
    if (!bindable) throw invalid({ target: [`Invalid pk "${String(target)}" - object does not exist.`] });
    const given = ["policy", "group", "user"].filter((key) => asked[key] !== null);
    if (given.length !== 1)
      throw invalid({ non_field_errors: ["Exactly one of 'policy', 'group', 'user' must be set."] });
    return asked;
  },
};

const scopeMapping: Model = {
  path: "/propertymappings/provider/scope/",
  schema: "ScopeMapping",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  defaults: () => ({ managed: null, description: "" }),
  deleted: ({ pk }, store) => {
    for (const path of providers) {
      store.each(path, (provider) => {
        provider["property_mappings"] = without(provider["property_mappings"], pk);
      });
    }
  },
};

const certificate: Model = {
  path: "/crypto/certificatekeypairs/",
  schema: "CertificateKeyPair",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  defaults: () => ({ private_key_available: true, key_type: "rsa", managed: null }),
  filters: { has_key: ({ private_key_available: has }, value) => String(has) === value },
  deleted: ({ pk }, store) => {
    store.each("/providers/oauth2/", (provider) => {
      if (provider["signing_key"] === pk) provider["signing_key"] = null;
    });
  },
};

const passwordPolicy: Model = {
  path: "/policies/password/",
  schema: "PasswordPolicy",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  defaults: () => ({
    execution_logging: false,
    password_field: "password",
    amount_digits: 0,
    amount_uppercase: 0,
    amount_lowercase: 0,
    amount_symbols: 0,
    length_min: 0,
    symbol_charset: "!\\\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ ",
    error_message: "",
    check_static_rules: true,
    check_have_i_been_pwned: false,
    check_zxcvbn: false,
    hibp_allowed_count: 0,
    zxcvbn_score_threshold: 2,
  }),
  shown: ({ pk }, store) => ({
    bound_to: store
      .all("/stages/prompt/stages/")
      .filter(({ validation_policies: ids }) => strings(ids).includes(String(pk))).length,
  }),
  deleted: ({ pk }, store) =>
    store.each("/stages/prompt/stages/", (stage) => {
      stage["validation_policies"] = without(stage["validation_policies"], pk);
    }),
};

const brand: Model = {
  path: "/core/brands/",
  schema: "Brand",
  lookup: "brand_uuid",
  keys: () => ({ brand_uuid: randomUUID() }),
  unique: ["domain"],
  references: { flow_authentication: flows, flow_invalidation: flows, flow_recovery: flows, flow_user_settings: flows },
  defaults: () => ({
    default: false,
    branding_title: "authentik",
    branding_logo: "/static/dist/assets/icons/icon_left_brand.svg",
    branding_favicon: "/static/dist/assets/icons/icon.png",
    branding_custom_css: "",
    flow_authentication: null,
    flow_invalidation: null,
    flow_recovery: null,
    flow_user_settings: null,
    attributes: {},
  }),
  save: (asked, store, before) => {
    const other = store.find("/core/brands/", "default", true);
    if (asked["default"] === true && other && other !== before)
      throw invalid({ default: ["Only a single brand can be set as default."] });
    return asked;
  },
};

const flow: Model = {
  path: "/flows/instances/",
  schema: "Flow",
  lookup: "slug",
  keys: uuidKey,
  unique: ["slug"],
  defaults: () => ({}),
};

/** What stages are in a flow; policies are bound to it by another id than its own. */
const flowBinding: Model = {
  path: "/flows/bindings/",
  schema: "FlowStageBinding",
  lookup: "pk",
  keys: () => ({ pk: randomUUID(), policybindingmodel_ptr_id: randomUUID() }),
  references: { target: flows, stage: ["/stages/prompt/stages/", "/stages/deny/"] },
  defaults: () => ({
    evaluate_on_plan: false,
    re_evaluate_policies: true,
    policy_engine_mode: "any",
    invalid_response_action: "retry",
  }),
  shown: ({ stage = null }, store) => ({
    stage_obj: store.find("/stages/deny/", "pk", stage) ? store.get("/stages/deny/", String(stage)) : {},
  }),
  deleted: ({ policybindingmodel_ptr_id: target }, store) => unbind(store, "target", target),
};

const denyStage: Model = {
  path: "/stages/deny/",
  schema: "DenyStage",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  defaults: () => ({ deny_message: "", component: "ak-stage-deny-form" }),
  deleted: ({ pk: gone }, store) => {
    for (const { pk, stage } of store.all("/flows/bindings/")) {
      if (stage === gone) store.delete("/flows/bindings/", String(pk));
    }
  },
};

const reputationPolicy: Model = {
  path: "/policies/reputation/",
  schema: "ReputationPolicy",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  defaults: () => ({ execution_logging: false, check_ip: true, check_username: true, threshold: -5 }),
  shown: ({ pk }, store) => ({
    bound_to: store.all("/policies/bindings/").filter(({ policy }) => policy === pk).length,
  }),
  deleted: ({ pk }, store) => unbind(store, "policy", pk),
};

const promptStage: Model = {
  path: "/stages/prompt/stages/",
  schema: "PromptStage",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  references: { validation_policies: ["/policies/password/"] },
  defaults: () => ({ fields: [], validation_policies: [], component: "ak-stage-prompt-form" }),
};

/** Every collection of the double. */
export const models: readonly Model[] = [
  ...accountModels,
  application,
  binding,
  brand,
  certificate,
  denyStage,
  flow,
  flowBinding,
  oauth2,
  outpostModel,
  passwordPolicy,
  promptStage,
  proxy,
  reputationPolicy,
  scopeMapping,
];
