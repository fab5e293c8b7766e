"""Prometheus itself, asking a stack's services as deploy/prometheus says, and what its rules make of the numbers that came."""

import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import requests
import yaml

from deploy.local.ports import any_free_port
from tests.stack import ROOT, Stack, eventually

RULES = ROOT / "deploy/prometheus"
LATER_SECONDS = 900  # for how long what was measured is taken to go on


class Series(NamedTuple):
    """What was scraped of one series, by the second, the newest last; `told` is its name and labels, as a query has them."""

    told: str
    labels: dict[str, str]
    values: list[float]

    @property
    def grows(self) -> bool:
        """All the while: what is measured now and then falls back each time."""
        return sorted(self.values) == self.values and self.values[-1] > self.values[0]

    @property
    def slope(self) -> float:
        """By how much it grows in a second, from when it began to; 0 where it does not."""
        grown = self.values[self.values.count(self.values[0]) - 1 :]
        return max((grown[-1] - grown[0]) / max(len(grown) - 1, 1), 0.0)


class Watch:
    """Scrapes some instances once a second for the length of a with-block."""

    def __init__(self, stack: Stack, home: Path, *instances: str) -> None:
        self._address = f"127.0.0.1:{any_free_port()}"
        self._home = home
        config = yaml.safe_load((RULES / "prometheus.yml").read_text())
        jobs = {job["job_name"]: job for job in config["scrape_configs"]}
        for instance in instances:
            job = jobs[instance.partition("#")[0].partition(".")[0]]
            kept = [one for one in job["static_configs"] if one.get("ours")]
            job["static_configs"] = [*kept, {"targets": [stack.addresses[instance]], "ours": True}]
        asked = [job for job in jobs.values() if any(one.get("ours") for one in job["static_configs"])]
        for job in asked:
            job["static_configs"] = [{"targets": one["targets"]} for one in job["static_configs"]]
        home.mkdir(parents=True)
        (home / "prometheus.yml").write_text(
            yaml.safe_dump({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": asked})
        )

    def __enter__(self) -> "Watch":
        log = (self._home / "log").open("wb")
        self._process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={self._home}/prometheus.yml",
                f"--storage.tsdb.path={self._home}/data",
                f"--web.listen-address={self._address}",
            ],
            stdout=log,
            stderr=log,
        )
        eventually(lambda: requests.get(f"http://{self._address}/-/ready", timeout=5).ok)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def series(self, query: str, seconds: int = 10) -> list[Series]:
        """What the last seconds brought of all series that answer to the query."""
        answer = requests.get(
            f"http://{self._address}/api/v1/query", params={"query": f"{query}[{seconds}s]"}, timeout=10
        ).json()
        return [_series(one) for one in answer["data"]["result"]]

    def growing(self, query: str, *, above: float = 0) -> Series:
        """The one series that answers to the query, once it is above that and grows."""

        def found() -> Series | None:
            told = self.series(query)
            return next((one for one in told if one.grows and one.values[-1] > above), None)

        grown = eventually(found, seconds=60)
        assert grown is not None
        return grown


def rings(series: Series, home: Path, *alerts: str) -> None:
    """Exactly these alerts ring, says Prometheus's own tool, when what was scraped goes on as it did for a while."""
    scraped = " ".join(str(value) for value in series.values)
    asked = {
        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
        "eval_time": f"{LATER_SECONDS}s",
        "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in alerts],
    }
    test = {
        "interval": "1s",
        "input_series": [
            {"series": series.told, "values": f"{scraped} {series.values[-1]}+{series.slope:.3f}x{LATER_SECONDS}"}
        ],
        "promql_expr_test": [asked],
    }
    tests = {"rule_files": [str(RULES / "alerts.yml")], "evaluation_interval": "15s", "tests": [test]}
    file = home / "alert.yml"
    file.write_text(yaml.safe_dump(tests))
    judged = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def _series(one: dict[str, Any]) -> Series:
    labels: dict[str, str] = one["metric"]
    told = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "__name__")
    return Series(f"{labels['__name__']}{{{told}}}", labels, [float(value) for _, value in one["values"]])
