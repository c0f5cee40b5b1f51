"""The peers of the grid benchmark: answers one JSON request per line with a rate and the voltages it found.

Request: {"solver": "scipy" | "pandapower" | "lightsim2grid" | "contingencies" | "series" | "power-grid-model",
"case": "case118"}, or {"export": "case118"} for the case as pandapower JSON. The case names are functions of pandapower.networks; all start flat and stop at 1e-8.
"""
import json
import sys
import time
import warnings

import numpy as np
import pandapower as pp
import pandapower.networks
from scipy.sparse import csr_matrix, diags, hstack, vstack
from scipy.sparse.linalg import splu

warnings.filterwarnings("ignore")
TOLERANCE = 1e-8
SECONDS = 1.0


def newton(ybus, sbus, v0, pv, pq):
    """Newton-Raphson in polar coordinates with a sparse Jacobian and a new factorisation per iteration."""
    v = v0.copy()
    pvpq = np.r_[pv, pq]
    for _ in range(30):
        current = ybus @ v
        mismatch = v * np.conj(current) - sbus
        f = np.r_[mismatch[pvpq].real, mismatch[pq].imag]
        if np.abs(f).max() < TOLERANCE:
            return v
        dv, dn = diags(v), diags(v / np.abs(v))
        ds_dva = (1j * dv @ np.conj(diags(current) - ybus @ dv)).tocsr()
        ds_dvm = (dv @ np.conj(ybus @ dn) + np.conj(diags(current)) @ dn).tocsr()
        jacobian = vstack([
            hstack([ds_dva[pvpq][:, pvpq].real, ds_dvm[pvpq][:, pq].real]),
            hstack([ds_dva[pq][:, pvpq].imag, ds_dvm[pq][:, pq].imag]),
        ]).tocsc()
        dx = splu(jacobian).solve(-f)
        va, vm = np.angle(v), np.abs(v)
        va[pvpq] += dx[:len(pvpq)]
        vm[pq] += dx[len(pvpq):]
        v = vm * np.exp(1j * va)
    raise RuntimeError("no convergence")


def load(case):
    net = getattr(pandapower.networks, case)()
    # Charging of branches that became transformers in the conversion from MATPOWER is a negative no-load current there,
    # which the tools read with different signs.
    net.trafo["i0_percent"] = 0.0
    pp.runpp(net, init="flat", tolerance_mva=TOLERANCE * net.sn_mva)
    return net


def scipy_solver(net):
    internal = net._ppc["internal"]
    ybus, sbus = csr_matrix(internal["Ybus"]), internal["Sbus"]
    pv, pq = internal["pv"], internal["pq"]
    v0 = np.ones(len(sbus), dtype=complex)
    held = np.r_[internal["ref"], pv]
    v0[held] = np.abs(internal["V"][held])
    v = newton(ybus, sbus, v0, pv, pq)
    order = net._pd2ppc_lookups["bus"][net.bus.index.values]
    return lambda: newton(ybus, sbus, v0, pv, pq), np.abs(v)[order]


def pandapower_solver(net):
    def run():
        pp.runpp(net, init="flat", tolerance_mva=TOLERANCE * net.sn_mva)

    return run, net.res_bus.vm_pu.values


def lightsim2grid_rate(net):
    """Rate by the solver's own clock: what its Python side costs does not count."""
    from lightsim2grid.gridmodel import init_from_pandapower

    model = init_from_pandapower(net)
    v0 = np.ones(len(net.bus), dtype=complex)
    v = model.ac_pf(v0, 30, TOLERANCE)
    spent, count = 0.0, 0
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        model.ac_pf(v0, 30, TOLERANCE)
        spent += model.get_computation_time()
        count += 1
    return count / spent, np.abs(v)


def contingencies_rate(net):
    """Branches taken out per second: voltages and branch currents of every single outage that leaves the grid whole."""
    from lightsim2grid.contingencyAnalysis import ContingencyAnalysisCPP
    from lightsim2grid.gridmodel import init_from_pandapower

    model = init_from_pandapower(net)
    v = model.ac_pf(np.ones(len(net.bus), dtype=complex), 30, TOLERANCE)
    branches = len(net.line) + len(net.trafo)

    def run():
        study = ContingencyAnalysisCPP(model)
        study.add_all_n1()
        study.compute(v, 30, TOLERANCE)
        study.compute_flows()

    return rate_of(run) * branches, np.abs(v)


def series_rate(net, steps=8760):
    """Steps per second of a series in which every load changes by up to 3 %: voltages and branch currents."""
    from lightsim2grid.gridmodel import init_from_pandapower
    from lightsim2grid.timeSerie import TimeSeriesCPP

    model = init_from_pandapower(net)
    v = model.ac_pf(np.ones(len(net.bus), dtype=complex), 30, TOLERANCE)
    factor = 1 + 0.03 * np.sin(np.arange(steps)[:, None] + np.arange(len(net.load))[None, :])
    generators = np.repeat([[one.target_p_mw for one in model.get_generators()]], steps, 0)
    loads = [net.load[column].values[None, :] * factor for column in ("p_mw", "q_mvar")]

    def run():
        series = TimeSeriesCPP(model)
        if series.compute_Vs(generators, np.zeros((steps, 0)), *loads, v, 30, TOLERANCE) != 1:
            raise RuntimeError("a step has no solution")
        series.compute_flows()

    return rate_of(run) * steps, np.abs(v)


def power_grid_model_rate(net, steps=8760):
    """Steps per second of a batch in which every load changes by up to 3 %: all node and line results, one thread."""
    from power_grid_model import CalculationMethod, LoadGenType, PowerGridModel, initialize_array

    def table(name, count, first, **columns):
        rows = initialize_array("input", name, count)
        rows["id"] = first + np.arange(count)
        for column, values in columns.items():
            rows[column] = values
        return rows

    if len(net.trafo) or len(net.gen):
        raise RuntimeError("only lines, loads and a source are translated")
    nodes, lines, loads, grid = net.bus, net.line, net.load, net.ext_grid
    place = {bus: at for at, bus in enumerate(nodes.index)}
    at = lambda column: [place[bus] for bus in column]
    first = np.cumsum([0, len(nodes), len(lines), len(loads)])
    on = lines.in_service.astype(int)
    length = lines.length_km
    model = PowerGridModel({
        "node": table("node", len(nodes), first[0], u_rated=nodes.vn_kv * 1e3),
        "line": table("line", len(lines), first[1], from_node=at(lines.from_bus), to_node=at(lines.to_bus),
                      from_status=on, to_status=on, r1=lines.r_ohm_per_km * length, x1=lines.x_ohm_per_km * length,
                      c1=lines.c_nf_per_km * 1e-9 * length, tan1=0.0, i_n=lines.max_i_ka * 1e3),
        "sym_load": table("sym_load", len(loads), first[2], node=at(loads.bus), status=1,
                          type=LoadGenType.const_power, p_specified=loads.p_mw * 1e6, q_specified=loads.q_mvar * 1e6),
        "source": table("source", len(grid), first[3], node=at(grid.bus), status=1, u_ref=grid.vm_pu, sk=1e16),
    }, system_frequency=net.f_hz)
    factor = 1 + 0.03 * np.sin(np.arange(steps)[:, None] + np.arange(len(loads))[None, :])
    update = initialize_array("update", "sym_load", (steps, len(loads)))
    update["id"] = first[2] + np.arange(len(loads))[None, :]
    update["p_specified"] = loads.p_mw.values[None, :] * 1e6 * factor
    update["q_specified"] = loads.q_mvar.values[None, :] * 1e6 * factor
    options = {"error_tolerance": TOLERANCE, "calculation_method": CalculationMethod.newton_raphson}
    v = model.calculate_power_flow(**options)["node"]["u_pu"]

    def run():
        model.calculate_power_flow(update_data={"sym_load": update}, output_component_types=["node", "line"],
                                   threading=-1, **options)

    return rate_of(run) * steps, v


def rate_of(run):
    count, start = 0, time.perf_counter()
    while time.perf_counter() < start + SECONDS:
        run()
        count += 1
    return count / (time.perf_counter() - start)


def answer(request):
    if "export" in request:
        return {"network": pp.to_json(load(request["export"]))}
    net = load(request["case"])
    batch = {"lightsim2grid": lightsim2grid_rate, "contingencies": contingencies_rate, "series": series_rate,
             "power-grid-model": power_grid_model_rate}
    if request["solver"] in batch:
        rate, vm = batch[request["solver"]](net)
    else:
        run, vm = {"scipy": scipy_solver, "pandapower": pandapower_solver}[request["solver"]](net)
        rate = rate_of(run)
    return {"rate": rate, "vm": list(map(float, vm))}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the benchmark reports it and goes on
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
