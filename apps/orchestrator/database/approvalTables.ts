import type { NewApprovalRule, NewVote } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, OfTenant } from "./columns.ts";

export interface ApprovalRulesTable extends OfTenant {
  rule_id: Generated<string>;
  name: string;
  definition: JSONColumnType<NewApprovalRule>;
  version: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
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
