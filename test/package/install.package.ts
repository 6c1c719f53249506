import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const top = fileURLToPath(new URL("../../", import.meta.url));
const [, install] =
  /^```sh\n(cd exptilt && npm ci && npm pack.*?)^```/ms.exec(readFileSync(join(top, "README.md"), "utf8")) ?? [];

describe("the README's way to install, from a clone", () => {
  const folder = mkdtempSync(join(tmpdir(), "exptilt-install-"));
  const clone = join(folder, "exptilt");
  const project = join(folder, "my-project");
  const installed = join(project, "node_modules/exptilt");
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    // The files that git knows, as they are in the work tree.
    mkdirSync(clone);
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: top, encoding: "utf8" }).split("\0").filter(Boolean);
    const there = files.filter((file) => existsSync(join(top, file))).join("\0");
    const archive = execFileSync("tar", ["--null", "--files-from=-", "-c"], {
      cwd: top,
      input: there,
      maxBuffer: 2 ** 30,
    });
    execFileSync("tar", ["-x"], { cwd: clone, input: archive });
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "my-project", type: "module" }));
    const { status, stderr } = spawnSync("bash", ["-e", "-c", install as string], { cwd: folder, encoding: "utf8" });
    expect(status, stderr).toBe(0);
  });

  it("gives a package that computes, and the command", () => {
    const code = 'import { entropy, measure } from "exptilt"; console.log(entropy(measure(["a", "b"], [1, 1])))';
    const run = (...args: string[]) => spawnSync(args[0] as string, args.slice(1), { cwd: project, encoding: "utf8" });
    expect(run(process.execPath, "--input-type=module", "-e", code).stdout).toBe(`${Math.LN2}\n`);
    const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as { version: string };
    expect(run("npx", "exptilt", "--version").stdout).toBe(`${version}\n`);
  });

  it("has every page and picture that the README and the guides link to", () => {
    const pages = ["README.md", ...readdirSync(join(installed, "docs")).map((name) => `docs/${name}`)];
    const broken = pages
      .filter((page) => page.endsWith(".md"))
      .flatMap((page) => {
        const text = readFileSync(join(installed, page), "utf8").replace(/^```.*?^```/gms, "");
        return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, href]) => ({ page, href: href as string }));
      })
      .filter(({ href }) => !/^https?:/.test(href))
      .filter(({ page, href }) => !existsSync(resolve(installed, dirname(page), href)));
    expect(broken).toEqual([]);
  });
});
