"""The house stands: floors, formatting, types, docstrings, quick help, and every finding code documented."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "dispatch"
MODULES = sorted(SOURCE.rglob("*.py"))
HEAVY = ("ortools", "pandas", "folium", "numpy", "networkx", "typst", "pydantic", "rich", "distributed")


def run_tool(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_rooms_import_only_from_floors_below():
    done = run_tool(
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_ruff_has_nothing_to_say():
    done = run_tool("-m", "ruff", "check", "--output-format", "concise", "src", "tests")
    assert done.returncode == 0, done.stdout


def test_every_file_is_formatted():
    done = run_tool("-m", "ruff", "format", "--check", "--output-format", "concise", "src", "tests")
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_hold_under_mypy_strict():
    done = run_tool("-m", "mypy", "-p", "dispatch")
    assert done.returncode == 0, done.stdout + done.stderr


def test_help_loads_no_heavy_library():
    code = (
        "import sys; sys.argv = ['dispatch', '--help']\n"
        "from dispatch.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = run_tool("-c", code)
    assert done.returncode == 0, done.stderr
    assert "Exit codes" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_every_module_says_what_it_is():
    silent = [
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        if len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") < 10
    ]
    assert silent == []


def test_every_public_function_and_class_has_a_docstring():
    silent = [
        f"{path.relative_to(SOURCE).as_posix()}:{node.lineno} {node.name}"
        for path in MODULES
        for node in list_public(ast.parse(path.read_text(encoding="utf-8")))
        if not ast.get_docstring(node)
    ]
    assert silent == []


def list_public(module: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of its public classes."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    top = [node for node in module.body if isinstance(node, kinds) and not node.name.startswith("_")]
    methods = [
        node
        for parent in top
        if isinstance(parent, ast.ClassDef)
        for node in parent.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    return [*top, *methods]


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "misc"])
def test_no_module_is_a_drawer_for_everything(word):
    assert [path for path in MODULES if word in path.stem.split("_")] == []


def test_only_the_command_line_prints_and_reads_the_clock():
    forbidden = re.compile(r"\bprint\(|datetime\.now\(|date\.today\(|\btime\.time\(|os\.environ")
    guilty = [
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        if path.relative_to(SOURCE).parts[0] != "cli"
        and forbidden.search(strip_strings(path))
        and path.name != "build_gazetteer.py"  # a script of its own, run by hand
    ]
    assert guilty == []


def strip_strings(path: Path) -> str:
    """Code of a module without its strings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


def declared_codes() -> set[str]:
    """Codes of findings about a scenario that the rooms declare."""
    from dispatch.files.codes import CODES
    from dispatch.render.fonts import FONT_CODES

    return {*CODES, *FONT_CODES}


def used_codes(folder: Path) -> set[str]:
    """Codes that stand as whole strings in the code of a folder."""
    return {
        match
        for path in sorted(folder.rglob("*.py"))
        for match in re.findall(r"""["']([EWI]\d{3})["']""", path.read_text(encoding="utf-8"))
    }


def test_every_code_raised_is_declared():
    assert used_codes(SOURCE) - declared_codes() == set()


def test_every_declared_code_is_raised():
    raised = {code for code in declared_codes() if count_uses(code) > 1}
    assert declared_codes() - raised == set()


def count_uses(code: str) -> int:
    """How often a code, or the constant that holds it, stands in the source."""
    texts = [path.read_text(encoding="utf-8") for path in MODULES]
    names = {name for text in texts for name in re.findall(rf'^([A-Z_]+) = "{code}"$', text, re.MULTILINE)}
    pattern = re.compile("|".join([rf"[\"']{code}[\"']", *(rf"\b{name}\b" for name in names)]))
    return sum(len(pattern.findall(text)) for text in texts)


def test_every_declared_code_is_documented():
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in (SOURCE / "files" / "FORMAT.md", ROOT / "README.md", SOURCE / "README.md")
    )
    assert sorted(code for code in declared_codes() if code not in text) == []


def test_every_declared_code_is_tested():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert sorted(code for code in declared_codes() if code not in text) == []


def test_nothing_that_is_shipped_names_a_machine():
    names = re.compile(r"/(?:root|home|opt|work|Users)/\w|--(?:extra-)?index-url|pythonhosted")
    suffixes = (".py", ".md", ".yaml", ".toml", ".lock", ".typ", ".json")
    shipped = [ROOT / "README.md", ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / ".ci" / "run"]
    shipped += [
        path
        for folder in ("src", "scenarios")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes
    ]
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in shipped
        if names.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_the_lock_is_hashed_and_holds_every_dependency():
    import tomllib

    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    entries = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert entries
    assert lock.count("--hash=sha256:") >= len(entries)
    locked = {re.split(r"[=; ]", line)[0].lower().replace("_", "-") for line in entries}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    names = {re.split(r"[<>=;\[ ~!]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names - locked == set()


def test_the_tools_of_these_tests_are_installed():
    missing = [name for name in ("importlinter", "ruff", "mypy") if importlib.util.find_spec(name) is None]
    assert missing == []
