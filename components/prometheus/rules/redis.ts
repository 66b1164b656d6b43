import type { AlertGroup } from "./alert.ts";

export const redisAlerts: AlertGroup = {
  name: "redis",
  alerts: [
    {
      name: "RedisDown",
      expr: "redis_up == 0",
      for: "1m",
      severity: "critical",
      summary: "Redis does not answer",
      runbook: "redis-down",
    },
    {
      name: "RedisMemoryShort",
      expr: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9",
      for: "5m",
      severity: "warning",
      summary: "Redis has used {{ $value | humanizePercentage }} of its memory and will refuse writes",
      runbook: "redis-memory",
    },
    {
      name: "RedisNotPersisted",
      expr: "redis_aof_last_write_status == 0",
      for: "5m",
      severity: "warning",
      summary: "Redis cannot write its file",
      runbook: "redis-memory",
    },
  ],
};
