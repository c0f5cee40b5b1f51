"""Solves MATPOWER's cases with PYPOWER, the port of MATPOWER itself, and writes each solution beside its case file.

Admittances, bus types and Newton's method are PYPOWER's; the file is read by `matpower_file.py`. Nothing is shared with
Gridwire but the case files.
"""
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pypower.bustypes import bustypes
from pypower.ext2int import ext2int
from pypower.idx_brch import BR_STATUS, F_BUS, QT, T_BUS
from pypower.idx_bus import BS, BUS_I, GS, VA, VM
from pypower.idx_gen import GEN_BUS, GEN_STATUS, VG
from pypower.makeSbus import makeSbus
from pypower.makeYbus import makeYbus
from pypower.newtonpf import newtonpf
from pypower.ppoption import ppoption

import beside
from matpower_file import read_case

# Steps after convergence, of which the best is taken: what is left then is the rounding of the case itself.
POLISHING = 4


def mismatch(admittance, power, voltage, pv, pq):
    wrong = voltage * np.conj(admittance @ voltage) - power
    return float(np.max(np.abs(np.r_[wrong[pv].real, wrong[pq].real, wrong[pq].imag]), initial=0.0))


def start_of(bus, gen, pq):
    """The voltages of the file, with the magnitudes that generators hold, as MATPOWER's runpf begins."""
    voltage = bus[:, VM] * np.exp(1j * np.radians(bus[:, VA]))
    free = set(pq.tolist())
    for one in gen[gen[:, GEN_STATUS] > 0]:
        at = int(one[GEN_BUS])
        if at not in free:
            voltage[at] *= one[VG] / abs(voltage[at])
    return voltage


def solve(base, bus, gen, branch):
    rows = len(branch)
    branch = np.pad(branch, ((0, 0), (0, max(0, QT + 1 - branch.shape[1]))))
    case = ext2int({"version": "2", "baseMVA": base, "bus": bus, "gen": gen, "branch": branch})
    bus, gen, branch = case["bus"], case["gen"], case["branch"]
    admittance, at_from, at_to = makeYbus(base, bus, branch)
    power = makeSbus(base, bus, gen)
    ref, pv, pq = bustypes(bus, gen)
    voltage, converged, _ = newtonpf(admittance, power, start_of(bus, gen, pq), ref, pv, pq, options(1e-6, 50))
    if not converged:
        raise ValueError("PYPOWER finds no solution")
    tried = [voltage]
    for _ in range(POLISHING):
        tried.append(newtonpf(admittance, power, tried[-1], ref, pv, pq, options(0, 1))[0])
    left = [mismatch(admittance, power, one, pv, pq) for one in tried]
    voltage = tried[int(np.argmin(left))]
    injected = voltage * np.conj(admittance @ voltage)
    drawn = np.abs(voltage) ** 2 * (bus[:, GS] - 1j * bus[:, BS]) / base
    flows_from = voltage[branch[:, F_BUS].astype(int)] * np.conj(at_from @ voltage)
    flows_to = voltage[branch[:, T_BUS].astype(int)] * np.conj(at_to @ voltage)
    # What is fed in and not drawn is lost: the flows are not asked.
    losses = np.sum(injected - drawn)
    order = case["order"]
    on = case["order"]["branch"]["status"]["on"]
    # A branch that is out of service, or at an isolated bus, carries nothing.
    flows = np.zeros((rows, 4))
    flows[on] = np.c_[flows_from.real, flows_from.imag, flows_to.real, flows_to.imag]
    number_of = case["order"]["bus"]["i2e"]
    return {
        "by": f"PYPOWER {version('pypower')}",
        "mismatchPu": min(left),
        "withinPu": 1e-8,
        "baseMva": float(base),
        "buses": [
            [str(int(number_of[int(at)])), vm, va]
            for at, vm, va in zip(bus[:, BUS_I], np.abs(voltage).tolist(), np.degrees(np.angle(voltage)).tolist())
        ],
        "branches": [["branch", f"branch {row + 1}", *one] for row, one in enumerate(flows.tolist())],
        "losses": [float(losses.real), float(losses.imag)],
    }


def options(tolerance, steps):
    return ppoption(PF_TOL=tolerance, PF_MAX_IT=steps, VERBOSE=0)


if __name__ == "__main__":
    for file in sorted(Path(sys.argv[1]).glob("case*.m")):
        if beside.path_of(file).exists():
            continue  # an earlier run was interrupted
        try:
            reference = solve(*read_case(file))
        except Exception as problem:
            sys.exit(f"{file.name}: {problem}")
        beside.write(file, reference)
