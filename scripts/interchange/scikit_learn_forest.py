"""
Writes a fitted forest of scikit-learn as the JSON document that `readmission import` reads (src/interchange/forest-document.ts).

Use     from scikit_learn_forest import write_forest
        write_forest(model, "forest.json", x=x, y=y, groups=patient_ids)
or      python scripts/interchange/scikit_learn_forest.py model.joblib forest.json      (without what is known of the training rows)

Forest  RandomForestClassifier or ExtraTreesClassifier with two classes and one output; the second of model.classes_ is the outcome
x, y    the training rows, as they were given to fit: counts, ranges and shares of missing values are taken from them, and no row is written
groups  the patient of each row; left out, every row is a patient of its own
Needs   numpy and scikit-learn; the document is plain JSON, without NaN or Infinity as bare words
"""

import json
import sys

import numpy as np
import sklearn


def forest_document(model, feature_names=None, x=None, y=None, groups=None):
    """The document as a dict. feature_names: default those of the DataFrame the model was fitted on, else x0, x1, ..."""
    if feature_names is None:
        feature_names = getattr(model, "feature_names_in_", [f"x{i}" for i in range(model.n_features_in_)])
    if model.n_outputs_ != 1:
        raise ValueError(f"expected a forest with one output, found {model.n_outputs_}")
    if len(model.classes_) != 2:
        raise ValueError(f"expected a forest with two classes, found {len(model.classes_)}")
    document = {
        "format": "scikit-learn-forest",
        "format_version": 1,
        "made_by": f"scikit-learn {sklearn.__version__} {type(model).__name__}",
        "input_precision": "float32",  # scikit-learn rounds rows to float32 before it compares them
        "feature_names": [str(name) for name in feature_names],
        "classes": [c.item() if hasattr(c, "item") else c for c in model.classes_],
        "trees": [tree_arrays(estimator.tree_) for estimator in model.estimators_],
    }
    if x is not None and y is not None:
        document["training"] = training_summary(model, np.asarray(x, dtype=float), np.asarray(y), groups)
    return document


def tree_arrays(tree):
    infinite = np.isposinf(tree.threshold)  # "all present values left": no JSON number
    return {
        "children_left": tree.children_left.tolist(),
        "children_right": tree.children_right.tolist(),
        "feature": tree.feature.tolist(),
        "threshold": ["Infinity" if inf else t for t, inf in zip(tree.threshold.tolist(), infinite)],
        "value": tree.value[:, 0, :].tolist(),
        "weighted_n_node_samples": tree.weighted_n_node_samples.tolist(),
        **({"missing_go_to_left": tree.missing_go_to_left.astype(int).tolist()} if hasattr(tree, "missing_go_to_left") else {}),
    }


def training_summary(model, x, y, groups):
    missing = np.isnan(x)
    present = [column[~np.isnan(column)] for column in x.T]
    return {
        "rows": len(x),
        "events": int((y == model.classes_[1]).sum()),
        "patients": len(x) if groups is None else len(set(groups)),
        "min": [float(c.min()) if len(c) else None for c in present],
        "max": [float(c.max()) if len(c) else None for c in present],
        "missing": missing.mean(axis=0).tolist(),
    }


def write_forest(model, path, **known):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(forest_document(model, **known), file, allow_nan=False, separators=(",", ":"))


if __name__ == "__main__":
    import joblib

    write_forest(joblib.load(sys.argv[1]), sys.argv[2])
