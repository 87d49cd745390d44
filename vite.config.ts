// How the people's door is built: Remix's options come from remix.config.js, nothing is configured twice.
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import remixConfig from "./remix.config.js";

const underVitest = process.env["VITEST"] !== undefined;

export default defineConfig({
  plugins: [tailwindcss(), !underVitest && remix(remixConfig)],
  resolve: { alias: { "~": new URL(".", import.meta.url).pathname.replace(/\/$/, "") } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // Many tiny chunks cost more in headers than they save in bytes; larger ones make pages load what only others need.
    rollupOptions: { output: { experimentalMinChunkSize: 1_500 } },
  },
});
