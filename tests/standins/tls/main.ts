import { serve } from "@homeslice/plugin/serve.ts";
import { TlsProvider } from "./tls.ts";

await serve(new TlsProvider());
