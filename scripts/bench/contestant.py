"""
One peer, one table: fit, predict, explain, in a process of its own; what it cost is written as JSON.

Usage   python contestant.py TASK_JSON
In      the task of scripts/bench/contest.ts: contestant, folder of the table, settings, files to write
Out     task["result"]: costs; task["risk"]: predicted probability per fresh row, float64
Time    CPU is user + system of the process with its threads and children; loading the table is timed apart
Memory  peak of resident memory during the fit alone, where Linux lets the high-water mark be set back
Choice  each library gets the array layout that it works fastest on, made before the clock starts
"""
import json
import math
import os
import resource
import sys
import time

import numpy as np

task = json.loads(sys.argv[1])
trees, mtry, leaf, depth, bins = (task[k] for k in ("trees", "mtry", "minLeafRows", "maxDepth", "bins"))
threads, seed, oob = task["threads"], task["seed"], task["outOfBag"]
# Rows drawn with replacement hold 1 - 1/e distinct rows; libraries that draw without replacement draw that share.
DISTINCT_SHARE = 0.632


def cpu():
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


def memory_mb(key):
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024 if sys.platform == "linux" else 1) / 1e6


def reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as refs:
            refs.write("5")
    except OSError:
        pass


def measured(work):
    c, w = cpu(), time.perf_counter()
    value = work()
    return value, {"cpuS": cpu() - c, "wallS": time.perf_counter() - w}


class ScikitLearn:
    """RandomForestClassifier; float32 throughout. Column order and row order were measured to take the same time."""

    order = "F"

    def __init__(self):
        import sklearn
        from sklearn.ensemble import RandomForestClassifier

        self.version = sklearn.__version__
        self.settings = dict(
            n_estimators=trees, criterion="gini", max_features=mtry, min_samples_leaf=leaf, max_depth=depth, bootstrap=True,
            oob_score=oob, n_jobs=threads, random_state=seed,
        )
        self.told = {"RandomForestClassifier": self.settings}
        self.make = RandomForestClassifier

    def fit(self, x, y):
        self.model = self.make(**self.settings).fit(x, y)

    def leaves(self):
        return sum(e.get_n_leaves() for e in self.model.estimators_)

    def batch(self, rows):
        return self.model.predict_proba(rows)[:, 1]

    single_call = "predict_proba(row.reshape(1, -1)) with n_jobs=1"

    def single(self, row):
        self.model.n_jobs = 1
        return self.model.predict_proba(row.reshape(1, -1))[0, 1]

    explain_call = "shap.TreeExplainer(model, feature_perturbation='tree_path_dependent').shap_values(rows, check_additivity=False)"

    def explainer(self):
        import shap

        explainer = shap.TreeExplainer(self.model, feature_perturbation="tree_path_dependent")
        return lambda rows: explainer.shap_values(rows, check_additivity=False)


class LightGbm:
    order = "F"

    def __init__(self):
        import lightgbm

        self.lib = lightgbm
        self.version = lightgbm.__version__

    def prepare(self, x, y):
        rows = len(y)
        self.settings = dict(
            objective="binary", boosting="rf", bagging_fraction=DISTINCT_SHARE, bagging_freq=1, feature_fraction_bynode=mtry / x.shape[1],
            min_data_in_leaf=leaf, min_sum_hessian_in_leaf=0.0, max_depth=depth,
            # No tree can have more leaves; a larger figure costs time and changes nothing.
            num_leaves=max(2, min(2**depth, math.ceil(rows * DISTINCT_SHARE / leaf))),
            max_bin=bins, num_threads=threads, seed=seed, metric="None", verbosity=-1,
        )
        self.told = {"train": self.settings, "num_boost_round": trees}

    def fit(self, x, y):
        self.model = self.lib.train(self.settings, self.lib.Dataset(x, label=y, params=self.settings), num_boost_round=trees)

    def leaves(self):
        return sum(t["num_leaves"] for t in self.model.dump_model()["tree_info"])

    def batch(self, rows):
        return self.model.predict(rows, num_threads=threads)

    single_call = "predict(row.reshape(1, -1), num_threads=1)"

    def single(self, row):
        return self.model.predict(row.reshape(1, -1), num_threads=1)[0]

    explain_call = "predict(rows, pred_contrib=True)"

    def explainer(self):
        return lambda rows: self.model.predict(rows, pred_contrib=True, num_threads=threads)


class XgBoost:
    order = "C"

    def __init__(self):
        import xgboost

        self.lib = xgboost
        self.version = xgboost.__version__

    def prepare(self, x, y):
        share = float(y.mean())
        self.settings = dict(
            objective="binary:logistic", tree_method="hist", num_parallel_tree=trees, learning_rate=1.0, subsample=DISTINCT_SHARE,
            # A hair above the share, for the library rounds down.
            colsample_bynode=(mtry + 0.01) / x.shape[1], max_depth=depth,
            # At the first round every row has the hessian p(1-p): this asks for so many rows in a leaf, with room for rounding.
            base_score=share, min_child_weight=(leaf - 0.01) * share * (1 - share), reg_lambda=1e-5,
            max_bin=bins, nthread=threads, seed=seed,
        )
        self.told = {"train": self.settings, "num_boost_round": 1, "data": "QuantileDMatrix"}

    def fit(self, x, y):
        data = self.lib.QuantileDMatrix(x, label=y, max_bin=bins, nthread=threads)
        self.model = self.lib.train(self.settings, data, num_boost_round=1)

    def leaves(self):
        return sum(tree.count("leaf=") for tree in self.model.get_dump())

    def batch(self, rows):
        return self.model.inplace_predict(rows)

    single_call = "Booster.inplace_predict(row.reshape(1, -1)) with nthread=1"

    def single(self, row):
        return self.model.inplace_predict(row.reshape(1, -1))[0]

    def before_single(self):
        self.model.set_param({"nthread": 1})

    explain_call = "predict(DMatrix(rows), pred_contribs=True)"

    def explainer(self):
        self.model.set_param({"nthread": threads})
        return lambda rows: self.model.predict(self.lib.DMatrix(rows, nthread=threads), pred_contribs=True)


class Ydf:
    """RandomForestLearner over a dictionary of columns, which is the form it takes arrays in."""

    order = "columns"

    def __init__(self):
        import ydf

        ydf.verbose(0)
        self.lib = ydf
        self.version = ydf.__version__
        self.settings = dict(
            num_trees=trees, num_candidate_attributes=mtry,
            # Counts a row as often as it was drawn: 20 distinct rows are on average 32 drawn ones.
            min_examples=round(leaf / DISTINCT_SHARE),
            # Counts the root.
            max_depth=depth + 1, bootstrap_training_dataset=True,
            winner_take_all=False, compute_oob_performances=oob, discretize_numerical_columns=True, num_discretized_numerical_bins=bins,
            num_threads=threads, random_seed=seed,
        )
        self.told = {"RandomForestLearner": self.settings}

    def columns(self, rows):
        return {f"f{f}": np.ascontiguousarray(rows[:, f]) for f in range(rows.shape[1])}

    def fit(self, x, y):
        learner = self.lib.RandomForestLearner(label="y", **self.settings)
        self.model = learner.train({**x, "y": y})

    def leaves(self):
        return (self.model.num_nodes() + self.model.num_trees()) // 2

    def batch(self, rows):
        return self.model.predict(rows, num_threads=threads)

    single_call = "predict({column: array of one}, num_threads=1)"

    def single(self, row):
        return self.model.predict(row, num_threads=1)[0]

    explain_call = "predict_shap(columns, num_threads)"

    def explainer(self):
        return lambda rows: self.model.predict_shap(rows, num_threads=threads)


def layout(peer, array):
    if peer.order == "columns":
        return peer.columns(array)
    return np.require(array, requirements=peer.order)


def single_latency(peer, rows):
    take = (lambda r: {k: v[r : r + 1] for k, v in rows.items()}) if isinstance(rows, dict) else (lambda r: rows[r])
    total = len(next(iter(rows.values()))) if isinstance(rows, dict) else len(rows)
    probes = [take(r % total) for r in range(1000)]
    if hasattr(peer, "before_single"):
        peer.before_single()
    for probe in probes[:20]:
        peer.single(probe)
    times, ends = [], time.perf_counter() + 4
    for probe in probes:
        start = time.perf_counter()
        peer.single(probe)
        now = time.perf_counter()
        times.append(now - start)
        if now > ends:
            break
    at = np.percentile(np.array(times) * 1e6, [50, 99])
    return {"call": peer.single_call, "calls": len(times), "p50Us": at[0], "p99Us": at[1]}


def explain_cost(peer, rows):
    """Rows in doubling batches until a batch takes half of the time allowed; the last and largest batch is the figure."""
    explain = peer.explainer()
    first = (lambda n: {k: v[:n] for k, v in rows.items()}) if isinstance(rows, dict) else (lambda n: rows[:n])
    n, budget, spent = 1, task["explainSeconds"], 0.0
    explain(first(1))
    while True:
        _, cost = measured(lambda: explain(first(n)))
        spent += cost["wallS"]
        per_row = cost["wallS"] / n
        room = int((budget - spent) / max(per_row, 1e-9))
        more = min(task["explainRows"], max(2 * n, n * 8 if per_row * n < 0.05 else 2 * n))
        if n >= task["explainRows"] or more > room:
            return {"call": peer.explain_call, "rows": n, "cpuMs": 1e3 * cost["cpuS"] / n, "wallMs": 1e3 * cost["wallS"] / n}
        n = more


def main():
    peer = {"sklearn": ScikitLearn, "lightgbm": LightGbm, "xgboost": XgBoost, "ydf": Ydf}[task["contestant"]]()
    start = time.perf_counter()
    file = lambda name: os.path.join(task["folder"], name)
    y = np.load(file("outcome.npy"))
    y = y.astype(np.int64 if task["contestant"] in ("sklearn", "ydf") else np.float32)
    x = np.load(file("train.npy"))
    if hasattr(peer, "prepare"):
        peer.prepare(x, y)
    x = layout(peer, x)
    result = {"contestant": task["contestant"], "version": peer.version, "python": sys.version.split()[0], "faults": {}}
    result["loadS"] = time.perf_counter() - start
    result["settings"] = peer.told
    reset_peak()
    loaded = memory_mb("VmRSS")
    _, fit = measured(lambda: peer.fit(x, y))
    peak = memory_mb("VmHWM")
    result["fit"] = {**fit, "peakMb": peak, "loadedMb": loaded, "addedMb": peak - loaded}
    del x

    fresh = np.load(file("fresh.npy"))
    rows = fresh if peer.order != "columns" else peer.columns(fresh)
    n = len(fresh)

    def part(name, work):
        try:
            result[name] = work()
        except Exception as error:  # A part that a library lacks is listed and does not cost the others.
            result["faults"][name] = f"{type(error).__name__}: {str(error)[:300]}"

    def batch():
        # Few rows are asked for again and again, until the clock has something to measure.
        repeats = max(1, 100_000 // n)
        peer.batch(rows if n <= 1000 else {k: v[:1000] for k, v in rows.items()} if isinstance(rows, dict) else rows[:1000])
        risk, cost = measured(lambda: [peer.batch(rows) for _ in range(repeats)][0])
        np.asarray(risk, dtype=np.float64).tofile(task["risk"])
        done = n * repeats
        return {"rows": done, "cpuUs": 1e6 * cost["cpuS"] / done, "wallUs": 1e6 * cost["wallS"] / done}

    part("leaves", lambda: int(peer.leaves()))
    part("batch", batch)
    if task["explainRows"] > 0:
        part("explain", lambda: explain_cost(peer, rows))
    part("single", lambda: single_latency(peer, rows))
    with open(task["result"], "w") as out:
        json.dump(result, out)


main()
