"""The files of deploy/: what they name exists, and the programs they are for understand them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from bot.app import create_app
from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yml"))
UNIT = DEPLOY / "systemd" / "weeweiser@.service"
PROXY = DEPLOY / "nginx" / "weeweiser.conf"
#: Settings of others that stand in our files.
FOREIGN = {"FORWARDED_ALLOW_IPS"}


def _objects() -> dict[str, Any]:
    found = [o for path in KUBERNETES for o in yaml.safe_load_all(path.read_text(encoding="utf-8"))]
    return {o["kind"]: o for o in found}


def _compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))


def test_every_setting_they_name_exists() -> None:
    known = {f"WEEWEISER_{name.upper()}" for name in Settings.__fields__}
    named = set()
    for path in [p for p in DEPLOY.rglob("*") if p.is_file()]:
        named |= set(re.findall(r"WEEWEISER_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named and named <= known


def test_probes_ask_for_what_is_served() -> None:
    routes = {route.path for route in create_app(Settings(), Path("unused")).routes}  # type: ignore[attr-defined]
    container = _objects()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in routes
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", "not the database's state"
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"127\.0\.0\.1:8000(/\w+)", text) == ["/healthz"]
    for hidden in re.findall(r"location = (/\w+) { return 404; }", PROXY.read_text()):
        assert hidden in routes
    assert {"/metrics", "/readyz"} <= set(re.findall(r"location = (/\w+)", PROXY.read_text()))


def test_everything_ends_later_than_the_server() -> None:
    """As long as bot/serving.py and the rest of the application may take to drain."""
    from bot.assistant_process import _STOP_SECONDS as assistant
    from bot.channels.messenger._worker import _STOP_SECONDS as worker
    from bot.serving import _MARGIN_SECONDS

    longest = Settings().deadline_seconds + _MARGIN_SECONDS + worker + assistant
    pod = _objects()["Deployment"]["spec"]["template"]["spec"]
    waits = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][-1]
    assert pod["terminationGracePeriodSeconds"] >= longest + int(waits)
    assert int(_compose()["services"]["one"]["stop_grace_period"].rstrip("s")) >= longest
    stop = re.search(r"TimeoutStopSec=(\d+)", UNIT.read_text(encoding="utf-8"))
    assert stop and int(stop[1]) >= longest


def test_labels_and_names_fit_together() -> None:
    found = _objects()
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert found[kind]["spec"]["selector"]["matchLabels"] == labels
    assert found["Service"]["spec"]["selector"] == labels
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    name = found["Deployment"]["metadata"]["name"]
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        assert found[kind]["spec"]["scaleTargetRef"]["name"] == name
    assert (
        found["Deployment"]["spec"]["replicas"]
        > found["PodDisruptionBudget"]["spec"]["minAvailable"]
    )


def test_containers_may_do_little() -> None:
    pod = _objects()["Deployment"]["spec"]["template"]["spec"]
    may = pod["containers"][0]["securityContext"]
    assert may["readOnlyRootFilesystem"] and not may["allowPrivilegeEscalation"]
    assert may["capabilities"] == {"drop": ["ALL"]} and pod["securityContext"]["runAsNonRoot"]
    services = _compose()["services"]
    assert services["one"] == services["two"]
    assert services["one"]["read_only"] and services["one"]["cap_drop"] == ["ALL"]
    assert "ports" not in services["database"], "reached from inside only"
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    user = re.findall(r"^USER (\d+)$", text, re.M)
    assert user == [str(pod["securityContext"]["runAsUser"])] != ["0"]
    bases = re.findall(r"python:([\d.]+)-slim", text)
    assert set(bases) == {(ROOT / ".python-version").read_text().strip()}


def test_scaling_by_a_metric_there_is() -> None:
    import bot.channels.messenger  # noqa: F401  registers its metrics

    query = _objects()["ScaledObject"]["spec"]["triggers"][1]["metadata"]["query"]
    name = re.findall(r"weeweiser_\w+", query)
    assert name and {n for m in REGISTRY.collect() for n in [m.name]} >= set(name)


def test_what_the_proxy_says_when_nobody_answers() -> None:
    away = DEPLOY / "nginx" / "away"
    page = (away / "away.html").read_text(encoding="utf-8")
    assert re.findall(r'<p lang="(\w+)">', page) == ["fr", "de", "lb"]
    assert page.count('href="tel:112"') == 3
    said = json.loads((away / "away.json").read_text(encoding="utf-8"))
    assert said["status"] == 502 and said["detail"].count("112") == 3
    for name in re.findall(r"error_page 502 504 /away/([\w.]+)", PROXY.read_text(encoding="utf-8")):
        assert (away / name).is_file()


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not installed")
    command = f"{shutil.which('true')} -m bot serve"
    text = re.sub(r"^ExecStart=.*", f"ExecStart={command}", UNIT.read_text(), flags=re.M)
    unit = tmp_path / "weeweiser@8001.service"
    unit.write_text(text.replace("network-online.target postgresql.service", "basic.target"))
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "weeweiser" in line]
    assert done.returncode == 0 and not ours, done.stderr


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if not program:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    made += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    text = PROXY.read_text(encoding="utf-8")
    text = text.replace("/etc/nginx/tls", str(tmp_path)).replace("server one:", "server 127.0.0.1:")
    text = text.replace("server two:8000", "server 127.0.0.1:8001")
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}} http {{ {text} }}"
    )
    done = subprocess.run([program, "-t", "-c", str(whole)], capture_output=True, text=True)
    assert done.returncode == 0 and "warn" not in done.stderr, done.stderr
