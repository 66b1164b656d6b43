import { serve } from "../serve.ts";
import { KubernetesProvider } from "./kubernetes.ts";

await serve(new KubernetesProvider());
