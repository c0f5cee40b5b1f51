"""Reads a MATPOWER case file into numpy tables, with nothing of Gridwire's own reader.

Tables are cut out by a pattern; what else a file says is turned into Python line by line and carried out on the
tables. The files are those of the package `matpower`, as trusted as the package itself.
"""
import re

import numpy as np
from pypower import idx_brch, idx_bus, idx_gen

COLUMNS = {
    "idx_bus": vars(idx_bus),
    "idx_gen": vars(idx_gen),
    "idx_brch": vars(idx_brch),
}
# Bus types are values, not columns, and count as they are.
VALUES = {"PQ", "PV", "REF", "NONE"}
FUNCTIONS = {"isinf": np.isinf, "sin": np.sin, "cos": np.cos, "acos": np.arccos, "sqrt": np.sqrt, "pi": np.pi}


class Table:
    """A table that MATLAB's indices reach: counted from 1, `:` for all."""

    def __init__(self, values):
        self.values = values

    def at(self, rows, columns):
        row, column = (slice(None) if one == ":" else np.asarray(one, int) - 1 for one in (rows, columns))
        return np.ix_(row, column) if isinstance(row, np.ndarray) and row.ndim else (row, column)

    def __call__(self, rows, columns):
        return self.values[self.at(rows, columns)]


def read_case(path):
    """Returns baseMVA, bus, gen and branch of a case file as MATPOWER would have them after running it."""
    text = re.sub(r"^\s*%\{\s*$.*?^\s*%\}\s*$", "", path.read_text("latin-1"), flags=re.S | re.M)
    # Quoted texts hold names only, and may hold any sign.
    text = re.sub(r"%.*", "", re.sub(r"'[^'\n]*'", "''", text))
    text = re.sub(r"\.\.\..*\n", " ", text)
    text = re.sub(r"mpc\.\w+\s*=\s*\{.*?\}\s*;", "", text, flags=re.S)
    tables = {}
    for name, body in re.findall(r"mpc\.(\w+)\s*=\s*\[(.*?)\]\s*;", text, re.S):
        rows = [re.split(r"[\s,]+", row.strip()) for row in re.split(r"[;\n]", body) if row.strip()]
        tables[name] = Table(np.array([[number(entry) for entry in row] for row in rows]).reshape(len(rows), -1))
    text = re.sub(r"mpc\.\w+\s*=\s*\[.*?\]\s*;", "", text, flags=re.S)
    known = {**FUNCTIONS, "find": lambda mask: np.flatnonzero(mask) + 1, **{f"mpc_{k}": v for k, v in tables.items()}}
    carry_out([line.strip() for line in re.split(r"[;\n]", text) if line.strip()], known)
    return known["mpc_baseMVA"], *(tables[name].values for name in ("bus", "gen", "branch"))


def number(entry):
    try:
        return float(entry)
    except ValueError:  # a formula, as 135/sqrt(3)
        return float(evaluate(entry, FUNCTIONS))


def carry_out(lines, known):
    skipping = False
    for line in lines:
        if line.startswith("function") or re.match(r"mpc\.version\b", line):
            continue
        if line == "end":
            skipping = False
        elif line.startswith("if "):
            skipping = not evaluate(line[3:], known)
        elif not skipping:
            assign(*(side.strip() for side in line.split("=", 1)), known)


def assign(target, formula, known):
    if formula in COLUMNS:
        for name in re.findall(r"\w+", target):
            known[name] = COLUMNS[formula][name] + (name not in VALUES)
        return
    value = evaluate(formula, known)
    part = re.fullmatch(r"mpc\.(\w+)\((.*)\)", target)
    if part is None:
        known[target.replace(".", "_")] = value
        return
    table = known[f"mpc_{part[1]}"]
    table.values[table.at(*evaluate(f"({part[2]})", known))] = value


def evaluate(formula, known):
    python = re.sub(r"\bmpc\.", "mpc_", formula).replace("^", "**")
    python = re.sub(r"\[([^\]]*)\]", lambda found: f"[{','.join(found[1].replace(',', ' ').split())}]", python)
    python = re.sub(r"([(,]\s*):(\s*[,)])", r"\1':'\2", python)
    return eval(python.strip(), {"__builtins__": {}}, known)
