"""Packs what is handed on: one binary that needs nothing else, the sample month, manuals, completions, manual
pages, licences, and a checksum. `make dist` calls it after the build."""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OF_LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE")


def licences(target):
    """Every library in the binary, with its licence and the texts that come with it."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    wanted, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        one = waiting.pop()
        if one in wanted:
            continue
        wanted.add(one)
        for dependency in nodes[one]["deps"]:
            # What is only built with, or only tested with, is not in the binary.
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    texts = {}
    lines = ["对表所用的程序库和许可 · Libraries in this program, and their licences", ""]
    packages = sorted((p for p in metadata["packages"] if p["id"] in wanted), key=lambda p: p["name"])
    for package in packages:
        lines.append(f"{package['name']} {package['version']}  {package['license'] or 'see its text'}")
        folder = pathlib.Path(package["manifest_path"]).parent
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name.upper().startswith(OF_LICENCES):
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                texts.setdefault(text, []).append(f"{package['name']} {package['version']}")
    for text, names in sorted(texts.items(), key=lambda item: item[1]):
        lines += ["", "=" * 80, ", ".join(names), "", text]
    return "\n".join(lines) + "\n", len(packages)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True, type=pathlib.Path)
    arguments.add_argument("--target", required=True)
    arguments.add_argument("--out", required=True, type=pathlib.Path)
    given = arguments.parse_args()
    version = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"], cwd=ROOT, check=True, capture_output=True
        ).stdout
    )["packages"][0]["version"]
    name = f"duibiao-{version}-{given.target}"
    folder = given.out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    is_windows = "windows" in given.target
    program = folder / ("duibiao.exe" if is_windows else "duibiao")
    shutil.copy(given.program, program)
    for path in ["README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", ".ci/dist/说明.txt"]:
        shutil.copy(ROOT / path, folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    if is_windows:
        for path in sorted((ROOT / ".ci/dist").glob("*.bat")):
            shutil.copy(path, folder)
    (folder / "pipelines").mkdir()
    shutil.copy(ROOT / "pipelines/sanya-2020.toml", folder / "pipelines")
    for part in ["inbox/2020-08", "plan"]:
        shutil.copytree(ROOT / "fixtures" / part, folder / "fixtures" / part)
    text, count = licences(given.target)
    (folder / "LICENCES.txt").write_text(text, encoding="utf-8")
    # Only a program for this machine can be asked.
    asked = subprocess.run([program, "--version"], capture_output=True)
    if asked.returncode == 0:
        subprocess.run([program, "man", "--out", folder / "man"], check=True, capture_output=True)
        (folder / "completions").mkdir()
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"]:
            out = folder / "completions" / f"duibiao.{shell}"
            subprocess.run([program, "completions", shell, "--out", out], check=True)
    if is_windows:
        packed = given.out / f"{name}.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(given.out))
    else:
        packed = given.out / f"{name}.tar.gz"
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(folder, name)
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    (given.out / f"{packed.name}.sha256").write_text(f"{digest}  {packed.name}\n")
    size = packed.stat().st_size / 1024 / 1024
    print(f"{packed}: {size:.1f} MiB, {count} libraries, sha256 {digest}")


if __name__ == "__main__":
    sys.exit(main())
