/**
 * A real Slurm of one node on this machine: munged, slurmctld and slurmd in the foreground, in a folder of their own and on
 * ports that are free, so that nothing of the machine is touched and several can run side by side.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, hostname, userInfo } from "node:os";
import { join } from "node:path";

/** The commands that the recipes and the cluster need, with the packages of Debian that have them. */
const NEEDED = {
  munged: "munge",
  slurmctld: "slurmctld",
  slurmd: "slurmd",
  sbatch: "slurm-client",
  parallel: "parallel",
  mpirun: "openmpi-bin",
};

const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** The packages of Debian that are not here. */
export function missingPackages() {
  const has = (command) =>
    spawnSync("sh", ["-c", `command -v ${command}`], { env: { ...process.env, PATH }, stdio: "ignore" }).status === 0;
  return Object.entries(NEEDED).flatMap(([command, name]) => (has(command) ? [] : [name]));
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((done) => server.once("listening", done))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Waits until something holds; `what` it is, for the error after so many seconds. */
export async function until(what, holds, seconds = 120) {
  for (const end = Date.now() + 1000 * seconds; !holds(); ) {
    if (Date.now() > end) throw new Error(`after ${seconds} s not yet: ${what}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Starts the cluster in a folder. `env` is what its users need; `close` ends it. */
export async function startCluster(folder) {
  const own = join(folder, "cluster");
  for (const name of ["", "state", "spool"]) mkdirSync(join(own, name), { recursive: true, mode: 0o755 });
  const socket = join(own, "munge.socket");
  writeFileSync(join(own, "munge.key"), randomBytes(128), { mode: 0o400 });
  const [controller, node] = await freePorts(2);
  const [host] = hostname().split(".");
  const user = userInfo().username;
  const conf = join(own, "slurm.conf");
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${socket}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
JobRequeue=1
KillWait=20
SchedulerParameters=batch_sched_delay=0,sched_interval=1
StateSaveLocation=${join(own, "state")}
SlurmdSpoolDir=${join(own, "spool")}
SlurmctldPidFile=${join(own, "slurmctld.pid")}
SlurmdPidFile=${join(own, "slurmd.pid")}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${Math.min(4, availableParallelism())} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = {
    PATH,
    SLURM_CONF: conf,
    // Open MPI is started by any user, with more ranks than there are cores.
    OMPI_ALLOW_RUN_AS_ROOT: "1",
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
    OMPI_MCA_rmaps_base_oversubscribe: "1",
  };
  const daemons = [];
  const start = (command, ...args) => {
    const log = openSync(join(own, `${command}.out`), "w");
    const daemon = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
    daemon.on("error", () => {});
    daemons.push(daemon);
  };
  const inOwn = (name) => join(own, name);
  start(
    "munged",
    "--foreground",
    "--force",
    `--key-file=${inOwn("munge.key")}`,
    `--socket=${socket}`,
    `--pid-file=${inOwn("munge.pid")}`,
    `--log-file=${inOwn("munge.log")}`,
    `--seed-file=${inOwn("munge.seed")}`,
  );
  const ask = (command, ...args) =>
    spawnSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8", timeout: 20_000 });
  await until("munge answers", () => ask("munge", `--socket=${socket}`, "--no-input").status === 0);
  start("slurmctld", "-D", "-f", conf);
  start("slurmd", "-D", "-f", conf);
  await until("the node is idle", () => ask("sinfo", "--noheader", "--format=%t").stdout?.trim() === "idle");
  const version = ask("sbatch", "--version").stdout.trim();
  const log = () => ["slurmctld", "slurmd"].map((name) => readFileSync(inOwn(`${name}.out`), "utf8")).join("\n");
  const close = async () => {
    ask("scancel", `--user=${user}`);
    await until("no job is left", () => ask("squeue", "--noheader").stdout?.trim() === "", 60).catch(() => {});
    for (const daemon of daemons.reverse()) {
      daemon.kill("SIGTERM");
      await Promise.race([
        new Promise((done) => daemon.once("exit", done)),
        new Promise((done) => setTimeout(done, 5000)),
      ]);
      daemon.kill("SIGKILL");
    }
  };
  return { env, version, log, close };
}
