"""Has the statistics of `examples/statistics.rs` done again by sim-tools and SALib, and compares.

usage: python check_statistics.py NUMBERS.json
"""

import json
import sys

import numpy as np
from SALib.analyze import morris, sobol
from sim_tools.output_analysis import OnlineStatistics
from sim_tools.ovs.fixed_budget import OCBA
from sim_tools.ovs.indifference_zone import KN


class Table:
    """An environment of sim-tools that plays observations from a table."""

    def __init__(self, observations):
        self.observations, self.at = observations, [0] * len(observations)

    def register_observer(self, observer):
        self.observer = observer

    def simulate(self, design):
        value = self.observations[design][self.at[design]]
        self.at[design] += 1
        self.observer.feedback(self, design, value)


class StraightKN(KN):
    """KN of sim-tools 1.3.0, but for its look-up of S^2(i, l) where l < i, which is one row off for more than two
    designs.
    """

    def _limit_to_distance_from_sample_means(self, i, l):
        at = i * (self._k - 1) + (l - 1 if i < l else l)
        settled = self._h_squared * self._variance_of_diffs[at] / self._delta**2
        return max(0, self._delta / (2 * self._r) * (settled - self._r))


def check_ocba(cases):
    for case in cases:
        means, added = case["means"], np.array(case["added"])
        assert added.sum() == case["budget"] and (0 <= added).all(), case
        designs = len(means)
        library = OCBA(Table([[]] * designs), designs, designs * 5, 1, n_0=5, obj="min")
        library.reset()
        library._delta = case["budget"]
        library._allocations = np.array(case["counts"])
        library._means, library._vars = np.array(means), np.array(case["variances"])
        theirs = library._allocate()
        # sim-tools rounds each part, we round down as Chen and Lee's program does: the best gets the rest.
        others = [design for design in range(designs) if design != int(np.argmin(means))]
        assert (abs(added - theirs)[others] <= 1).all(), (case, theirs)
        assert abs(added - theirs).max() <= designs, (case, theirs)


def check_kn(cases):
    for case in cases:
        seen = case["observations"]
        library = StraightKN(Table(seen), len(seen), case["indifference"], alpha=0.05, n_0=10, obj="min")
        best = library.solve()
        # sim-tools observes the survivor of the last screening once more.
        taken = library._allocations - (np.arange(len(seen)) == best[0])
        assert list(best) == [case["best"]], (best, case["best"])
        assert list(taken) == case["taken"], (taken, case["taken"])


def check_interval(found):
    statistics = OnlineStatistics(alpha=0.05)
    for n, value in enumerate(found["values"], 1):
        statistics.update(value)
        if 3 <= n:
            assert abs(statistics.half_width / found["half_widths"][n - 3] - 1) < 1e-9, n


PROBLEM = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0, 1]] * 3}


def check_morris(found):
    points, outputs = np.array(found["points"]), np.array(found["outputs"])
    library = morris.analyze(PROBLEM, points, outputs, num_levels=4, num_resamples=4000, seed=1)
    for at, effect in enumerate(found["effects"]):
        for ours, theirs in [("mu", "mu"), ("mu_star", "mu_star"), ("sigma", "sigma")]:
            assert abs(effect[ours] - library[theirs][at]) < 1e-9, (ours, at, effect, library[theirs])
        # Theirs is a bootstrap, ours a t-interval: as wide within a tenth.
        assert abs(effect["half_width"] - library["mu_star_conf"][at]) <= 0.1 * effect["half_width"] + 1e-9, (at, effect)


def check_sobol(found):
    library = sobol.analyze(PROBLEM, np.array(found["outputs"]), calc_second_order=False, num_resamples=1000, seed=1)
    exact = [(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]
    for at, share in enumerate(found["shares"]):
        for ours, theirs, truth in [("first", "S1", exact[at][0]), ("total", "ST", exact[at][1])]:
            assert abs(share[ours] - library[theirs][at]) < 0.002, (ours, at, share, library[theirs])
            half_width = share[f"{ours}_half_width"]
            assert abs(half_width / library[f"{theirs}_conf"][at] - 1) < 0.25, (ours, at, share, library)
            assert abs(share[ours] - truth) < 0.06, (ours, at, share)


def main():
    with open(sys.argv[1]) as file:
        found = json.load(file)
    checks = {"ocba": check_ocba, "kn": check_kn, "interval": check_interval, "morris": check_morris, "sobol": check_sobol}
    assert set(checks) == set(found), "a check for each part"
    for name, check in checks.items():
        check(found[name])
        print(f"{name}: as the library has it")


main()
