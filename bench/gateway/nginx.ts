// nginx as a peer: the distribution's own package, unpacked beside the project and never installed, passing requests on to the same upstream.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fetchDebianPackages } from "~/launch/debian-packages";
import { findProgram } from "~/launch/find-program";
import { findFreePort } from "~/launch/free-port";
import { connects, type Running, startServer } from "./processes";

export type Nginx = Running<null> & { url: string };

const cache = path.resolve(".cache/bench-nginx");

/** One process, as one Node is; null where it cannot be had. Answers are passed on unbuffered, requests by their path as it is. */
export async function startNginx(folder: string, upstreamSocket: string): Promise<Nginx | null> {
  const program = await findNginx();
  if (program === null) return null;
  const port = (await findFreePort("127.0.0.1")) ?? 0;
  const home = path.join(folder, "nginx");
  mkdirSync(path.join(home, "logs"), { recursive: true });
  writeFileSync(path.join(home, "nginx.conf"), configuration(home, port, upstreamSocket));
  const running = await startServer(program, ["-p", home, "-c", path.join(home, "nginx.conf")], () => connects(port));
  return { ...running, url: `http://127.0.0.1:${port}` };
}

function configuration(home: string, port: number, upstreamSocket: string): string {
  const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${home}/${kind};`).join(" ");
  return `daemon off; master_process off; pid ${home}/pid; error_log ${home}/logs/error.log;
events { worker_connections 4096; }
http {
  access_log off; ${kept}
  keepalive_requests 1000000; keepalive_timeout 75s;
  upstream host { server unix:${upstreamSocket}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://host; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 600s;
    }
  }
}
`;
}

async function findNginx(): Promise<string | null> {
  const installed = findProgram("nginx");
  if (installed) return installed;
  const fetched = path.join(cache, "usr/sbin/nginx");
  if (existsSync(fetched)) return fetched;
  if (!findProgram("apt-get") || !findProgram("dpkg-deb")) return null;
  const unfinished = `${cache}.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    await fetchDebianPackages({ packageName: "nginx", directory: unfinished });
    if (readdirSync(unfinished).length > 0 && !existsSync(cache)) renameSync(unfinished, cache);
    return existsSync(fetched) ? fetched : null;
  } catch {
    return null;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
