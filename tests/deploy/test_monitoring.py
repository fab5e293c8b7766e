"""What operators are told: alert rules and the dashboard, read by Prometheus's own tool, about metrics that there are."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from shared.observability import metrics

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"
GRAFANA = ROOT / "deploy/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards/lianfang.json").read_text())
ASKED = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
ALERTS = [
    rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]


def promtool(*words: str) -> None:
    done = subprocess.run(["promtool", *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_its_configuration_with_the_rules() -> None:
    promtool("check", "config", "prometheus.yml")


def test_a_good_day_raises_no_alert_and_each_fault_its_own() -> None:
    promtool("test", "rules", "alerts_test.yml")
    tested = (PROMETHEUS / "alerts_test.yml").read_text()
    assert [
        rule["alert"] for rule in ALERTS if tested.count(rule["alert"]) < 2
    ] == []  # on the good day and on a bad one


def test_prometheus_understands_every_question_of_the_dashboard(tmp_path: Path) -> None:
    asked = [{"record": f"asked:{number}", "expr": expr} for number, expr in enumerate(ASKED)]
    rules = tmp_path / "asked.yml"
    rules.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": asked}]}))
    promtool("check", "rules", str(rules))


@pytest.mark.parametrize("expr", [*ASKED, *(rule["expr"] for rule in ALERTS)])
def test_every_metric_of_ours_that_is_asked_for_is_told_by_a_process(expr: str) -> None:
    described = [
        metric for one in vars(metrics).values() if isinstance(one, MetricWrapperBase) for metric in one.describe()
    ]
    told = {name for metric in described for name in _samples(metric.name, metric.type)}
    assert set(re.findall(r"lianfang_\w+", expr)) <= told


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whoever_is_on_call_finds_each_alert_and_each_figure_of_a_process_explained(lang: str) -> None:
    page = (ROOT / "docs/operate" / f"monitor.{lang}.md").read_text()
    told = {rule["alert"]: rule["labels"]["severity"] for rule in ALERTS}
    assert dict(re.findall(r"^\| `(\w+)` ?[(（](\w+)[)）] \|", page, re.MULTILINE)) == told
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            name = metric.describe()[0].name
            short = name.removeprefix("lianfang_events_")
            assert name in page or f"…_{short}_total" in page or any(name in rule["expr"] for rule in ALERTS), name


def test_what_a_figure_says_of_its_job_and_community_is_kept_by_prometheus() -> None:
    """Some figures name a job or a community themselves; without this their labels would be called otherwise."""
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    assert [job["job_name"] for job in jobs if not job.get("honor_labels")] == ["rabbitmq"]


def test_the_dashboard_is_found_where_grafana_looks_and_asks_the_source_it_is_given() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    mounts = dict(volume.split(":")[:2] for volume in compose["grafana"]["volumes"])
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/lianfang.yml").read_text())["providers"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert mounts["./deploy/grafana/dashboards"] == provider["options"]["path"]
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {source["uid"]}
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in compose


def _samples(name: str, kind: str) -> list[str]:
    match kind:
        case "counter":
            return [f"{name}_total"]
        case "histogram":
            return [f"{name}_{part}" for part in ("bucket", "count", "sum")]
        case _:
            return [name]
