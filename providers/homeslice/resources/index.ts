import { DefinedKind, type Kind } from "../engine/kind.ts";
import { DataSourceCheckKind } from "../grafana/dataSourceCheck.ts";
import { application } from "./application.ts";
import { brand } from "./brand.ts";
import { certificate } from "./certificate.ts";
import { denyStage } from "./denyStage.ts";
import { flowStageBinding } from "./flowStageBinding.ts";
import { group } from "./group.ts";
import { oauth2Provider } from "./oauth2Provider.ts";
import { outpostAttachment } from "./outpostAttachment.ts";
import { passwordPolicy } from "./passwordPolicy.ts";
import { proxyProvider } from "./proxyProvider.ts";
import { reputationPolicy } from "./reputationPolicy.ts";
import { role } from "./role.ts";
import { scopeMapping } from "./scopeMapping.ts";
import { serviceAccount } from "./serviceAccount.ts";
import { token } from "./token.ts";
import { user } from "./user.ts";

/** Every kind of resource that the provider has. */
export const kinds: readonly Kind[] = [
  new DefinedKind(application),
  new DefinedKind(brand),
  new DefinedKind(certificate),
  new DataSourceCheckKind(),
  new DefinedKind(denyStage),
  new DefinedKind(flowStageBinding),
  new DefinedKind(group),
  new DefinedKind(oauth2Provider),
  new DefinedKind(outpostAttachment),
  new DefinedKind(passwordPolicy),
  new DefinedKind(proxyProvider),
  new DefinedKind(reputationPolicy),
  new DefinedKind(role),
  new DefinedKind(scopeMapping),
  new DefinedKind(serviceAccount),
  new DefinedKind(token),
  new DefinedKind(user),
];
