import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));

/** An empty project with the packed tarball installed in it. */
export interface Consumer {
  readonly folder: string;
  /** Where the package is. */
  readonly installed: string;
  /** The paths of the files in the tarball. */
  readonly packed: readonly string[];
  /** Writes a file of the project, and gives its path. */
  readonly write: (name: string, text: string) => string;
  /** Runs a command in the project. */
  readonly run: (command: string, ...args: string[]) => { status: number | null; stdout: string; stderr: string };
  readonly close: () => void;
}

/** Packs the package as for publication and installs it into an empty project. */
export function consumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-package-"));
  const pack = ["pack", "--json", "--silent", "--pack-destination", folder];
  const [{ filename, files }] = JSON.parse(execFileSync("npm", pack, { cwd: top, encoding: "utf8" })) as [
    { filename: string; files: { path: string }[] },
  ];
  const run: Consumer["run"] = (command, ...args) => spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  const write: Consumer["write"] = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write("package.json", JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module" }));
  const install = run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`);
  if (install.status !== 0) {
    console.warn(
      `npm could not install the tarball, so it is unpacked beside links to the dependencies here:\n${install.stderr}`,
    );
    unpack(folder, filename);
  }
  return {
    folder,
    installed: join(folder, "node_modules/exptilt"),
    packed: files.map(({ path }) => path),
    write,
    run,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What npm would have laid out, with the dependencies of this work tree. */
function unpack(folder: string, tarball: string): void {
  const modules = join(folder, "node_modules");
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(join(modules, "exptilt"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", join(modules, "exptilt"), "--strip-components=1"], { cwd: folder });
  mkdirSync(join(modules, ".bin"));
  symlinkSync("../exptilt/dist/cli/main.js", join(modules, ".bin/exptilt"));
  for (const name of readdirSync(join(top, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(top, "node_modules", name), join(modules, name));
  }
}
