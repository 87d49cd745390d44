// How the people's door is built: Remix's options come from remix.config.js, nothing is configured twice.
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import remixConfig from "./remix.config.js";

const ground = /\/node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|@remix-run|turbo-stream)\//;
const underVitest = process.env["VITEST"] !== undefined;

export default defineConfig({
  plugins: [tailwindcss(), !underVitest && remix(remixConfig)],
  resolve: { alias: { "~": new URL(".", import.meta.url).pathname.replace(/\/$/, "") } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        // Many tiny chunks cost more in headers than they save in bytes; larger ones make pages load what only others need.
        experimentalMinChunkSize: 500,
        // What every page stands on is one file: a change of ours leaves it in the browsers' caches.
        manualChunks: (id) => (ground.test(id) ? "ground" : undefined),
      },
    },
  },
});
