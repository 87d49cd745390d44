// The walls around an agent's process, tried from outside of workerd's own: a program in the same chain and as the same user as an
// agent. What holds here holds for code that broke out of its isolate. What is missing on a machine is said by its warnings.
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeSandbox } from "./sandbox";

const sandbox = probeSandbox();
/** Hosts of tests that run meanwhile take theirs from the other end. */
const uid = sandbox.uids?.last ?? null;
const hasUsers = uid !== null;

/** Types of some packages demand names in an environment; this one has none. */
const nothing = {} as NodeJS.ProcessEnv;

let folder: string;
let server: Server;
let visits = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whs-walls-"));
  writeFileSync(join(folder, "secrets.env"), "canary", { mode: 0o600 });
  mkdirSync(join(folder, "neighbour"), { mode: 0o700 });
  if (uid !== null) chownSync(join(folder, "neighbour"), uid + 1, uid + 1);
  server = createServer((socket) => {
    visits += 1;
    socket.end("inside");
  });
  await new Promise<void>((done) => server.listen(0, done));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What such a program prints, and `refused` when the shell says that it failed. */
function inSandbox(script: string): string {
  const { argv, spawnIds } = sandbox.wrap({ uid, dataMb: 600 });
  const [command = "bash", ...args] = [...argv, "bash", "-c", `{ ${script}; } 2>/dev/null || echo refused`];
  return execFileSync(command, args, { ...spawnIds, env: nothing, timeout: 10_000, cwd: "/" })
    .toString()
    .trim();
}

describe.runIf(sandbox.networkNamespace)("the network", () => {
  it("of the machine is not there: neither loopback, where databases listen, nor any address, nor an abstract socket", () => {
    const { port } = server.address() as AddressInfo;
    expect(inSandbox(`echo hello > /dev/tcp/127.0.0.1/${port} && echo sent`)).toBe("refused");
    expect(inSandbox(`echo hello > /dev/tcp/::1/${port} && echo sent`)).toBe("refused");
    expect(inSandbox("echo hello > /dev/udp/169.254.169.254/80 && echo sent")).toBe("refused");
    expect(inSandbox("echo hello > /dev/tcp/8.8.8.8/53 && echo sent")).toBe("refused");
    expect(inSandbox("wc -l < /proc/self/net/unix")).toBe("1");
    expect(inSandbox("readlink /proc/self/ns/net")).not.toBe(readlinkSync("/proc/self/ns/net"));
    expect(visits).toBe(0);
  });
});

describe.runIf(hasUsers)("the user", () => {
  it("reads no secret of the host, no folder of a neighbour, no memory and no environment of other processes", () => {
    for (const path of [
      join(folder, "secrets.env"),
      `/proc/${process.pid}/environ`,
      `/proc/${process.pid}/maps`,
      "/etc/shadow",
    ]) {
      expect(inSandbox(`cat ${path}`), path).toBe("refused");
    }
    expect(inSandbox(`ls ${join(folder, "neighbour")}`)).toBe("refused");
    expect(inSandbox(`head -c 1 /proc/${process.pid}/mem`)).toBe("refused");
    expect(inSandbox(`ls /proc/${process.pid}/fd`)).toBe("refused");
  });

  it("sends no signal to the host or to init", () => {
    for (const pid of [process.pid, 1]) expect(inSandbox(`kill -0 ${pid} && echo sent`)).toBe("refused");
  });

  it("writes nowhere in the system", () => {
    for (const path of ["/etc/cron.d/x", "/usr/bin/x", join(folder, "x")]) {
      expect(inSandbox(`echo x > ${path} && echo written`), path).toBe("refused");
    }
  });
});

describe.runIf(sandbox.ownView)("the view", () => {
  it("is of its own processes only: neither the host's nor a neighbour's is in the list", () => {
    expect(inSandbox("cat /proc/[0-9]*/comm")).toBe("bash");
    expect(inSandbox(`ls -d /proc/${process.pid}`)).toBe("refused");
  });

  it("of the folders that all share is empty, and nothing can be left there", () => {
    for (const path of ["/tmp", "/dev/shm", "/run", "/root"]) {
      expect(inSandbox(`ls -A ${path}`), path).toBe("");
      expect(inSandbox(`echo x > ${path}/x && echo written`), path).toBe("refused");
    }
  });

  it("is read from where nobody but the host may write, and no cleaner of temporary files comes", () => {
    const { argv } = sandbox.wrap({ uid, dataMb: 600 });
    const table = argv.find((word) => word.endsWith("/fstab")) ?? "";
    expect(statSync(table).mode & 0o777).toBe(0o600);
    expect(statSync(join(table, "../..")).mode & 0o022).toBe(0);
  });

  it("changes nothing for the host", () => {
    inSandbox("true");
    expect(readdirSync(folder)).toContain("secrets.env");
    expect(readdirSync("/proc")).toContain("1");
  });
});

describe.runIf(hasUsers && sandbox.noNewPrivileges)("privileges", () => {
  it("are none, and cannot be had: no capability, no mount, no program that gives them", () => {
    expect(inSandbox("grep -E '^Cap' /proc/self/status | grep -vc ':[[:space:]]*0*$'; true")).toBe("0");
    expect(inSandbox("grep NoNewPrivs /proc/self/status | tr -d '\\t '")).toBe("NoNewPrivs:1");
    expect(inSandbox("mount -t tmpfs none /mnt && echo mounted")).toBe("refused");
    expect(inSandbox("su -c id root < /dev/null && echo root")).toBe("refused");
  });
});

describe.runIf(sandbox.resourceLimits)("limits", () => {
  it("bound memory, files and what a crash leaves behind", () => {
    const limits = inSandbox("ulimit -Hc; ulimit -Hf; ulimit -Hn; ulimit -Hd").split("\n").map(Number);
    expect(limits).toEqual([0, 512 * 1024, 8_192, 600 * 1024]);
    expect(inSandbox("ulimit -Hn 100000 && echo raised")).toBe("refused");
  });
});
