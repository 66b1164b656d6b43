/**
 * config.alloy: reads the logs of all pods of the node, gives each line its namespace, pod and container, and where the
 * line is JSON its level, and sends it to Loki.
 */
export function collectorConfig(logs: string, loki: string): string {
  return `logging {
  level  = "warn"
  format = "json"
}

local.file_match "pods" {
  path_targets = [{ __path__ = "${logs}/*/*/*.log" }]
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  forward_to = [loki.write.loki.receiver]

  stage.cri { }

  stage.regex {
    source     = "filename"
    expression = "${logs}/(?P<namespace>[^_]+)_(?P<pod>[^_]+)_[^/]+/(?P<container>[^/]+)/"
  }

  stage.json {
    expressions = { level = "level" }
  }

  // Programs that number their levels, as pino does.
  stage.replace {
    source     = "level"
    expression = "^(10|20|30|40|50|60)$"
    replace    = "{{ if eq .Value \\"10\\" }}trace{{ else if eq .Value \\"20\\" }}debug{{ else if eq .Value \\"30\\" }}info{{ else if eq .Value \\"40\\" }}warn{{ else if eq .Value \\"50\\" }}error{{ else }}fatal{{ end }}"
  }

  stage.labels {
    values = { namespace = "", container = "", level = "" }
  }

  // The name of a pod changes with every release: as a label, it would make ever more streams.
  stage.structured_metadata {
    values = { pod = "" }
  }

  stage.label_drop {
    values = ["filename"]
  }
}

loki.write "loki" {
  endpoint {
    url = "${loki}/loki/api/v1/push"
  }
}
`;
}
