import { serve } from "@homeslice/plugin/serve.ts";
import { GrafanaProvider } from "./grafana.ts";

await serve(new GrafanaProvider());
