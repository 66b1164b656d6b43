import { serve } from "@homeslice/plugin/serve.ts";
import { RandomProvider } from "./random.ts";

await serve(new RandomProvider());
