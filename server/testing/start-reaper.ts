// Cleans up behind a test run, however the run ends.
import { spawn } from "node:child_process";

/**
 * $0 is the directory. Servers are found by their pid files, and on Linux also by where they work, which finds those that a
 * test started itself.
 */
const script = `cat >/dev/null
  pids=$(cat "$0/postgres/data/postmaster.pid" 2>/dev/null | head -n 1)
  pids="$pids $(cat "$0/redis/redis.pid" 2>/dev/null)"
  for link in /proc/[0-9]*/cwd; do
    case "$(readlink "$link" 2>/dev/null)" in
      "$0"/*) pid=\${link#/proc/}; pids="$pids \${pid%/cwd}" ;;
    esac
  done
  for pid in $pids; do kill -QUIT "$pid" 2>/dev/null; done
  tries=0
  while [ $tries -lt 100 ]; do
    alive=""
    for pid in $pids; do
      kill -0 "$pid" 2>/dev/null && ! grep -q ') Z' "/proc/$pid/stat" 2>/dev/null && alive=1
    done
    [ -z "$alive" ] && break
    tries=$((tries + 1)); sleep 0.05
  done
  for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
  rm -rf "$0"`;

/**
 * Starts a small shell that waits for our end (Ctrl-C and kill -9 included), then ends every server in the directory and
 * removes it. Answers the function that asks for it now.
 */
export function startReaper(directory: string): () => Promise<void> {
  const shell = spawn("/bin/sh", ["-c", script, directory], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const ended = new Promise<void>((resolve) => shell.once("close", () => resolve()));
  shell.unref();
  return () => {
    shell.ref();
    shell.stdin.end();
    return ended;
  };
}
