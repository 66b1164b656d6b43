import type { NewApprovalRule, NewVote } from "@homeslice/protocol";
import type { Generated } from "kysely";
import type { DefinitionsTable, OfTenant } from "./columns.ts";

export interface ApprovalRulesTable extends DefinitionsTable<NewApprovalRule> {
  rule_id: Generated<string>;
}

export interface ApprovalsTable extends OfTenant {
  execution_id: string;
  needed: number;
  rules: string[];
  expires_at: Date;
}

export interface ApprovalVotesTable extends OfTenant {
  execution_id: string;
  voter: string;
  decision: NewVote["decision"];
  reason: string;
  voted_at: Generated<Date>;
}
