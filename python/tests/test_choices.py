"""Choices and the clinic from Python: the same numbers as the command, any table, errors with their place."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import accumbens
from accumbens import choices, clinic, fit, plot


def bandit(subjects: int = 6, trials: int = 120, seed: int = 1) -> dict[str, list]:
    """Plain prediction errors, with dopamine that says them."""
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(subjects):
        value = np.zeros(2)
        for t in range(trials):
            first = 0.8 if t // 40 % 2 == 0 else 0.2
            taken = int(rng.random() < 1 / (1 + np.exp(-4 * (value[1] - value[0]))))
            outcome = float(rng.random() < (first if taken == 0 else 1 - first))
            error = outcome - value[taken]
            value[taken] += 0.4 * error
            rows.append((s, "ab"[s % 2], t, "xy"[taken], "x|y", outcome, error + 0.3 * rng.normal()))
    names = ("subject", "group", "trial", "choice", "offered", "outcome", "dopamine")
    return dict(zip(names, map(list, zip(*rows))))


def test_the_hidden_model_is_found_from_columns_a_frame_and_a_file_with_the_same_numbers(tmp_path):
    table = bandit()
    asked = ["q", "win_stay", "random"]
    from_columns = choices.compare(table, asked, recovery=0, progress=False)
    assert from_columns.ranking["model"][0] == "q"
    assert from_columns.results["dopamine"] == 720
    path = tmp_path / "choices.csv"
    lines = [",".join(table), *(",".join(map(str, row)) for row in zip(*table.values()))]
    path.write_text("\n".join(lines) + "\n")
    assert choices.compare(path, asked, threads=1, recovery=0, progress=False).results == from_columns.results
    named = {{"subject": "subjID", "outcome": "reward"}.get(k, k): v for k, v in table.items()}
    assert choices.compare(named, asked, recovery=0, progress=False).results == from_columns.results
    listed = {**table, "offered": [["x", "y"]] * len(table["choice"]), "dopamine": np.asarray(table["dopamine"])}
    assert choices.compare(listed, asked, recovery=0, progress=False).results == from_columns.results
    pandas = pytest.importorskip("pandas")
    assert choices.compare(pandas.DataFrame(table), asked, recovery=0, progress=False).results == from_columns.results


def test_tables_of_a_comparison_have_a_row_for_each_parameter_group_and_pair(tmp_path):
    compared = choices.compare(bandit(), ["q", "q_dual"], recovery=1, progress=False)
    assert len(compared.parameters) == 6 * (2 + 3)
    assert len(compared.groups) == 2 * (2 + 3)
    assert len(compared.differences) == len(compared.recovery) == 2 + 3
    for intervals in (compared.parameters, compared.groups, compared.differences):
        assert set(intervals["readable"]) <= {"yes", "no"}
        assert all("(1 study)" in note for note in intervals["note"])
    assert np.isfinite(compared.recovery["means_covered"]).all() and (np.asarray(compared.recovery["means_error"]) > 0).all()
    # Of data of each model the verdict says one thing.
    said = compared.confusion
    assert set(said["said"]) == {"q", "q_dual", "no decision"} and sum(said["share"]) == pytest.approx(2)
    assert "the verdict would name it" in compared.answer
    untried = choices.compare(bandit(), ["q"], recovery=0, progress=False)
    assert set(untried.groups["note"]) == {"recovery not run"} and set(untried.groups["readable"]) == {""}
    alone = choices.compare(bandit(), ["q"], maximum_likelihood=True, recovery=0, progress=False)
    assert np.isnan(alone.parameters["grouped"]).all()
    assert len(alone.groups) == 0
    compared.page(tmp_path / "page.html")
    assert "Which model" in (tmp_path / "page.html").read_text()
    assert "q" in repr(compared) and "opal" in choices.models()["model"]


def test_mistakes_in_a_table_are_told_with_their_row():
    table = bandit(2, 4)
    with pytest.raises(ValueError, match='no column "outcome"'):
        choices.compare({k: v for k, v in table.items() if k != "outcome"}, recovery=0, progress=False)
    with pytest.raises(ValueError, match='row 3: outcome "much"'):
        choices.compare({**table, "outcome": [0, 1, "much", *table["outcome"][3:]]}, recovery=0, progress=False)
    with pytest.raises(ValueError, match="not offered"):
        choices.compare({**table, "choice": ["z", *table["choice"][1:]]}, recovery=0, progress=False)
    with pytest.raises(ValueError, match="one length"):
        choices.compare({**table, "trial": [1.0]}, recovery=0, progress=False)
    with pytest.raises(ValueError, match="latencies 'quick'"):
        choices.compare(table, latencies="quick", recovery=0, progress=False)
    with pytest.raises(ValueError, match="kalman"):
        choices.compare(table, ["nothing"], recovery=0, progress=False)


def test_treatments_are_compared_and_findings_asked_from_python(tmp_path):
    treated = clinic.treat("adhd-gain", ["dorsal-release:2", "haloperidol:1"], ["effort", "attention"], people=6, progress=False)
    assert set(treated.effects["treatment"]) == {"dorsal-release", "haloperidol"}
    assert len(treated.effects) == 2 * 4
    assert treated.claims["account"] == ["adhd-gain"]
    assert "of 1 accounts" in treated.answer
    treated.page(tmp_path / "page.html")
    assert treated.answer in (tmp_path / "page.html").read_text()
    asked = clinic.ask(["redish2004-unbounded"], subjects=2, progress=False)
    verdicts = dict(zip(asked.table["account"], asked.table["verdict"]))
    assert verdicts["surplus"] == "agrees" and verdicts["prediction_error"] == "disagrees"
    again = clinic.ask(["redish2004-unbounded"], subjects=2, threads=1, progress=False)
    assert json.dumps(again.results) == json.dumps(asked.results)
    assert len(clinic.findings()) >= 20
    assert "homeostatic" in clinic.studies()["accounts"][0]
    assert {"addiction-wanting", "adhd-gain"} <= set(clinic.accounts()["account"])
    assert "contingency-management" in clinic.treatments()["treatment"]
    with pytest.raises(ValueError, match="adhd"):
        clinic.treat("melancholia", progress=False)


def test_choices_of_a_study_are_explained_with_its_dopamine_and_reported(tmp_path):
    scoring = fit.Scoring(["reward", "nothing"], response=(0.0, 0.8))
    between = [{"between": ["left", "right"], "after": "offer"}]
    study = fit.simulated_study("rescorla_wagner", subjects=2, experiment="behrens2007", scoring=scoring, choices=between)
    assert study.about["choices"] == between
    assert pickle.loads(pickle.dumps(study)).about == study.about
    options = {"design": 16, "evaluations": 12, "recovery": 0, "progress": False}
    compared = accumbens.compare(study, ["rescorla_wagner", "constant"], **options)
    assert compared.verdict["winner"] == "rescorla_wagner"
    chosen = compared.choices
    assert set(chosen["theory"]) == {"rescorla_wagner", "constant"} and min(chosen["count"]) > 100
    held = dict(zip(zip(chosen["theory"], chosen["subject"]), chosen["held_out"]))
    assert all(held["rescorla_wagner", s] > held["constant", s] for s in study.subjects)
    compared.report(tmp_path / "report.html")
    assert "choices are explained together with dopamine" in (tmp_path / "report.html").read_text()
    pytest.importorskip("matplotlib").use("Agg")
    assert sum(ax.axison for ax in plot.choices(compared).axes) == 2
    for row in compared.figures["choices"]:
        assert 0 <= row["y"] <= 1 and 0 <= row["p:rescorla_wagner"] <= 1
    subjects = {}
    for subject, session, recording in study.sessions():
        subjects.setdefault(subject, {})[session] = recording
    given = {"channel": "dff", "unit": "% dF/F", "sensor": study.about["sensor"], "title": study.about["title"]}
    groups = dict(zip(study.subjects, ("sham", "lesion")))
    rebuilt = fit.Study(subjects, scoring, choices=between, groups=groups, **given)
    table = rebuilt.choice_table()
    assert dict(zip(table["subject"], table["group"])) == groups
    assert len(table) == chosen["count"][0] + chosen["count"][-1]
    # A reward follows what was taken, or an omission: each is worth what it was, and answered by a response.
    assert set(table["outcome"]) == {0.0, 1.0} and np.isfinite(table["dopamine"]).mean() > 0.95
    assert table["latency"] == pytest.approx(1.2)
    by_group = choices.compare(table, ["q", "random"], recovery=0, progress=False)
    assert by_group.ranking["model"][0] == "q" and set(by_group.groups["group"]) == set(groups.values())
    again = accumbens.compare(rebuilt, ["rescorla_wagner", "constant"], **options)
    assert again.choices["held_out"].tolist() == chosen["held_out"].tolist()
    with pytest.raises(ValueError, match="port"):
        fit.Study(subjects, scoring, choices=[{"between": ["left", "port"]}], **given)
    with pytest.raises(ValueError, match="each once"):
        fit.Study(subjects, scoring, choices=[{"between": ["left"]}], **given)


def test_drift_diffusion_fits_caution_beside_learning():
    table = bandit(4, 80)
    rng = np.random.default_rng(3)
    table["latency"] = list(0.3 + rng.gamma(2.0, 0.3, len(table["choice"])))
    compared = choices.compare(table, ["q"], latencies="diffusion", recovery=0, progress=False)
    assert set(compared.parameters["parameter"]) == {"alpha", "beta", "threshold", "nondecision"}
    with pytest.raises(ValueError, match="has none"):
        choices.compare(bandit(2, 10), ["q"], latencies="diffusion", recovery=0, progress=False)
