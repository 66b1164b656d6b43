import { agentAlerts } from "./agents.ts";
import type { AlertGroup } from "./alert.ts";
import { backupAlerts } from "./backup.ts";
import { objectiveAlerts } from "./objectives.ts";
import { orchestratorAlerts } from "./orchestrator.ts";
import { platformAlerts } from "./platform.ts";
import { postgresqlAlerts } from "./postgresql.ts";
import { redisAlerts } from "./redis.ts";
import { traefikAlerts } from "./traefik.ts";
import { workloadAlerts } from "./workloads.ts";

/** Every alert there is. @param jobs names of everything that Prometheus scrapes */
export function alertGroups(jobs: readonly string[]): readonly AlertGroup[] {
  return [
    platformAlerts(jobs),
    workloadAlerts,
    backupAlerts,
    postgresqlAlerts,
    redisAlerts,
    traefikAlerts,
    objectiveAlerts,
    orchestratorAlerts,
    agentAlerts,
  ];
}
